/**
 * Why GitHub refused, recognised once by the adapter, so that no other code reads its messages: `secondary_limit`, `primary_limit`
 * too many requests (see `retryAt`); `locked` the conversation is locked; `archived`, `suspended`, `blocked` the repository, the
 * installation, the repository for legal or policy reasons; `workflows` a workflow file changed without that permission;
 * `not_accessible` another permission is missing; `signatures`, `ruleset` a rule of the repository; `pulls_disabled`,
 * `issues_disabled`, `empty_repository`, `drafts_unsupported` something the repository does not have; `not_visible_yet` GitHub
 * cannot see an object that was made a moment ago; `not_found`, `gone` it does not exist, or was deleted; `unavailable` no answer
 * or a 5xx, which may have done the work all the same; `other` anything else.
 */
export type RefusalReason =
  | 'secondary_limit'
  | 'primary_limit'
  | 'locked'
  | 'archived'
  | 'suspended'
  | 'blocked'
  | 'workflows'
  | 'not_accessible'
  | 'signatures'
  | 'ruleset'
  | 'pulls_disabled'
  | 'issues_disabled'
  | 'empty_repository'
  | 'drafts_unsupported'
  | 'not_visible_yet'
  | 'not_found'
  | 'gone'
  | 'unavailable'
  | 'other';

/** GitHub could not or would not do what was requested. */
export class ForgeError extends Error {
  override readonly name = 'ForgeError';
  /** HTTP status, or null when no answer came. */
  readonly status: number | null;
  /** A rate limit: the earliest moment to try again, milliseconds since the epoch. Null for every other refusal. */
  readonly retryAt: number | null;
  readonly reason: RefusalReason;
  constructor(message: string, status: number | null, retryAt: number | null = null, reason: RefusalReason = 'other') {
    super(message);
    this.status = status;
    this.retryAt = retryAt;
    this.reason = reason;
  }
}
