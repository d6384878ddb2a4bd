import type { LocalGitHub } from './github/local-github.ts';
import type { TaskPage } from './task-page.ts';

/** A check as people read it. */
export interface SeenCheck {
  readonly conclusion: string | null;
  readonly title: string;
  readonly summary: string;
  /** By path and line. */
  readonly notes: readonly { readonly path: string; readonly line: number; readonly says: string }[];
}

type At = Pick<TaskPage, 'repository'>;

/** The bot's completed checks of a name at a commit, newest first. */
export async function checksAt(github: LocalGitHub, { repository }: At, ref: string, name: string): Promise<SeenCheck[]> {
  const { rest } = github.as(repository.owner);
  const at = { owner: repository.owner, repo: repository.name };
  const { check_runs } = (await rest.checks.listForRef({ ...at, ref, check_name: name })).data;
  const own = check_runs.filter((run) => run.app?.slug === 'planwright' && run.status === 'completed');
  return Promise.all(
    own.map(async (run) => ({
      conclusion: run.conclusion,
      title: run.output.title ?? '',
      summary: run.output.summary ?? '',
      notes: (await rest.checks.listAnnotations({ ...at, check_run_id: run.id })).data.map((n) => ({
        path: n.path,
        line: n.start_line,
        says: n.message ?? '',
      })),
    })),
  );
}

/** Waits until the bot has said something at the commit that fits. */
export function checked(
  github: LocalGitHub,
  page: At,
  ref: string,
  name: string,
  fits: (check: SeenCheck) => boolean = () => true,
): Promise<SeenCheck> {
  return github.until(`the check ${name} at ${ref}`, async () => {
    const [newest] = await checksAt(github, page, ref, name);
    return newest && fits(newest) && newest;
  });
}

export interface Push {
  readonly by: string;
  readonly branch: string;
  /** Null deletes. */
  readonly files: Readonly<Record<string, string | null>>;
}

/** Somebody pushes one commit; @returns it. */
export async function push(github: LocalGitHub, { repository }: At, { by, branch, files }: Push): Promise<string> {
  const { rest } = github.as(by);
  const at = { owner: repository.owner, repo: repository.name };
  const parent = (await rest.git.getRef({ ...at, ref: `heads/${branch}` })).data.object.sha;
  const tree = Object.entries(files).map(([path, content]) =>
    content === null
      ? { path, mode: '100644' as const, type: 'blob' as const, sha: null }
      : { path, mode: '100644' as const, type: 'blob' as const, content },
  );
  const made = await rest.git.createTree({ ...at, base_tree: parent, tree });
  const message = `Change ${Object.keys(files).join(', ')}`;
  const { sha } = (await rest.git.createCommit({ ...at, message, tree: made.data.sha, parents: [parent] })).data;
  await rest.git.updateRef({ ...at, ref: `heads/${branch}`, sha });
  return sha;
}

/** Somebody opens a pull request into `main` with one commit. */
export async function openPull(
  github: LocalGitHub,
  page: At,
  { by, branch, files }: Push,
): Promise<{ readonly number: number; readonly head: string; readonly branch: string }> {
  const { rest } = github.as(by);
  const at = { owner: page.repository.owner, repo: page.repository.name };
  const { sha } = (await rest.git.getRef({ ...at, ref: 'heads/main' })).data.object;
  await rest.git.createRef({ ...at, ref: `refs/heads/${branch}`, sha });
  const head = await push(github, page, { by, branch, files });
  const { number } = (await rest.pulls.create({ ...at, title: `From ${branch}`, head: branch, base: 'main' })).data;
  return { number, head, branch };
}
