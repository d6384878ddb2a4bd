/** Where GitHub sends webhooks, below the public address. */
export const WEBHOOK_PATH = '/api/github/webhooks';

/** Where GitHub sends a person back who has signed in, below the public address. */
export const SIGN_IN_PATH = '/auth/callback';

/**
 * The only permissions that the App requests; tests compare app.yml, the form's link in the README and the local GitHub with it.
 */
export const APP_PERMISSIONS: Readonly<Record<string, 'read' | 'write'>> = {
  contents: 'write',
  pull_requests: 'write',
  issues: 'write',
  checks: 'write',
  actions: 'read',
  statuses: 'read',
  metadata: 'read',
};

/** Every App receives `installation` and `installation_repositories`; GitHub refuses a manifest that lists them. */
export const APP_EVENTS: readonly string[] = [
  'issues',
  'issue_comment',
  'pull_request',
  'pull_request_review',
  'check_run',
  'check_suite',
  'status',
  'push',
  'repository',
  'installation_target',
];

export const APP_DESCRIPTION =
  'Plans before it codes. Label an issue, review the plan as a pull request, then get each part of it as a pull request.';

const LEVELS: readonly (string | undefined)[] = [undefined, 'read', 'write', 'admin'];

/** The permissions that are missing or too weak, as `contents: write`. */
export const missingPermissions = (granted: Readonly<Record<string, string | undefined>>): string[] =>
  Object.entries(APP_PERMISSIONS)
    .filter(([name, level]) => LEVELS.indexOf(granted[name]) < LEVELS.indexOf(level))
    .map(([name, level]) => `${name}: ${level}`);

export const missingEvents = (subscribed: readonly string[]): string[] =>
  APP_EVENTS.filter((event) => !subscribed.includes(event));
