import { failure, type Outcome, success } from '../../domain/outcome.ts';

/** git, HFS+ and NTFS all have other spellings of `.git`; a checkout of any of them could install git hooks. */
const DOT_GIT = /^(?:\.git|git~[0-9]+)[ .]*(?::.*)?$/i;
const HFS_IGNORED = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/** A path as a model writes it, made relative to the repository's root: `./a//b/` is `a/b`. The root itself is ''. */
export function parseWorkspacePath(input: string): Outcome<string> {
  const no = (why: string) =>
    failure(`${JSON.stringify(input)} ${why}. Give a path relative to the repository's root, such as src/index.ts.`);
  if (input.includes('\0') || !input.isWellFormed()) return no('is not a path');
  if (/^(?:\/|\\|[A-Za-z]:[\\/])/.test(input)) return no('is an absolute path');
  const parts = input.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) return no("may lie outside the repository ('..' is not followed)");
  if (parts.some((part) => DOT_GIT.test(part.replace(HFS_IGNORED, '')))) return no("lies inside git's own folder");
  return success(parts.join('/'));
}
