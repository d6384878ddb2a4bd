/**
 * When the event behind a delivery happened, milliseconds since the epoch, as far as its payload says; GitHub gives whole seconds. Null for events
 * whose payload has only older moments.
 */
export function happenedAt(event: string, payload: Readonly<Record<string, unknown>>): number | null {
  const path = WHERE[event];
  const found = path?.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), payload);
  // A push has seconds since the epoch.
  if (typeof found === 'number') return Number.isFinite(found) ? found * 1_000 : null;
  const at = typeof found === 'string' ? Date.parse(found) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}

const WHERE: Readonly<Record<string, readonly string[]>> = Object.assign(Object.create(null), {
  issues: ['issue', 'updated_at'],
  issue_comment: ['comment', 'updated_at'],
  pull_request: ['pull_request', 'updated_at'],
  pull_request_review: ['review', 'submitted_at'],
  check_run: ['check_run', 'completed_at'],
  check_suite: ['check_suite', 'updated_at'],
  status: ['updated_at'],
  push: ['repository', 'pushed_at'],
});

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
