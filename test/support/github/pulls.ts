// Pull requests: opening and editing them, and what they contain. Reviews and merging have files of their own.
import { announcePull } from './announcing.ts';
import { commitItem } from './commits.ts';
import { diffFiles } from './diffs.ts';
import { commitsSince } from './history.ts';
import { simplePull } from './json.ts';
import { pullNumbered, refreshPull } from './pull-state.ts';
import { type Call, invalid, notFound, page, Refusal, repositoryRoute } from './routes.ts';
import type { PullRequestRow, RepositoryRow } from './rows.ts';
import { ownerOf, read, type World } from './world.ts';

export function pullOf(world: World, call: Call, name = 'number'): PullRequestRow {
  const pull = pullNumbered(world, call.repo, call.number(name));
  if (!pull) throw notFound();
  return pull;
}

const pullProblem = (message: string) =>
  new Refusal(422, 'Validation Failed', [{ resource: 'PullRequest', code: 'custom', message }]);

export function pullRoutes(world: World): void {
  repositoryRoute(world, 'GET', '/pulls', async (call) => {
    const state = call.query('state') ?? 'open';
    const base = call.query('base');
    const head = call.query('head');
    const byUpdate = call.query('sort') === 'updated';
    const descending = (call.query('direction') ?? (byUpdate || !call.query('sort') ? 'desc' : 'asc')) === 'desc';
    const chosen = world.tables.pullRequests
      .findBy('repo_id', call.repo.id)
      .filter((pull) => state === 'all' || pull.state === state)
      .filter((pull) => !base || pull.base_ref === base)
      // GitHub ignores a `head` without an owner and lists everything
      .filter((pull) => !head?.includes(':') || `${ownerOf(call.repo)}:${pull.head_ref}` === head)
      .sort((a, b) => (byUpdate ? a.updated_at.localeCompare(b.updated_at) : 0) || a.number - b.number);
    if (descending) chosen.reverse();
    const wanted = page(call, chosen);
    return {
      json: await Promise.all(wanted.map(async (pull) => simplePull(await read(world, call.repo, `/pulls/${pull.number}`)))),
    };
  });

  repositoryRoute(world, 'POST', '/pulls', async (call) => {
    const title = call.text('title')?.trim();
    const base = call.text('base') ?? '';
    const head = (call.text('head') ?? '').replace(`${ownerOf(call.repo)}:`, '');
    if (!title) throw invalid('PullRequest', 'missing_field', 'title');
    assertOpenable(world, call.repo, head, base);
    const pull = insertPull(world, call, { title, head, base, body: call.text('body') ?? null, draft: call.body.draft === true });
    await refreshPull(world, call.repo, pull);
    announcePull(world, call.repo, pull.number, 'opened', call.actor);
    return { status: 201, json: await read(world, call.repo, `/pulls/${pull.number}`) };
  });

  repositoryRoute(world, 'PATCH', '/pulls/:number', async (call) => ({ json: await editPull(world, call, pullOf(world, call)) }));

  repositoryRoute(world, 'GET', '/pulls/:number/files', async (call) => {
    const pull = pullOf(world, call);
    const files = await diffFiles(world, call.repo, `${pull.base_sha}...${pull.head_sha}`, pull.head_sha);
    return { json: page(call, files.slice(0, 3000)) };
  });

  repositoryRoute(world, 'GET', '/pulls/:number/commits', async (call) => {
    const pull = pullOf(world, call);
    const wanted = page(call, await commitsSince(world.git.dirOf(call.repo), pull.base_sha, pull.head_sha, 250));
    return { json: await Promise.all(wanted.map((sha) => commitItem(world, call.repo, sha))) };
  });
}

function assertOpenable(world: World, repo: RepositoryRow, head: string, base: string): void {
  const headSha = world.git.branch(repo, head);
  const baseSha = world.git.branch(repo, base);
  if (!headSha) throw invalid('PullRequest', 'invalid', 'head');
  if (!baseSha) throw invalid('PullRequest', 'invalid', 'base');
  const open = world.tables.pullRequests.findBy('repo_id', repo.id).filter((pull) => pull.state === 'open');
  if (open.some((pull) => pull.head_ref === head && pull.base_ref === base))
    throw pullProblem(`A pull request already exists for ${ownerOf(repo)}:${head}.`);
  if (headSha === baseSha) throw pullProblem(`No commits between ${base} and ${head}`);
}

function insertPull(
  world: World,
  call: Call,
  text: { title: string; body: string | null; head: string; base: string; draft: boolean },
): PullRequestRow {
  const { repo, actor } = call;
  const { tables } = world;
  if (!actor) throw new Refusal(401, 'Requires authentication');
  const taken = [...tables.issues.findBy('repo_id', repo.id), ...tables.pullRequests.findBy('repo_id', repo.id)];
  const number = Math.max(0, ...taken.map((row) => row.number)) + 1;
  // biome-ignore format: one row
  const shared = {
    node_id: '', number, repo_id: repo.id, title: text.title, body: text.body, state: 'open' as const, locked: false, user_id: actor.id,
    label_ids: [], assignee_ids: [], milestone_id: null, comments: 0, closed_at: null,
  };
  const issue = tables.issues.insert({ ...shared, state_reason: null, closed_by_id: null, is_pull_request: true });
  tables.issues.update(issue.id, { node_id: `I_${issue.id}` });
  // biome-ignore format: one row
  const row = {
    ...shared, head_ref: text.head, head_sha: world.git.branch(repo, text.head) ?? '', head_repo_id: repo.id, base_ref: text.base,
    base_sha: world.git.branch(repo, text.base) ?? '', base_repo_id: repo.id, merged: false, merged_at: null, merged_by_id: null,
    merge_commit_sha: null, mergeable: null, mergeable_state: 'unknown', review_comments: 0, commits: 0, additions: 0, deletions: 0,
    changed_files: 0, draft: text.draft, requested_reviewer_ids: [], requested_team_ids: [], auto_merge: null,
  };
  const pull = tables.pullRequests.insert(row);
  tables.repos.update(repo.id, { open_issues_count: repo.open_issues_count + 1 });
  return tables.pullRequests.update(pull.id, { node_id: `PR_${pull.id}` }) ?? pull;
}

/** Title, body, state and base; `draft` is not among them: GitHub has that only in GraphQL. */
export async function editPull(world: World, call: Call, pull: PullRequestRow) {
  const { repo, body, actor } = call;
  const { tables } = world;
  const title = call.text('title');
  const base = call.text('base');
  const text = body.body === null ? null : call.text('body');
  const changes: Record<string, unknown> = {};
  const change: Partial<PullRequestRow> = {};
  if (title !== undefined && title !== pull.title) {
    change.title = title;
    changes.title = { from: pull.title };
  }
  if (text !== undefined && text !== pull.body) {
    change.body = text;
    const edit = { at: new Date().toISOString(), by: actor?.login ?? 'ghost', title: pull.title, body: pull.body, now: text };
    const url = `${world.url}/repos/${repo.full_name}/issues/${pull.number}`;
    world.links.edits.set(url, [...(world.links.edits.get(url) ?? []), edit]);
    changes.body = { from: pull.body };
  }
  if (base !== undefined && base !== pull.base_ref) {
    if (pull.state !== 'open') throw pullProblem('Cannot change the base branch of a closed pull request.');
    assertOpenable(world, repo, pull.head_ref, base);
    change.base_ref = base;
    changes.base = { ref: { from: pull.base_ref }, sha: { from: pull.base_sha } };
  }
  const state = body.state === 'open' || body.state === 'closed' ? body.state : pull.state;
  if (state === 'open' && pull.state === 'closed') assertReopenable(world, repo, pull);
  const closedAt = state === pull.state ? pull.closed_at : state === 'closed' ? new Date().toISOString() : null;
  const updated = tables.pullRequests.update(pull.id, { ...change, state, closed_at: closedAt }) ?? pull;
  const issue = tables.issues.findBy('repo_id', repo.id).find((row) => row.number === pull.number);
  const closer = state === pull.state ? (issue?.closed_by_id ?? null) : (actor?.id ?? null);
  const closedBy = state === 'closed' ? closer : null;
  if (issue)
    tables.issues.update(issue.id, {
      title: updated.title,
      body: updated.body,
      state,
      closed_at: closedAt,
      closed_by_id: closedBy,
    });
  await refreshPull(world, repo, updated);
  if (Object.keys(changes).length) announcePull(world, repo, pull.number, 'edited', actor, { changes });
  if (state !== pull.state) announcePull(world, repo, pull.number, state === 'closed' ? 'closed' : 'reopened', actor);
  return read(world, repo, `/pulls/${pull.number}`);
}

function assertReopenable(world: World, repo: RepositoryRow, pull: PullRequestRow): void {
  if (pull.merged) throw pullProblem('The pull request cannot be reopened: it was merged.');
  const state = (message: string) => invalid('PullRequest', 'invalid', 'state', message);
  if (!world.git.branch(repo, pull.head_ref))
    throw state(`state cannot be changed. The ${pull.head_ref} branch has been deleted.`);
  if (!world.git.branch(repo, pull.base_ref))
    throw state(`state cannot be changed. The ${pull.base_ref} branch has been deleted.`);
}
