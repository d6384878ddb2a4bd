import type { RefusalReason } from '../../../ports/forge/forge-error.ts';

interface Refused {
  readonly status: number | null;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** GitHub's own words. */
  readonly said: string;
}

/**
 * Moving a branch needs the very permission that making its commit needed; what is refused now can only be about workflow files.
 */
const MOVES_BRANCH = /\/git\/refs(?:\/|$)/;

/**
 * GitHub has no codes for these: only its sentences tell them apart. Each was seen in a public issue or is in GitHub's
 * documentation; the order matters, because some sentences contain another one's words.
 */
const SENTENCES: readonly (readonly [reason: RefusalReason, statuses: readonly number[], words: RegExp])[] = [
  ['workflows', [403, 404, 409, 422], /without `?workflows?`? permission|workflows? (?:scope|permission)/i],
  [
    'locked',
    [403, 422],
    /\b(?:is|was|conversation|issue|pull request) (?:is |has been )?locked\b|\blocked (?:issue|conversation)/i,
  ],
  ['archived', [403, 422], /archived/i],
  ['suspended', [403], /installation has been suspended/i],
  ['blocked', [403, 451], /access blocked|unavailable due to|legal reasons|repository (?:has been |was |is )?disabled/i],
  ['pulls_disabled', [403, 404, 410, 422], /pull requests? (?:are|is|have been|has been) disabled/i],
  ['issues_disabled', [403, 404, 410, 422], /issues? (?:are|is|have been|has been) disabled/i],
  ['drafts_unsupported', [422], /draft pull requests are not supported/i],
  ['signatures', [403, 409, 422], /verified signatures?|required? signatures?|signed commits/i],
  [
    'ruleset',
    [403, 409, 422],
    /rule violations|creations? being restricted|protected (?:branch|ref)|(?:reference|ref) update failed|pre_receive|pre-receive hook|GH0(?:06|13)/i,
  ],
  ['empty_repository', [409], /repository is empty/i],
  [
    'not_visible_yet',
    [422],
    /could not resolve to a node|(?:object|reference) does not exist|no commit found for sha|\bhead invalid\b/i,
  ],
];

export function refusalReason({ status, method, path, said }: Refused): RefusalReason {
  if (status === null || status >= 500) return 'unavailable';
  for (const [reason, statuses, words] of SENTENCES) if (statuses.includes(status) && words.test(said)) return reason;
  switch (status) {
    case 403:
      return method !== 'GET' && MOVES_BRANCH.test(path) ? 'workflows' : 'not_accessible';
    case 404:
      return 'not_found';
    case 410:
      return 'gone';
    case 451:
      return 'blocked';
    default:
      return 'other';
  }
}
