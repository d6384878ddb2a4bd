import type { RootContent } from 'mdast';
import { isBranch } from '../text/git-ref.ts';
import { readHeading, renderHeading } from './line.ts';
import { complain, lineOf, note, type Reading, sourceOf } from './reading.ts';

/** What PLAN.md says about itself. */
export interface PlanMeta {
  readonly issue: number;
  /** 1 for the first. */
  readonly revision: number;
  /** `provider/model-id` that planned it. */
  readonly model: string;
  /** The commit that was planned against, in full. */
  readonly commit: string;
  /** The branch it is for; missing where that is the default branch. */
  readonly base?: string;
}

const META =
  /^Issue\s+#([1-9]\d*)\s+·\s+revision\s+([1-9]\d*)\s+·\s+(?:for\s+`([^`\s]+)`\s+·\s+)?planned\s+by\s+`([^`\s]+)`\s+at\s+`([0-9a-f]{40}|[0-9a-f]{64})`$/i;
const META_EXAMPLE = '"> Issue #12 · revision 1 · planned by `provider/model` at `full commit id`"';

/** `meta.model` has no white space and no backtick. */
export const renderHeader = (title: string, { issue, revision, model, commit, base }: PlanMeta): string =>
  `# Plan: ${renderHeading(title)}\n\n> Issue #${issue} · revision ${revision} · ${base === undefined ? '' : `for \`${base}\` · `}planned by \`${model}\` at \`${commit}\``;

/** Reads the part before the first section; undefined for what it complained about. */
export function readHeader(
  reading: Reading,
  nodes: readonly RootContent[],
): { title: string | undefined; meta: PlanMeta | undefined } {
  let title: string | undefined;
  let meta: PlanMeta | undefined;
  for (const node of nodes) {
    if (node.type === 'heading' && node.depth === 1 && title === undefined) {
      title = readTitle(sourceOf(reading, node));
      note(reading, ['title'], lineOf(node));
    } else if (node.type === 'blockquote' && meta === undefined) {
      meta = readMeta(sourceOf(reading, node));
      if (!meta) complain(reading, node, `This line cannot be read. Write ${META_EXAMPLE}.`);
    } else {
      complain(
        reading,
        node,
        'This would be lost: between the title and the first section stands only the line that begins with "> Issue". Move it into a section.',
      );
    }
  }
  if (title === undefined)
    complain(reading, 1, 'The title is missing. Begin the file with "# Plan: what will be true when it is done".');
  if (!meta && !nodes.some((node) => node.type === 'blockquote')) {
    complain(reading, 1, `The line below the title is missing. Write ${META_EXAMPLE}.`);
  }
  return { title, meta };
}

const readTitle = (source: string): string => readHeading(source.replace(/^#[ \t]*/, '').replace(/^Plan:[ \t]*/i, ''));

function readMeta(source: string): PlanMeta | undefined {
  const text = source
    .replace(/^[ \t]*>[ \t]?/gm, '')
    .replace(/\s+/g, ' ')
    .trim();
  const [, issue, revision, base, model, commit] = META.exec(text) ?? [];
  if (!issue || !revision || !model || !commit || (base !== undefined && !isBranch(base))) return undefined;
  const meta = { issue: Number(issue), revision: Number(revision), model, commit: commit.toLowerCase() };
  return base === undefined ? meta : { ...meta, base };
}
