// The rules of `git check-ref-format --branch`, as patterns, so that the JSON Schema carries them to editors.

const NO_OPTION = '(?!-)';
const NO_EMPTY_PART = '(?!/)(?!.*//)';
const NO_HIDDEN_PART = '(?!(?:.*/)?\\.)';
const NO_RANGE = '(?!.*\\.\\.)(?!.*@\\{)';
/** GitHub refuses names that look like whole references, and writes the merge queue's branches itself. */
const NOT_GITHUBS = '(?!refs/)(?!gh-readonly-queue(?:/|$))';
/** Git itself would take a backtick, which would end the code span in which people read the name. */
const CHARACTERS = '[^\\x00-\\x20\\x7f~^:?*[\\\\`]+';

/** What may stand in front of `issue-N/...` in the name of a branch. */
export const BRANCH_PREFIX = new RegExp(
  `^${NO_OPTION}${NO_EMPTY_PART}${NO_HIDDEN_PART}${NO_RANGE}${NOT_GITHUBS}(?!.*\\.lock/)${CHARACTERS}$`,
);
export const BRANCH_PREFIX_MAX = 100;

/** The whole name of a branch. */
export const BRANCH = new RegExp(
  `^${NO_OPTION}${NO_EMPTY_PART}${NO_HIDDEN_PART}${NO_RANGE}${NOT_GITHUBS}(?!.*\\.lock(?:/|$))(?!@$)(?!HEAD$)(?!.*[/.]$)${CHARACTERS}$`,
);
/** GitHub takes at most 255 bytes. */
export const BRANCH_MAX = 200;

export const isBranch = (name: string): boolean => name.length <= BRANCH_MAX && BRANCH.test(name);
