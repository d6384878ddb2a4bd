// What the bot uses of GitHub: each endpoint with the permission it needs, by GitHub's documentation, and the fields of its answer that are
// read; each event with the fields that are read. A new endpoint fails the suite until it stands here, and the description has it
// (scripts/extract-github-description.ts).

type Level = 'read' | 'write';
/** One of these is enough; `app` means the App's own token, `any` every installation's. */
type Need = `${string}:${Level}` | 'app' | 'any';

export interface Endpoint {
  readonly needs: readonly Need[];
  /** Dotted; `[]` stands for each entry of a list; with `?` the last may be absent, whatever the schema says of it. */
  readonly reads: readonly string[];
}

const ACCOUNT = ['user.id', 'user.login', 'user.type'];
const ISSUE = [
  'number',
  'title',
  'body',
  'state',
  'closed_at',
  'closed_by.login',
  'closed_by.type',
  'labels[].name',
  'locked',
  'repository_url',
  ...ACCOUNT,
];
const COMMENT = ['id', 'body', 'created_at', 'html_url', ...ACCOUNT];
// biome-ignore format: a list of names
const PULL = [
  'number', 'title', 'body', 'state', 'draft', 'merged_at', 'merge_commit_sha', 'head.ref', 'head.sha', 'head.repo.id', 'base.ref', 'base.repo.id',
  'html_url', ...ACCOUNT,
];
// biome-ignore format: a list of names
const RUN = [
  'id', 'name', 'status', 'conclusion', 'completed_at', 'external_id', 'output.title', 'output.annotations_count', 'app.id', 'app.slug',
  'check_suite.id',
];
const each = (list: string, fields: readonly string[]) => fields.map((field) => `${list}[].${field}`);

const CONVERSATION = (level: Level): Need[] => [`issues:${level}`, `pull_requests:${level}`];
const REPO = '/repos/{owner}/{repo}';

export const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  'GET /app': { needs: ['app'], reads: ['id', 'slug', 'html_url', 'permissions', 'events'] },
  'GET /app/installations': {
    needs: ['app'],
    reads: ['[].id', '[].suspended_at', '[].html_url', '[].permissions', '[].events'],
  },
  'GET /app/hook/config': { needs: ['app'], reads: ['url', 'content_type', 'secret', 'insecure_ssl'] },
  'POST /app/installations/{installation_id}/access_tokens': { needs: ['app'], reads: ['token', 'expires_at'] },
  'GET /app/hook/deliveries': {
    needs: ['app'],
    reads: ['[].id', '[].guid', '[].delivered_at', '[].status_code', '[].status', '[].event'],
  },
  'GET /app/hook/deliveries/{delivery_id}': { needs: ['app'], reads: ['id', 'guid'] },
  'POST /app/hook/deliveries/{delivery_id}/attempts': { needs: ['app'], reads: [] },
  'GET /installation/repositories': {
    needs: ['any'],
    reads: each('repositories', ['name', 'owner.login', 'archived', 'disabled']),
  },

  [`GET ${REPO}`]: { needs: ['metadata:read'], reads: ['default_branch', 'full_name', 'archived', 'disabled', 'has_issues'] },
  [`GET ${REPO}/collaborators/{username}/permission`]: {
    needs: ['metadata:read'],
    reads: ['permission', 'role_name', 'user.id', 'user.login'],
  },
  [`GET ${REPO}/activity`]: {
    needs: ['contents:read'],
    reads: ['[].before', '[].after', '[].timestamp', '[].activity_type', '[].actor?'],
  },
  [`GET ${REPO}/contents/{path}`]: { needs: ['contents:read'], reads: ['type', 'sha', 'content?', 'encoding?'] },
  [`GET ${REPO}/compare/{basehead}`]: {
    needs: ['contents:read'],
    reads: ['status', 'merge_base_commit.sha', 'files[].filename', 'files[].previous_filename'],
  },
  [`GET ${REPO}/git/ref/{ref}`]: { needs: ['contents:read'], reads: ['object.sha'] },
  [`GET ${REPO}/git/matching-refs/{ref}`]: { needs: ['contents:read'], reads: ['[].ref'] },
  [`GET ${REPO}/git/commits/{commit_sha}`]: { needs: ['contents:read'], reads: ['sha', 'tree.sha', 'parents[].sha', 'message'] },
  [`GET ${REPO}/git/blobs/{file_sha}`]: { needs: ['contents:read'], reads: ['content', 'encoding'] },
  [`POST ${REPO}/git/blobs`]: { needs: ['contents:write'], reads: ['sha'] },
  [`POST ${REPO}/git/trees`]: { needs: ['contents:write'], reads: ['sha'] },
  [`POST ${REPO}/git/commits`]: { needs: ['contents:write'], reads: ['sha', 'author.name', 'author.email'] },
  [`POST ${REPO}/git/refs`]: { needs: ['contents:write'], reads: [] },
  [`PATCH ${REPO}/git/refs/{ref}`]: { needs: ['contents:write'], reads: [] },

  [`GET ${REPO}/issues`]: {
    needs: CONVERSATION('read'),
    reads: each(
      '',
      ISSUE.filter((field) => !field.startsWith('closed_by.')),
    ),
  },
  [`GET ${REPO}/issues/{issue_number}`]: { needs: CONVERSATION('read'), reads: ISSUE },
  [`PATCH ${REPO}/issues/{issue_number}`]: { needs: CONVERSATION('write'), reads: [] },
  [`GET ${REPO}/issues/{issue_number}/comments`]: { needs: CONVERSATION('read'), reads: each('', COMMENT) },
  [`POST ${REPO}/issues/{issue_number}/comments`]: { needs: CONVERSATION('write'), reads: COMMENT },
  [`GET ${REPO}/issues/comments`]: { needs: CONVERSATION('read'), reads: each('', ['body', 'issue_url', ...ACCOUNT]) },
  [`GET ${REPO}/issues/comments/{comment_id}`]: { needs: CONVERSATION('read'), reads: COMMENT },
  [`PATCH ${REPO}/issues/comments/{comment_id}`]: { needs: CONVERSATION('write'), reads: [] },
  [`POST ${REPO}/issues/comments/{comment_id}/reactions`]: { needs: CONVERSATION('write'), reads: [] },
  [`GET ${REPO}/labels/{name}`]: { needs: CONVERSATION('read'), reads: ['name'] },
  [`POST ${REPO}/labels`]: { needs: CONVERSATION('write'), reads: [] },
  [`PATCH ${REPO}/labels/{name}`]: { needs: CONVERSATION('write'), reads: [] },
  [`POST ${REPO}/issues/{issue_number}/labels`]: {
    needs: CONVERSATION('write'),
    reads: ['[].name', '[].color', '[].description'],
  },
  [`DELETE ${REPO}/issues/{issue_number}/labels/{name}`]: { needs: CONVERSATION('write'), reads: [] },

  [`GET ${REPO}/pulls`]: { needs: ['pull_requests:read'], reads: each('', PULL) },
  [`GET ${REPO}/pulls/{pull_number}`]: {
    needs: ['pull_requests:read'],
    reads: [...PULL, 'node_id', 'merged_by.login', 'merged_by.type'],
  },
  [`POST ${REPO}/pulls`]: { needs: ['pull_requests:write'], reads: PULL },
  [`PATCH ${REPO}/pulls/{pull_number}`]: { needs: ['pull_requests:write'], reads: [] },
  [`GET ${REPO}/pulls/{pull_number}/files`]: { needs: ['pull_requests:read'], reads: ['[].filename', '[].status'] },
  [`GET ${REPO}/pulls/{pull_number}/reviews`]: {
    needs: ['pull_requests:read'],
    reads: each('', ['id', 'state', 'body', 'commit_id', 'submitted_at', ...ACCOUNT]),
  },
  [`GET ${REPO}/pulls/{pull_number}/reviews/{review_id}`]: {
    needs: ['pull_requests:read'],
    reads: ['id', 'state', 'body', 'commit_id', 'submitted_at', ...ACCOUNT],
  },
  [`POST ${REPO}/pulls/{pull_number}/requested_reviewers`]: { needs: ['pull_requests:write'], reads: [] },
  [`POST ${REPO}/pulls/{pull_number}/comments/{comment_id}/replies`]: { needs: ['pull_requests:write'], reads: [] },

  [`GET ${REPO}/commits/{ref}/check-runs`]: { needs: ['checks:read'], reads: each('check_runs', RUN) },
  [`GET ${REPO}/check-runs/{check_run_id}`]: { needs: ['checks:read'], reads: ['output.title', 'output.summary', 'output.text'] },
  [`GET ${REPO}/check-runs/{check_run_id}/annotations`]: {
    needs: ['checks:read'],
    reads: each('', ['path', 'start_line', 'annotation_level', 'message']),
  },
  [`POST ${REPO}/check-runs`]: { needs: ['checks:write'], reads: RUN },
  [`PATCH ${REPO}/check-runs/{check_run_id}`]: { needs: ['checks:write'], reads: RUN },
  [`GET ${REPO}/commits/{ref}/status`]: {
    needs: ['statuses:read'],
    reads: each('statuses', ['context', 'state', 'description', 'target_url']),
  },
  [`GET ${REPO}/actions/jobs/{job_id}/logs`]: { needs: ['actions:read'], reads: [] },
  [`GET ${REPO}/actions/workflows/{workflow_id}`]: { needs: ['actions:read'], reads: ['state'] },
  [`GET ${REPO}/actions/workflows/{workflow_id}/runs`]: {
    needs: ['actions:read'],
    reads: each('workflow_runs', ['id', 'html_url', 'status', 'conclusion', 'head_sha', 'head_branch', 'event']),
  },
  [`GET ${REPO}/actions/runs/{run_id}/artifacts`]: {
    needs: ['actions:read'],
    reads: each('artifacts', ['id', 'name', 'size_in_bytes', 'expired']),
  },
  [`GET ${REPO}/actions/artifacts/{artifact_id}/{archive_format}`]: { needs: ['actions:read'], reads: [] },
};

const WHERE = ['repository.name', 'repository.full_name', 'repository.owner.login', 'installation.id'];
const SENDER = ['sender.login', 'sender.type'];
const IN_ISSUE = [...WHERE, ...SENDER, 'issue.number', 'issue.title', 'issue.body', 'issue.updated_at'];
// biome-ignore format: a list of names
const IN_PULL = [
  ...WHERE, ...SENDER, 'pull_request.number', 'pull_request.head.ref', 'pull_request.head.sha', 'pull_request.head.repo.full_name',
  'pull_request.base.sha', 'pull_request.user.login', 'pull_request.user.type', 'pull_request.updated_at',
];
const IN_CHECK = (thing: string) => [...WHERE, `${thing}.head_branch`, `${thing}.app.id`];

/** By the name of the schema: the event, and its action where it has one. */
export const EVENTS: Readonly<Record<string, readonly string[]>> = {
  'issues-opened': IN_ISSUE,
  'issues-labeled': [...IN_ISSUE, 'label.name'],
  'issues-unlabeled': [...IN_ISSUE, 'label.name'],
  'issues-closed': IN_ISSUE,
  'issues-reopened': IN_ISSUE,
  'issues-edited': [...IN_ISSUE, 'changes.title.from', 'changes.body.from'],
  'issues-locked': IN_ISSUE,
  'issues-unlocked': IN_ISSUE,
  'issues-deleted': IN_ISSUE,
  'issues-transferred': [...IN_ISSUE, 'changes.new_repository.full_name'],
  // biome-ignore format: a list of names
  'issue-comment-created': [
    ...IN_ISSUE, 'issue.user.login', 'issue.user.type', 'comment.id', 'comment.node_id', 'comment.body', 'comment.created_at', 'comment.user.login', 'comment.user.type',
  ],
  'issue-comment-edited': IN_ISSUE,
  'pull-request-opened': IN_PULL,
  'pull-request-closed': IN_PULL,
  'pull-request-reopened': IN_PULL,
  'pull-request-synchronize': IN_PULL,
  // biome-ignore format: a list of names
  'pull-request-review-submitted': [
    ...WHERE, ...SENDER, 'pull_request.number', 'pull_request.head.ref', 'pull_request.head.repo.full_name', 'pull_request.updated_at',
    'review.id', 'review.node_id', 'review.body', 'review.state', 'review.submitted_at', 'review.commit_id',
  ],
  'pull-request-review-dismissed': [...WHERE, ...SENDER, 'pull_request.head.ref', 'pull_request.head.repo.full_name'],
  'check-run-completed': [...IN_CHECK('check_run.check_suite'), 'check_run.app.id', 'check_run.pull_requests[].head.ref'],
  'check-suite-completed': [...IN_CHECK('check_suite'), 'check_suite.pull_requests[].head.ref'],
  status: [...WHERE, 'state', 'sha', 'branches[].name'],
  // biome-ignore format: a list of names
  push: [
    'repository.name', 'repository.default_branch', 'installation.id', 'ref', 'before', 'after', 'deleted', 'forced', 'created', 'sender.type',
    'commits[].added', 'commits[].removed', 'commits[].modified',
  ],
  'installation-created': ['installation.id', 'repositories[].full_name'],
  'installation-deleted': ['installation.id', 'installation.account.login'],
  'installation-suspend': ['installation.id', 'installation.account.login'],
  'installation-unsuspend': ['installation.id', 'repositories[].full_name'],
  'installation-repositories-added': ['installation.id', 'repositories_added[].full_name'],
  'installation-repositories-removed': ['installation.id', 'repositories_removed[].full_name'],
  'installation-target-renamed': ['installation.id', 'changes.login.from', 'changes.slug.from', 'account.login'],
  'repository-renamed': [...WHERE, 'changes.repository.name.from'],
  'repository-transferred': [...WHERE, 'changes.owner.from.user.login', 'changes.owner.from.organization.login'],
  'repository-edited': [...WHERE, 'changes.default_branch.from'],
  'repository-unarchived': WHERE,
  'repository-deleted': WHERE,
};
