// Locked conversations: whoever may write still comments, an App may not, and nobody reacts.
import { atLeast, levelOf } from './access.ts';
import { announce } from './announcing.ts';
import { type Call, notFound, Refusal, repositoryRoute } from './routes.ts';
import type { IssueRow, RepositoryRow } from './rows.ts';
import { isInternal, read, repositoryNamed, userJson, type World } from './world.ts';

const REASONS = [undefined, 'off-topic', 'too heated', 'resolved', 'spam'];

export function lockRoutes(world: World): void {
  const lock = (locked: boolean) => async (call: Call) => {
    const { repo, actor, body } = call;
    if (locked && !REASONS.includes(body.lock_reason as string | undefined))
      throw new Refusal(422, 'Validation Failed', [{ resource: 'Issue', code: 'invalid', field: 'lock_reason' }]);
    const number = call.number('number');
    const row = numbered(world, repo, number);
    if (!row) throw notFound();
    world.tables.issues.update(row.id, { locked });
    const who = actor ? { sender: userJson(world, actor) } : {};
    const action = locked ? 'locked' : 'unlocked';
    if (row.is_pull_request) announce(world, repo, 'pull_request', action, { number, ...who }, number);
    else announce(world, repo, 'issues', action, { issue: await read(world, repo, `/issues/${number}`), ...who });
    return { status: 204 };
  };
  repositoryRoute(world, 'PUT', '/issues/:number/lock', lock(true));
  repositoryRoute(world, 'DELETE', '/issues/:number/lock', lock(false));

  world.emulator.app.use('/repos/:owner/:repo:rest{(?:/.*)?}', async (context, next) => {
    const { method, path } = context.req;
    const [, fullName = '', rest = ''] = /^\/repos\/([^/]+\/[^/]+)\/(.*)$/.exec(path) ?? [];
    const holder = context.get('authUser');
    const repo = repositoryNamed(world.tables, fullName);
    const said = repo && method === 'POST' && !isInternal(holder) ? spokenOn(world, repo, rest) : null;
    if (!repo || !said || numbered(world, repo, said.number)?.locked !== true) {
      await next();
      return undefined;
    }
    const user = holder?.installation ? undefined : world.tables.users.findOneBy('login', holder?.login ?? '');
    if (said.kind === 'comment' && user && atLeast(levelOf(world, repo, user), 'write')) {
      await next();
      return undefined;
    }
    const message = `Unable to create ${said.kind} because issue is locked.`;
    return context.json(
      { message, documentation_url: 'https://docs.github.com/articles/locking-conversations/', status: '403' },
      403,
    );
  });
}

function spokenOn(world: World, repo: RepositoryRow, path: string): { kind: 'comment' | 'reaction'; number: number } | null {
  const comment = /^(?:issues|pulls)\/(\d+)\/(?:comments(?:\/\d+\/replies)?|reviews)$/.exec(path);
  if (comment) return { kind: 'comment', number: Number(comment[1]) };
  const onThing = /^issues\/(\d+)\/reactions$/.exec(path);
  if (onThing) return { kind: 'reaction', number: Number(onThing[1]) };
  const onComment = /^(?:issues|pulls)\/comments\/(\d+)\/reactions$/.exec(path);
  const row = onComment ? world.tables.comments.get(Number(onComment[1])) : undefined;
  const number = row?.repo_id === repo.id ? (row.issue_number ?? row.pull_number) : null;
  return number === null || number === undefined ? null : { kind: 'reaction', number };
}

export function isLocked(world: World, repo: RepositoryRow, number: number): boolean {
  return numbered(world, repo, number)?.locked === true;
}

const numbered = (world: World, repo: RepositoryRow, number: number): IssueRow | undefined =>
  world.tables.issues.findBy('repo_id', repo.id).find((issue) => issue.number === number);
