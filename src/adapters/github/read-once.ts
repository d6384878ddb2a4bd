import type { RepositoryForge } from '../../ports/forge/forge.ts';

/** Everything of a repository that is read, and changes nothing. */
const READS = [
  'permission',
  'issue',
  'comments',
  'statement',
  'issuesLabelled',
  'pullRequest',
  'pullRequestsFrom',
  'ownPulls',
  'reviews',
  'reviewThreads',
  'defaultBranch',
  'branchHead',
  'branchMoves',
  'file',
  'commit',
  'mergeBase',
  'changedPaths',
  'blobText',
  'foreignChecks',
  'ownChecks',
] as const satisfies readonly (keyof RepositoryForge)[];

type Read = (...given: readonly unknown[]) => Promise<unknown>;

/**
 * The same repository, asked each question once: for one observation, in which different answers to one question would only contradict
 * each other. To be dropped afterwards, because it never hears of what has changed since.
 */
export function readOnce(repo: RepositoryForge): RepositoryForge {
  const answers = new Map<string, Promise<unknown>>();
  const once = (name: (typeof READS)[number]): Read => {
    const read = repo[name] as Read;
    return (...given) => {
      const question = JSON.stringify([name, ...given]);
      const answer = answers.get(question) ?? read(...given);
      answers.set(question, answer);
      return answer;
    };
  };
  return { ...repo, ...Object.fromEntries(READS.map((name) => [name, once(name)])) };
}
