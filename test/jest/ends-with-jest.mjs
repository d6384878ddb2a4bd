// Loaded by what every worker loads first.
if (process.send) {
  // Workers outlive a jest that is interrupted or killed, and go on testing.
  process.once('disconnect', () => process.exit());
  // A worker that is told to end stops listening and has half a second; what its files share may stay open for longer.
  process.on('removeListener', (event) => {
    if (event === 'message' && process.listenerCount('message') === 0) process.exit();
  });
}
