import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runs } from '../support/runs.ts';
import { pastCommits } from './history.ts';
import type { Replayed } from './replay-commit.ts';
import { replayHistory } from './replay-history.ts';
import { isFailure, lineAbout } from './report.ts';
import { openSource } from './source.ts';

const HERE = join(import.meta.dirname, '../..');
const COMMITS = runs(6, 20);

const source = await openSource(HERE);
const commits = source.ok ? await pastCommits(source.value, 'HEAD', COMMITS).catch(() => []) : [];

// A download has no history, and a shallow clone no commit whose parent is known.
if (source.ok && commits.length > 0) {
  test(`the last ${commits.length} commits of this repository come out as they were`, async () => {
    const all: Replayed[] = [];
    for await (const replayed of replayHistory(source.value, commits)) all.push(replayed);
    source.value.close();
    expect(all.filter(isFailure).map(lineAbout)).toEqual([]);
    expect(all).toHaveLength(commits.length);
  }, 600_000);
} else {
  test.skip('there is no history of this repository here, so none of it is replayed', () => {});
}
