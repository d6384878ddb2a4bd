import type { GitHubLocation } from '../html/words.ts';

/** What every page is made with. */
export interface PageContext {
  /** GitHub's address for people. */
  readonly serverUrl: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export const placeOf = (
  { serverUrl }: PageContext,
  repository: { readonly owner: string; readonly name: string },
): GitHubLocation => ({
  serverUrl,
  owner: repository.owner,
  name: repository.name,
});
