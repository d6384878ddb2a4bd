import type { LocalRepository } from '../../adapters/git/local/repository.ts';
import { count } from '../../replies/phrases/figures.ts';
import { joinNames } from '../../replies/phrases/join-names.ts';

/** From this size on listing and searching take seconds. The Linux repository has 80,000 files. */
const MANY_FILES = 50_000;

/** What the person should know about the repository before models read it. */
export function notesOn(repository: LocalRepository): string[] {
  const { bare, branch, files, head, identity, linkedWorktree, shallow, superproject, uncommitted } = repository;
  const at = head.slice(0, 7);
  return [
    ...(uncommitted === null
      ? ['git could not tell what is uncommitted: only what is committed at HEAD is seen.']
      : uncommittedNote(uncommitted, at)),
    ...(files === 0 ? [`The commit at HEAD (${at}) has no files: the plan begins with nothing.`] : []),
    ...(files > MANY_FILES
      ? [`The repository is huge (${count(files)} files): each search takes seconds, and the planner sees only a part.`]
      : []),
    ...(bare ? ['The repository is bare: the branches are made in it, and you merge them in a clone.'] : []),
    ...(shallow ? ['The repository is a shallow clone: the models see all files at HEAD, and they need no history.'] : []),
    ...(superproject === null
      ? []
      : [
          `This is a submodule of ${superproject}: the branches are made in the submodule, and the outer repository stays as it is.`,
        ]),
    ...(linkedWorktree ? ['This is one of several working trees: the branches appear in all of them.'] : []),
    ...(branch === null && !bare ? ['HEAD is detached: the branches start at that commit.'] : []),
    ...(identity === null
      ? ['git knows no user.name and user.email here: the commits will be by Planwright <planwright@localhost>.']
      : []),
  ];
}

function uncommittedNote({ changed, untracked }: { changed: number; untracked: number }, at: string): string[] {
  if (changed + untracked === 0) return [];
  const parts = [
    ...(changed === 0 ? [] : [`${count(changed)} changed ${changed === 1 ? 'file' : 'files'}`]),
    ...(untracked === 0 ? [] : [`${count(untracked)} untracked ${untracked === 1 ? 'path' : 'paths'}`]),
  ];
  return [`${joinNames(parts)} not committed: the models do not see that, only the commit at HEAD (${at}).`];
}
