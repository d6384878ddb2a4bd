import type { EmitterWebhookEvent } from '@octokit/webhooks';

type Push = EmitterWebhookEvent<'push'>['payload'];

/** More paths than people change by hand are not worth keeping; GitHub itself lists at most 2,048 commits. */
const MOST_PATHS = 1_000;
const MOST_COMMITS = 2_048;

/** The paths a push changed; null where the payload cannot tell. */
export function touchedBy({ commits, forced, created }: Push): string[] | null {
  // The commits of a forced push do not show which commits it removed.
  if (forced || created || commits.length >= MOST_COMMITS) return null;
  const paths = new Set(commits.flatMap((c) => [...(c.added ?? []), ...(c.removed ?? []), ...(c.modified ?? [])]));
  return paths.size > MOST_PATHS ? null : [...paths];
}
