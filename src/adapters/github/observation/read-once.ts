import type { RepositoryForge } from '../../../ports/forge/forge.ts';

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
  'entry',
  'commit',
  'mergeBase',
  'changedPaths',
  'blobText',
  'foreignChecks',
  'ownChecks',
] as const satisfies readonly (keyof RepositoryForge)[];

export type Read = (typeof READS)[number];

/** An answer that is known already, or null. */
export type Known = (read: Read, given: readonly unknown[]) => Promise<{ readonly value: unknown } | null>;

/**
 * The same repository, asked each question once: within one observation different answers to one question would only contradict each
 * other. What is known already is not asked at all.
 */
export function readOnce(repo: RepositoryForge, known: Known): RepositoryForge {
  const answers = new Map<string, Promise<unknown>>();
  const once = (name: Read) => {
    const ask = repo[name] as (...given: readonly unknown[]) => Promise<unknown>;
    const find = async (given: readonly unknown[]): Promise<unknown> => {
      const found = await known(name, given);
      return found ? found.value : ask(...given);
    };
    return (...given: readonly unknown[]) => {
      const question = JSON.stringify([name, ...given]);
      const answer = answers.get(question) ?? find(given);
      answers.set(question, answer);
      return answer;
    };
  };
  return { ...repo, ...Object.fromEntries(READS.map((name) => [name, once(name)])) };
}
