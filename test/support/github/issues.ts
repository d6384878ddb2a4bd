// Issues: emulate's own routes do most of it; what it does differently from GitHub is put right around them.
import { atLeast, levelOf } from './access.ts';
import type { Context } from './emulate.ts';
import { pullNumbered } from './pull-state.ts';
import { editPull } from './pulls.ts';
import { insertLabel } from './repositories.ts';
import { type Answer, around, type Call, instead, invalid, notFound, page, repositoryRoute } from './routes.ts';
import type { RepositoryRow } from './rows.ts';
import { type Json, read, userJson, type World } from './world.ts';

export function issueRoutes(world: World): void {
  repositoryRoute(world, 'GET', '/issues', (call) => listIssues(world, call));
  // emulate takes `comments` for the number of an issue.
  repositoryRoute(world, 'GET', '/issues/comments', (call) => listComments(world, call));

  around(world, 'POST', '/issues', (call) => {
    if (!mayLabel(world, call)) return without(call.body, ['labels', 'assignees', 'milestone']);
    const known = withKnownLabels(world, call);
    return known && { ...call.body, ...known };
  });
  around(world, 'POST', '/labels', (call) => {
    const name = call.text('name') ?? '';
    if (labelNamed(world, call.repo, name)) throw invalid('Label', 'already_exists', 'name');
    return undefined;
  });
  for (const method of ['POST', 'PUT'] as const)
    around(world, method, '/issues/:number/labels', (call) => withKnownLabels(world, call));
  instead(world, 'GET', '/labels/:name', ({ param, repo }) => {
    const label = labelNamed(world, repo, decodeURIComponent(param('name')));
    if (!label) throw notFound();
    const url = `${world.url}/repos/${repo.full_name}/labels/${encodeURIComponent(label.name)}`;
    const { id, node_id, name, description, color } = label;
    return { json: { id, node_id, url, name, description, color, default: label.default } };
  });

  instead(world, 'GET', '/issues/:number', async (call) => {
    const pull = pullNumbered(world, call.repo, call.number('number'));
    return pull && { json: await issueOfPull(world, call.repo, pull.number) };
  });

  instead(world, 'PATCH', '/issues/:number', async (call): Promise<Answer | undefined> => {
    const pull = pullNumbered(world, call.repo, call.number('number'));
    const issues = world.tables.issues.findBy('repo_id', call.repo.id);
    if (!pull)
      return rememberEdit(
        world,
        call,
        issues.find((issue) => issue.number === call.number('number')),
      );
    await editPull(world, call, pull);
    return { json: await issueOfPull(world, call.repo, pull.number) };
  });

  around(world, 'PATCH', '', (call) => {
    const name = call.text('name');
    if (name !== undefined && name !== call.repo.name)
      world.links.renames.set(call.repo.full_name, { id: call.repo.id, told: false });
    const { archived } = call.body;
    if (typeof archived === 'boolean' && archived !== call.repo.archived) world.links.archiving.add(call.repo.id);
    return undefined;
  });

  instead(world, 'PATCH', '/issues/comments/:id', (call) =>
    rememberEdit(world, call, world.tables.comments.get(call.number('id'))),
  );
}

/** A label of an issue template stays on, whoever opens the issue; only the web form does that, so a header stands for it. */
export const TEMPLATE_HEADER = 'x-local-github-issue-template';
const fromTemplate = (context: Context) => context.req.header(TEMPLATE_HEADER) !== undefined;

function mayLabel(world: World, { context, repo, actor, holder }: Call): boolean {
  return (
    holder?.installation !== undefined ||
    fromTemplate(context) ||
    (actor !== undefined && atLeast(levelOf(world, repo, actor), 'triage'))
  );
}

const without = (body: Json, names: readonly string[]): Json =>
  Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)));

function labelNamed(world: World, repo: RepositoryRow, name: string) {
  return world.tables.labels.findBy('repo_id', repo.id).find((label) => label.name.toLowerCase() === name.toLowerCase());
}

/** Label names ignore case: `Plan` puts the existing label `plan` on. One that is missing is made, in the colour that GitHub gives it. */
function withKnownLabels(world: World, call: Call): Json | undefined {
  const given = Array.isArray(call.body) ? call.body : call.body.labels;
  if (!Array.isArray(given)) return undefined;
  const known = (name: string): string => labelNamed(world, call.repo, name)?.name ?? insertLabel(world, call.repo, name);
  return { labels: given.map((name) => (typeof name === 'string' ? known(name) : name)) };
}

/** Keeps what the text was before, for the `changes` of the event and for the edit history. */
function rememberEdit(world: World, call: Call, before: { title?: string; body: string | null } | undefined): undefined {
  const [title, body] = [call.text('title'), call.text('body')];
  if (!before || (title === undefined && body === undefined)) return undefined;
  const url = `${world.url}${call.context.req.path}`;
  const edits = world.links.edits.get(url) ?? [];
  edits.push({
    at: new Date().toISOString(),
    by: call.actor?.login ?? 'ghost',
    title: before.title,
    body: before.body,
    now: body ?? before.body,
  });
  world.links.edits.set(url, edits);
  return undefined;
}

/** A pull request, as the issue it also is. */
async function issueOfPull(world: World, repo: RepositoryRow, number: number): Promise<Json> {
  const pull = await read(world, repo, `/pulls/${number}`);
  const kept = [
    'number',
    'title',
    'user',
    'labels',
    'state',
    'locked',
    'assignee',
    'assignees',
    'milestone',
    'created_at',
    'updated_at',
    'closed_at',
    'body',
    'author_association',
    'draft',
    'comments_url',
  ];
  const row = world.tables.issues.findBy('repo_id', repo.id).find((issue) => issue.number === number);
  const closer = row?.state === 'closed' && row.closed_by_id !== null ? world.tables.users.get(row.closed_by_id) : undefined;
  const url = `${world.url}/repos/${repo.full_name}/issues/${number}`;
  // biome-ignore format: one issue
  return {
    ...Object.fromEntries(kept.map((name) => [name, pull[name]])),
    id: row?.id, node_id: row?.node_id, url, repository_url: `${world.url}/repos/${repo.full_name}`, labels_url: `${url}/labels{/name}`,
    events_url: `${url}/events`, html_url: pull.html_url, comments: row?.comments ?? 0, state_reason: null, active_lock_reason: null,
    reactions: { url: `${url}/reactions`, total_count: 0 }, performed_via_github_app: null, closed_by: closer ? userJson(world, closer) : null,
  };
}

/** Pull requests are issues too, and this list has them. */
async function listIssues(world: World, call: Call): Promise<Answer> {
  const { repo } = call;
  const state = call.query('state') ?? 'open';
  const labels = (call.query('labels') ?? '')
    .split(',')
    .filter(Boolean)
    .map((name) => labelNamed(world, repo, name)?.id);
  const [creator, since] = [call.query('creator'), call.query('since')];
  const sort = { updated: 'updated_at', comments: 'comments' }[call.query('sort') ?? ''] as 'updated_at' | 'comments' | undefined;
  const labelsOf = (issue: { number: number; label_ids: number[] }) =>
    pullNumbered(world, repo, issue.number)?.label_ids ?? issue.label_ids;
  const chosen = world.tables.issues
    .findBy('repo_id', repo.id)
    .filter((issue) => state === 'all' || issue.state === state)
    .filter((issue) => labels.every((label) => label !== undefined && labelsOf(issue).includes(label)))
    .filter((issue) => !creator || world.tables.users.get(issue.user_id)?.login === creator)
    .filter((issue) => !since || issue.updated_at >= since)
    .sort(
      (a, b) => (sort ? String(a[sort]).localeCompare(String(b[sort]), undefined, { numeric: true }) : 0) || a.number - b.number,
    );
  if (call.query('direction') !== 'asc') chosen.reverse();
  const json = (issue: { number: number; is_pull_request: boolean }) =>
    issue.is_pull_request ? issueOfPull(world, repo, issue.number) : read(world, repo, `/issues/${issue.number}`);
  return { json: await Promise.all(page(call, chosen).map(json)) };
}

/** The comments of all issues and pull requests; the direction counts only where they are sorted by something. */
async function listComments(world: World, call: Call): Promise<Answer> {
  const { repo } = call;
  const [since, sort] = [call.query('since'), call.query('sort')];
  const by = sort === 'updated' ? 'updated_at' : 'created_at';
  const chosen = world.tables.comments
    .findBy('repo_id', repo.id)
    .filter((comment) => comment.comment_type === 'issue' && (!since || comment.updated_at >= since))
    .sort((a, b) => a[by].localeCompare(b[by]) || a.id - b.id);
  if (sort !== undefined && call.query('direction') === 'desc') chosen.reverse();
  return { json: await Promise.all(page(call, chosen).map(({ id }) => read(world, repo, `/issues/comments/${id}`))) };
}
