// Patterns rather than functions, so that the JSON Schema carries the same rule to editors.

const NOT_ABSOLUTE = '(?!/)';
const NO_DOT_SEGMENT = '(?!(?:.*/)?\\.\\.?(?:/|$))';
const NO_EMPTY_SEGMENT = '(?!.*//)';
/** Git keeps its own data there, and a file under .github/workflows is run by GitHub. Case is folded: some disks do so. */
const NOT_RESERVED = '(?!(?:.*/)?\\.[gG][iI][tT](?:/|$))(?!\\.[gG][iI][tT][hH][uU][bB]/[wW][oO][rR][kK][fF][lL][oO][wW][sS]/)';

/** A Markdown file inside the repository; `{issue}` is the only placeholder. */
export const PLAN_PATH = new RegExp(
  `^${NOT_ABSOLUTE}${NO_DOT_SEGMENT}${NO_EMPTY_SEGMENT}${NOT_RESERVED}(?:[^\\\\{}\\x00-\\x1f\\x7f]|\\{issue\\})+\\.md$`,
);

/** A glob relative to the root. No `!` in front: "protected, except" would be easy to read the wrong way round. */
export const GLOB = new RegExp(`^(?!!)${NOT_ABSOLUTE}${NO_DOT_SEGMENT}[^\\\\\\x00-\\x1f\\x7f]+$`);
/** The same for files that are opened: a folder alone matches none of them. */
export const FILE_GLOB = new RegExp(GLOB.source.replace(/\$$/, '(?<!/)$'));

/** The name of a file under .github/workflows, where GitHub looks for workflows in no folder below. */
export const WORKFLOW_FILE = /^[A-Za-z0-9_-][A-Za-z0-9_.-]*\.ya?ml$/;
