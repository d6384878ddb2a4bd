import type { PastCommit } from './history.ts';
import { lackingIn } from './lacking.ts';
import { openLocalForge } from './local-forge.ts';
import { type Replayed, replayCommit } from './replay-commit.ts';
import type { Source } from './source.ts';

/** A local GitHub remembers every request, and a mirror every commit: after so many they start over. */
const COMMITS_A_FORGE = 100;

/** One commit after the other, in the order given. */
export async function* replayHistory(source: Source, commits: readonly PastCommit[]): AsyncGenerator<Replayed> {
  const lacking = await lackingIn(source, commits);
  const tip = commits.at(-1)?.sha ?? '';
  for (let start = 0; start < commits.length; start += COMMITS_A_FORGE) {
    const forge = await openLocalForge(source, tip);
    try {
      for (const [i, commit] of commits.slice(start, start + COMMITS_A_FORGE).entries())
        yield await replayCommit({ source, forge, lacking }, commit, start + i);
    } finally {
      await forge.close();
    }
  }
}
