// Commits as the REST API shows them: one, many, and the comparison of two.
import { diffFiles } from './diffs.ts';
import { git, gitBytes } from './git-command.ts';
import { type Commit, readCommit, resolveCommit } from './git-objects.ts';
import { ahead as aheadOf, commitsSince, mergeBase as mergeBaseOf } from './history.ts';
import { type Call, notFound, page, Refusal, repositoryRoute } from './routes.ts';
import type { RepositoryRow } from './rows.ts';
import { type Json, userJson, type World } from './world.ts';

export async function commitNamed(world: World, repo: RepositoryRow, name: string): Promise<string> {
  const sha = await resolveCommit(world.git.dirOf(repo), name.replace(/^refs\/heads\//, '').replace(/^heads\//, ''));
  if (!sha) throw new Refusal(422, `No commit found for SHA: ${name}`);
  return sha;
}

export function verification(world: World, { sha, committer }: Commit): Json {
  const signed = world.signed.has(sha);
  // biome-ignore format: one object
  return {
    verified: signed, reason: signed ? 'valid' : 'unsigned', signature: signed ? '-----BEGIN PGP SIGNATURE-----' : null,
    payload: null, verified_at: signed ? committer.date : null,
  };
}

function accountOf(world: World, email: string) {
  const users = world.tables.users.all();
  const user = users.find((row) => row.email === email || `${row.id}+${row.login}@users.noreply.github.com` === email);
  return user ? userJson(world, user) : null;
}

export async function commitItem(world: World, repo: RepositoryRow, sha: string): Promise<Json> {
  const commit = await readCommit(world.git.dirOf(repo), sha);
  if (!commit) throw notFound();
  const api = `${world.url}/repos/${repo.full_name}`;
  const page = `${world.url}/${repo.full_name}/commit/`;
  // biome-ignore format: one commit
  return {
    sha, node_id: `C_${sha}`,
    commit: {
      author: commit.author, committer: commit.committer, message: commit.message.replace(/\n+$/, ''),
      tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` }, url: `${api}/git/commits/${sha}`, comment_count: 0,
      verification: verification(world, commit),
    },
    url: `${api}/commits/${sha}`, html_url: page + sha, comments_url: `${api}/commits/${sha}/comments`,
    author: accountOf(world, commit.author.email), committer: accountOf(world, commit.committer.email),
    parents: commit.parents.map((parent) => ({ sha: parent, url: `${api}/commits/${parent}`, html_url: page + parent })),
  };
}

const rangeOf = (item: Json) => {
  const parent = (item.parents as Json[])[0]?.sha;
  return `${parent ?? '4b825dc642cb6eb9a060e54bf8d69288fbee4904'} ${item.sha}`;
};

export function commitRoutes(world: World): void {
  repositoryRoute(world, 'GET', '/commits', async (call) => {
    const { repo } = call;
    const from = await commitNamed(world, repo, call.query('sha') ?? repo.default_branch);
    const path = call.query('path');
    const limits = [
      call.query('since') && `--since=${call.query('since')}`,
      call.query('until') && `--until=${call.query('until')}`,
    ];
    const args = [
      'rev-list',
      '--max-count=1000',
      ...limits.filter((limit) => typeof limit === 'string'),
      from,
      ...(path ? ['--', path] : []),
    ];
    const shas = (await git(world.git.dirOf(repo), args)).split('\n').filter(Boolean);
    return { json: await Promise.all(page(call, shas).map((sha) => commitItem(world, repo, sha))) };
  });

  repositoryRoute(world, 'GET', '/compare/:range{.+}', async (call) => compare(world, call));

  repositoryRoute(world, 'GET', '/commits/:sha/pulls', async (call) => {
    const sha = await commitNamed(world, call.repo, call.param('sha'));
    const pulls = world.tables.pullRequests
      .findBy('repo_id', call.repo.id)
      .filter((pull) => pull.head_sha === sha || pull.merge_commit_sha === sha);
    return {
      json: pulls.map((pull) => ({
        number: pull.number,
        state: pull.state,
        merged_at: pull.merged_at,
        head: { ref: pull.head_ref, sha: pull.head_sha },
      })),
    };
  });

  repositoryRoute(world, 'GET', '/commits/:ref{.+}', async (call) => {
    const { repo } = call;
    const sha = await commitNamed(world, repo, call.param('ref'));
    const accept = call.context.req.header('accept') ?? '';
    if (accept.includes('.sha')) return { raw: { body: sha, type: 'text/plain' } };
    const item = await commitItem(world, repo, sha);
    if (accept.includes('.diff')) return diffAnswer(world, repo, rangeOf(item));
    const files = await diffFiles(world, repo, rangeOf(item), sha);
    const total = (key: string) => files.reduce((sum, file) => sum + Number(file[key]), 0);
    return {
      json: {
        ...item,
        stats: { total: total('changes'), additions: total('additions'), deletions: total('deletions') },
        files: files.slice(0, 300),
      },
    };
  });
}

async function diffAnswer(world: World, repo: RepositoryRow, range: string) {
  const body = await gitBytes(world.git.dirOf(repo), ['diff', ...range.split(' ')]);
  return { raw: { body: new Uint8Array(body), type: 'application/vnd.github.diff; charset=utf-8' } };
}

async function compare(world: World, call: Call) {
  const { repo } = call;
  const dir = world.git.dirOf(repo);
  const [left = '', right = ''] = call.param('range').split('...');
  const found = await Promise.all([left, right].map((name) => resolveCommit(dir, name.replace(/^[^:/]+:/, ''))));
  const [base, head] = found;
  if (!base || !head) throw notFound();
  const mergeBase = await mergeBaseOf(dir, base, head);
  if (!mergeBase) throw new Refusal(404, `No common ancestor between ${left} and ${right}.`);
  const accept = call.context.req.header('accept') ?? '';
  if (accept.includes('.diff')) return diffAnswer(world, repo, `${mergeBase} ${head}`);
  const [behind, ahead] = await Promise.all([aheadOf(dir, head, base), aheadOf(dir, base, head)]);
  const list = await commitsSince(dir, base, head, 250);
  const item = (sha: string) => commitItem(world, repo, sha);
  const status = ahead && behind ? 'diverged' : ahead ? 'ahead' : behind ? 'behind' : 'identical';
  const wanted = page(call, list);
  // biome-ignore format: one comparison
  return {
    json: {
      url: `${world.url}/repos/${repo.full_name}/compare/${left}...${right}`, html_url: `${world.url}/${repo.full_name}/compare/${left}...${right}`,
      status, ahead_by: ahead, behind_by: behind, total_commits: ahead,
      base_commit: await item(base), merge_base_commit: await item(mergeBase), commits: await Promise.all(wanted.map(item)),
      files: (await diffFiles(world, repo, `${mergeBase} ${head}`, head)).slice(0, 300),
    },
  };
}
