// The bot as `npm start` runs it, but with the waits that a scenario has chosen.
import { flushCompileCache } from 'node:module';
import { run } from '../../src/main.ts';
import { WAITS, type Waits } from '../../src/workflows/engine/schedule.ts';

await run({ ...WAITS, ...(JSON.parse(process.env.TEST_WAITS ?? '{}') as Partial<Waits>) });
// Node writes the cache when it exits, and a bot that is killed does not.
flushCompileCache();
