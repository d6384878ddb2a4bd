// Jest's workers outlive a jest that is interrupted or killed, and go on testing. Loaded by what every worker loads first, outside of
// the tests' own realm, whose `process` does not hear of it.
if (process.send) process.once('disconnect', () => process.exit());
