import { benchAcknowledgement } from './acknowledgement/main.ts';
import { benchDashboard } from './dashboard.ts';
import { benchExecutor } from './executor.ts';
import { benchParsers } from './parsers.ts';
import { benchPlanner } from './planner.ts';
import { benchPrefix } from './prefix.ts';
import { benchReview } from './review.ts';

/** `npm run bench -- NAME`: measures and prints; nothing is asserted, because machines differ. */
const BENCHES: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  planner: benchPlanner,
  executor: benchExecutor,
  prefix: benchPrefix,
  review: benchReview,
  parsers: benchParsers,
  dashboard: benchDashboard,
  acknowledgement: benchAcknowledgement,
};

const bench = BENCHES[process.argv[2] ?? ''];
if (!bench) {
  console.error(`usage: npm run bench -- NAME, where NAME is one of: ${Object.keys(BENCHES).join(', ')}`);
  process.exit(2);
}
await bench(process.argv.slice(3));
