// Without the `workflows` permission an App may not bring a changed workflow file onto a branch.
import { tryGit } from './git-command.ts';
import { allBelow, entryAt, treeOf } from './loose-trees.ts';
import { type Call, Refusal } from './routes.ts';
import type { World } from './world.ts';

const FOLDER = '.github/workflows';

async function workflowFiles(dir: string, commit: string): Promise<Set<string>> {
  const loose = looseWorkflowFiles(dir, commit);
  if (loose) return loose;
  const { stdout } = await tryGit(dir, ['ls-tree', '-r', '-z', '--full-tree', commit, '--', FOLDER]);
  return new Set(stdout.toString().split('\0').filter(Boolean));
}

/** The same lines as git's. */
function looseWorkflowFiles(dir: string, commit: string): Set<string> | undefined {
  const tree = treeOf(dir, commit);
  const folder = tree === undefined ? undefined : entryAt(dir, tree, FOLDER);
  if (folder === null) return new Set();
  const found = folder?.mode === '040000' ? allBelow(dir, folder.sha, `${FOLDER}/`) : undefined;
  return found && new Set(found.filter(({ mode }) => mode !== '040000').map((e) => `${e.mode} blob ${e.sha}\t${e.path}`));
}

/** A workflow file some branch already has in this form may come along: a merge of the default branch brings nothing new. */
export async function assertNoWorkflowChange(
  world: World,
  { repo, holder }: Call,
  before: string | undefined,
  after: string,
): Promise<void> {
  if (!holder?.installation || holder.installation.permissions.workflows === 'write') return;
  const dir = world.git.dirOf(repo);
  const [old, now] = await Promise.all([before ? workflowFiles(dir, before) : new Set<string>(), workflowFiles(dir, after)]);
  const lost = [...old].some(
    (entry) => !now.has(entry) && ![...now].some((other) => other.endsWith(entry.slice(entry.indexOf('\t')))),
  );
  let unknown = [...now].filter((entry) => !old.has(entry));
  for (const { sha } of unknown.length || lost ? world.git.refs(repo) : []) {
    const there = await workflowFiles(dir, sha);
    unknown = unknown.filter((entry) => !there.has(entry));
  }
  if (unknown.length || (lost && !(await deletedElsewhere(world, repo, dir, after))))
    throw new Refusal(403, 'Resource not accessible by integration');
}

async function deletedElsewhere(world: World, repo: Call['repo'], dir: string, after: string): Promise<boolean> {
  const wanted = JSON.stringify([...(await workflowFiles(dir, after))]);
  for (const { sha } of world.git.refs(repo)) if (JSON.stringify([...(await workflowFiles(dir, sha))]) === wanted) return true;
  return false;
}
