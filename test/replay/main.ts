import { parseArgs } from 'node:util';
import { pastCommits } from './history.ts';
import type { Replayed } from './replay-commit.ts';
import { replayHistory } from './replay-history.ts';
import { isFailure, lineAbout, summaryOf } from './report.ts';
import { openSource } from './source.ts';

// `npm run replay -- --repo PATH --commits N`: has the executor do again what real commits did. Exits with 1 if a tree differs.

const USAGE = 'usage: npm run replay -- [--repo PATH] [--commits N] [--tip REVISION]';

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

function readArguments() {
  const options = { repo: { type: 'string' }, commits: { type: 'string' }, tip: { type: 'string' } } as const;
  try {
    const { repo = '.', commits = '50', tip = 'HEAD' } = parseArgs({ options }).values;
    if (!/^[1-9]\d*$/.test(commits)) fail(`--commits ${commits} is not a number of commits.\n${USAGE}`);
    return { repo, commits: Number(commits), tip };
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}

const { repo, commits: wanted, tip } = readArguments();
const source = await openSource(repo);
if (!source.ok) fail(source.reason);
const commits = await pastCommits(source.value, tip, wanted).catch((error: Error) => fail(error.message));
if (commits.length === 0) fail(`${repo} has no commit whose parent is known.`);
console.log(`${commits.length} commits of ${repo}, no merges, first parents only`);
const all: Replayed[] = [];
let stopped = false;
process.once('SIGINT', () => {
  stopped = true;
});
for await (const replayed of replayHistory(source.value, commits)) {
  all.push(replayed);
  const line = lineAbout(replayed);
  if (line !== null) console.log(line);
  if (stopped) break;
}
source.value.close();
console.log(summaryOf(all));
process.exit(all.some(isFailure) ? 1 : 0);
