// Line comments move with their line when new commits arrive, and are outdated once that line is changed.
import { git } from './git-command.ts';
import type { PullRequestRow, RepositoryRow } from './rows.ts';
import type { World } from './world.ts';

export async function moveComments(
  world: World,
  repo: RepositoryRow,
  pull: PullRequestRow,
  before: string | null,
  after: string | null,
): Promise<void> {
  if (!before || !after) return;
  const all = world.tables.comments.findBy('repo_id', repo.id);
  const standing = all.filter(
    (row) => row.comment_type === 'review' && row.pull_number === pull.number && row.side !== 'LEFT' && row.line !== null,
  );
  const files = new Map<string, string>();
  for (const { id, path, line } of standing) {
    if (path === null || line === null) continue;
    const diff = files.get(path) ?? (await git(world.git.dirOf(repo), ['diff', '-U0', before, after, '--', path]));
    files.set(path, diff);
    const now = lineAfter(diff, line);
    world.tables.comments.update(
      id,
      now === null ? { line: null, position: null } : { line: now, position: now, commit_sha: after },
    );
  }
}

/** Where the line is after the change; null when the change touched it. */
export function lineAfter(diff: string, line: number): number | null {
  let shift = 0;
  for (const [, start = '0', removed = '1', , added = '1'] of diff.matchAll(/^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/gm)) {
    const [from, less, more] = [Number(start), Number(removed), Number(added)];
    if (less > 0 && line >= from && line < from + less) return null;
    if (line >= from + less && (less > 0 || line > from)) shift += more - less;
  }
  return line + shift;
}
