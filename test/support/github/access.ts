// Who may do what: one table, asked once, before any route. emulate lets everybody write to a public repository.
import type { Context, TokenHolder } from './emulate.ts';
import { bodyOf, Refusal, refuse } from './routes.ts';
import type { RepositoryRow, UserRow } from './rows.ts';
import { actorOf, isInternal, type Json, repositoryNamed, type World } from './world.ts';

const LEVELS = ['none', 'read', 'triage', 'write', 'maintain', 'admin'] as const;
export type Level = (typeof LEVELS)[number];

const fromEmulator: Record<string, Level> = {
  pull: 'read',
  triage: 'triage',
  push: 'write',
  maintain: 'maintain',
  admin: 'admin',
};

export function levelOf(world: World, repo: RepositoryRow, user: UserRow): Level {
  const { tables } = world;
  if (repo.owner_type === 'User' && repo.owner_id === user.id) return 'admin';
  if (repo.owner_type === 'Organization' && isOrganizationOwner(world, repo.owner_id, user)) return 'admin';
  const permission = tables.collaborators.findBy('repo_id', repo.id).find((row) => row.user_id === user.id)?.permission;
  if (permission) return fromEmulator[permission] ?? 'read';
  return repo.private ? 'none' : 'read';
}

function isOrganizationOwner({ tables }: World, organization: number, user: UserRow): boolean {
  const memberships = tables.teamMembers.findBy('user_id', user.id);
  return memberships.some((row) => row.role === 'maintainer' && tables.teams.get(row.team_id)?.org_id === organization);
}

export const atLeast = (level: Level, wanted: Level) => LEVELS.indexOf(level) >= LEVELS.indexOf(wanted);

/** What a person needs: a level, or to be the author of the thing with the level as the alternative; `app` means only Apps may. */
type Person = Level | `author or ${Level}` | 'app';

interface Rule {
  methods: string;
  /** below /repos/{owner}/{repo} */
  path: RegExp;
  /** any one of these permissions, at write, is enough for an App */
  app: readonly string[];
  person: Person;
}

const CONVERSATION = ['issues', 'pull_requests'];

const RULES: readonly Rule[] = [
  { methods: 'POST', path: /^\/issues$/, app: ['issues'], person: 'read' },
  { methods: 'PATCH', path: /^\/issues\/\d+$/, app: CONVERSATION, person: 'author or triage' },
  { methods: 'POST PUT DELETE', path: /^\/issues\/\d+\/(labels|assignees|lock)/, app: CONVERSATION, person: 'triage' },
  { methods: 'POST', path: /^\/issues\/\d+\/comments$/, app: CONVERSATION, person: 'read' },
  { methods: 'PATCH DELETE', path: /^\/issues\/comments\/\d+$/, app: CONVERSATION, person: 'author or write' },
  { methods: 'POST DELETE', path: /\/reactions(\/\d+)?$/, app: CONVERSATION, person: 'read' },
  { methods: 'POST PATCH DELETE', path: /^\/(labels|milestones)/, app: CONVERSATION, person: 'write' },
  { methods: 'POST PATCH DELETE', path: /^\/git\//, app: ['contents'], person: 'write' },
  { methods: 'PUT DELETE', path: /^\/contents\//, app: ['contents'], person: 'write' },
  { methods: 'POST', path: /^\/merges$/, app: ['contents'], person: 'write' },
  { methods: 'POST', path: /^\/pulls$/, app: ['pull_requests'], person: 'write' },
  { methods: 'PATCH', path: /^\/pulls\/\d+$/, app: ['pull_requests'], person: 'author or write' },
  { methods: 'PUT', path: /^\/pulls\/\d+\/merge$/, app: ['contents'], person: 'write' },
  { methods: 'PUT', path: /^\/pulls\/\d+\/reviews\/\d+\/dismissals$/, app: ['pull_requests'], person: 'write' },
  { methods: 'POST PUT', path: /^\/pulls\/\d+\/(reviews|comments)/, app: ['pull_requests'], person: 'read' },
  { methods: 'PATCH DELETE', path: /^\/pulls\/comments\/\d+$/, app: ['pull_requests'], person: 'author or write' },
  { methods: 'POST PUT DELETE', path: /^\/pulls\/\d+\//, app: ['pull_requests'], person: 'write' },
  { methods: 'POST', path: /^\/check-runs\/\d+\/rerequest$/, app: ['checks'], person: 'write' },
  { methods: 'POST PATCH', path: /^\/check-(runs|suites)/, app: ['checks'], person: 'app' },
  { methods: 'POST', path: /^\/statuses\//, app: ['statuses'], person: 'write' },
  { methods: 'PUT DELETE', path: /^\/collaborators\//, app: ['administration'], person: 'admin' },
  { methods: 'POST PUT PATCH DELETE', path: /^/, app: ['administration'], person: 'admin' },
];

const READS: readonly { path: RegExp; app: readonly string[] }[] = [
  { path: /^\/(issues|labels)/, app: CONVERSATION },
  { path: /^\/pulls/, app: ['pull_requests'] },
  { path: /^\/actions/, app: ['actions'] },
  { path: /^\/(check-|commits\/.+\/check-)/, app: ['checks'] },
  { path: /^\/commits\/.+\/status(es)?$/, app: ['statuses'] },
  { path: /^\/(git|contents|compare|commits|branches|tarball|activity)/, app: ['contents'] },
];

/** The installation of bots that are let in at every account: GitHub's own continuous integration, and a review bot. */
export const EVERYWHERE = -1;

export function installationCovers(holder: TokenHolder, repo: RepositoryRow): boolean {
  const { installation } = holder;
  if (installation?.installationId === EVERYWHERE) return true;
  if (!installation || installation.accountId !== repo.owner_id || installation.accountType !== repo.owner_type) return false;
  return installation.repositorySelection === 'all' || installation.repositoryIds.includes(repo.id);
}

export function mayRead(world: World, repo: RepositoryRow, holder: TokenHolder | undefined): boolean {
  if (!repo.private) return true;
  if (!holder) return false;
  if (holder.installation) return installationCovers(holder, repo);
  const user = actorOf(world.tables, holder);
  return user !== undefined && levelOf(world, repo, user) !== 'none';
}

const granted = (holder: TokenHolder, names: readonly string[], wanted: 'read' | 'write') =>
  names.some((name) => {
    const permission = holder.installation?.permissions[name];
    return permission === 'write' || permission === 'admin' || (wanted === 'read' && permission === 'read');
  });

const NOT_FOR_APP = 'Resource not accessible by integration';

/** Why the request is refused, or undefined when it may go on. */
export function objection(
  world: World,
  repo: RepositoryRow,
  holder: TokenHolder | undefined,
  method: string,
  path: string,
): Refusal | undefined {
  if (isInternal(holder)) return undefined;
  return (
    lackOfPermission(world, repo, holder, method, path) ??
    (isReadOnly(repo, method, path) ? new Refusal(403, ARCHIVED) : undefined)
  );
}

const ARCHIVED = 'Repository was archived so is read-only.';

/** Nothing of an archived repository can be changed but that it is archived, and it can be deleted. */
const isReadOnly = ({ archived }: RepositoryRow, method: string, path: string): boolean =>
  archived && method !== 'GET' && method !== 'HEAD' && path !== '';

function lackOfPermission(
  world: World,
  repo: RepositoryRow,
  holder: TokenHolder | undefined,
  method: string,
  path: string,
): Refusal | undefined {
  if (!mayRead(world, repo, holder)) return new Refusal(404, 'Not Found');
  if (method === 'GET' || method === 'HEAD') {
    const names = READS.find((rule) => rule.path.test(path))?.app;
    const refused = repo.private && holder?.installation && names && !granted(holder, names, 'read');
    return refused ? new Refusal(403, NOT_FOR_APP) : undefined;
  }
  if (!holder) return new Refusal(401, 'Requires authentication');
  const rule = RULES.find((candidate) => candidate.methods.split(' ').includes(method) && candidate.path.test(path));
  if (!rule) return undefined;
  if (holder.installation)
    return installationCovers(holder, repo) && granted(holder, rule.app, 'write') ? undefined : new Refusal(403, NOT_FOR_APP);
  if (rule.person === 'app') return new Refusal(403, 'You must authenticate via a GitHub App.');
  const user = actorOf(world.tables, holder);
  if (!user) return new Refusal(401, 'Requires authentication');
  const [wanted, ownIsEnough] = rule.person.startsWith('author or ')
    ? [rule.person.slice('author or '.length) as Level, isAuthor(world, repo, user, path)]
    : [rule.person as Level, false];
  if (ownIsEnough || atLeast(levelOf(world, repo, user), wanted)) return undefined;
  return new Refusal(
    403,
    wanted === 'admin' ? 'Must have admin rights to Repository.' : 'You must have push access to the repository.',
  );
}

function isAuthor({ tables }: World, repo: RepositoryRow, user: UserRow, path: string): boolean {
  const [, kind, id] = /^\/(issues|pulls|issues\/comments|pulls\/comments)\/(\d+)$/.exec(path) ?? [];
  if (kind?.endsWith('comments')) return tables.comments.get(Number(id))?.user_id === user.id;
  return tables.issues.findBy('repo_id', repo.id).some((issue) => issue.number === Number(id) && issue.user_id === user.id);
}

/** Puts the table in front of every route below /repos, and answers the two questions about people that GitHub has routes for. */
export function guardRepositories(world: World): void {
  world.emulator.app.use('/repos/:owner/:repo:rest{(?:/.*)?}', async (context, next) => {
    const repo = repositoryNamed(world.tables, `${context.req.param('owner')}/${context.req.param('repo')}`);
    const path = context.req.param('rest');
    const asApp = context.get('authApp') && path === '/installation';
    const refusal = repo && !asApp ? objection(world, repo, context.get('authUser'), context.req.method, path) : undefined;
    if (refusal) return refuse(context, refusal);
    const tooLong = repo && (await tooLongText(context));
    if (tooLong) return refuse(context, tooLong);
    await next();
    return undefined;
  });
}

const LIMIT = 65_536;

async function tooLongText(context: Context): Promise<Refusal | undefined> {
  const { path, method } = context.req;
  if (method === 'GET' || !/\/(issues|pulls|check-runs)(\/|$)/.test(path)) return undefined;
  const { body, title, output } = await bodyOf(context).catch((): Json => ({}));
  const error = (field: string, limit: number) =>
    new Refusal(422, 'Validation Failed', [
      {
        resource: path.includes('comments') ? 'IssueComment' : 'Issue',
        code: 'custom',
        field,
        message: `${field} is too long (maximum is ${limit} characters)`,
      },
    ]);
  if (typeof body === 'string' && body.length > LIMIT) return error('body', LIMIT);
  if (typeof title === 'string' && title.length > 256) return error('title', 256);
  const { summary, text, annotations } = (output ?? {}) as Json;
  for (const [field, value] of Object.entries({ summary, text }))
    if (typeof value === 'string' && value.length > LIMIT - 1) return error(field, LIMIT - 1);
  if (Array.isArray(annotations) && annotations.length > 50)
    return new Refusal(422, 'Invalid request.\n\nNo more than 50 annotations are permitted.');
  return undefined;
}
