// Puts a repository on the local GitHub: from given files, or as a copy of a local git repository.
import { addUser } from './accounts.ts';
import { git } from './git-command.ts';
import { buildTree, writeCommit } from './git-objects.ts';
import { writeObject } from './loose-objects.ts';
import { personal } from './merging.ts';
import type { CollaboratorRow, RepositoryRow, UserRow } from './rows.ts';
import type { World } from './world.ts';

type FileSpec = string | Buffer | { mode: '100644' | '100755' | '120000'; content: string | Buffer };

export interface RepositorySpec {
  owner: string;
  name: string;
  private?: boolean;
  /** path -> content, committed to `main`; with `from`, on top of what was there */
  files?: Record<string, FileSpec>;
  /** a local git repository whose HEAD becomes the default branch */
  from?: string;
  collaborators?: Record<string, 'admin' | 'maintain' | 'write' | 'triage' | 'read'>;
  labels?: readonly string[];
  deleteBranchOnMerge?: boolean;
}

const permissionNames = { admin: 'admin', maintain: 'maintain', write: 'push', triage: 'triage', read: 'pull' } as const;

export async function addRepository(world: World, spec: RepositorySpec): Promise<{ repo: RepositoryRow; head: string }> {
  const { tables } = world;
  const organization = tables.orgs.findOneBy('login', spec.owner);
  if (!organization) addUser(world, spec.owner);
  const owner = organization ?? tables.users.findOneBy('login', spec.owner);
  if (!owner) throw new Error(`nobody is called ${spec.owner}`);
  const repo = insertRepository(world, spec, owner.id, organization ? 'Organization' : 'User');
  for (const [login, level] of Object.entries(spec.collaborators ?? {})) {
    addUser(world, login);
    const user = tables.users.findOneBy('login', login);
    const permission: CollaboratorRow['permission'] = permissionNames[level];
    if (user) tables.collaborators.insert({ repo_id: repo.id, user_id: user.id, permission });
  }
  for (const name of spec.labels ?? []) insertLabel(world, repo, name);
  const head = await fill(world, repo, spec, organization ? undefined : tables.users.findOneBy('login', spec.owner));
  return { repo, head };
}

/** A label as GitHub makes it where nobody has said how it looks. */
export function insertLabel({ tables }: World, repo: RepositoryRow, name: string): string {
  const look = { description: null, color: 'ededed', default: false };
  const label = tables.labels.insert({ node_id: '', repo_id: repo.id, name, ...look });
  tables.labels.update(label.id, { node_id: `LA_${label.id}` });
  return name;
}

export function setCollaborator(
  world: World,
  repo: RepositoryRow,
  login: string,
  level: 'write' | 'triage' | 'read' | null,
): void {
  const { collaborators, users } = world.tables;
  const user = users.findOneBy('login', login);
  if (!user) throw new Error(`nobody is called ${login}`);
  for (const row of collaborators.findBy('repo_id', repo.id)) if (row.user_id === user.id) collaborators.delete(row.id);
  if (level !== null) collaborators.insert({ repo_id: repo.id, user_id: user.id, permission: permissionNames[level] });
}

async function fill(
  world: World,
  repo: RepositoryRow,
  { from, files }: RepositorySpec,
  author: UserRow | undefined,
): Promise<string> {
  const dir = await world.git.create(repo);
  let head: string | undefined;
  if (from !== undefined) {
    await git(dir, ['fetch', '--quiet', '--no-tags', from, 'HEAD']);
    head = (await git(dir, ['rev-parse', 'FETCH_HEAD'])).trim();
  }
  if (head === undefined || files !== undefined) {
    const changes = Object.entries(files ?? {}).map(([path, file]) => {
      const { mode, content } = typeof file === 'string' || Buffer.isBuffer(file) ? { mode: '100644', content: file } : file;
      return { path, mode, sha: writeObject(dir, 'blob', Buffer.from(content)) };
    });
    const tree = await buildTree(dir, head ?? null, changes);
    const who = author
      ? personal(author)
      : { name: repo.name, email: `${repo.name}@example.com`, date: new Date().toISOString() };
    head = writeCommit(dir, { tree, parents: head ? [head] : [], author: who, committer: who, message: 'Initial commit' });
  }
  await world.git.move(repo, { ref: `refs/heads/${repo.default_branch}`, before: null, after: head });
  return head;
}

function insertRepository(
  { tables }: World,
  spec: RepositorySpec,
  ownerId: number,
  ownerType: 'User' | 'Organization',
): RepositoryRow {
  const fullName = `${spec.owner}/${spec.name}`;
  if (tables.repos.findOneBy('full_name', fullName)) throw new Error(`${fullName} exists already`);
  const hidden = spec.private === true;
  // biome-ignore format: one row
  const row = tables.repos.insert({
    node_id: '', name: spec.name, full_name: fullName, owner_id: ownerId, owner_type: ownerType, private: hidden, description: null, fork: false,
    forked_from_id: null, homepage: null, language: null, languages: {}, forks_count: 0, stargazers_count: 0, watchers_count: 0, size: 1,
    default_branch: 'main', open_issues_count: 0, topics: [], has_issues: true, has_projects: true, has_wiki: true, has_pages: false,
    has_downloads: true, has_discussions: false, archived: false, disabled: false, visibility: hidden ? 'private' : 'public', pushed_at: null,
    allow_rebase_merge: true, allow_squash_merge: true, allow_merge_commit: true, allow_auto_merge: false,
    delete_branch_on_merge: spec.deleteBranchOnMerge === true, allow_forking: true, is_template: false, license: null,
  });
  return tables.repos.update(row.id, { node_id: `R_${row.id}` }) ?? row;
}
