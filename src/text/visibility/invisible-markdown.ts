import type { Nodes } from 'mdast';
import { findHiddenInDiagram } from './hidden-in-diagram.ts';

/** Languages that GitHub shows as a drawing instead of the text. */
const DRAWN = new Set(['geojson', 'topojson', 'stl', 'math']);
const LANGUAGE = /^[\w+#.-]{1,20}$/;

/** Something that people do not see. */
interface Unseen {
  /** 1-based, in the text that was parsed. */
  readonly line: number;
  /** What it is and what to write instead, in whole sentences. */
  readonly message: string;
}

/**
 * What GitHub does not show to those who approve this piece of Markdown, and what to write instead; null where all of it is shown.
 * Call it for each node, because it does not examine the nodes below.
 */
export function invisibleIn(node: Nodes): Unseen | null {
  const line = node.position?.start.line ?? 1;
  if (node.type === 'code' && node.lang?.toLowerCase() === 'mermaid' && !node.meta) {
    const hidden = findHiddenInDiagram(node.value);
    return hidden && { line: line + 1 + hidden.line, message: hidden.message };
  }
  const message = unseenIn(node);
  return message === null ? null : { line, message };
}

function unseenIn(node: Nodes): string | null {
  switch (node.type) {
    case 'html':
      return 'GitHub does not show HTML as it is written. Remove it, or write \\< for < to show it.';
    case 'image':
    case 'imageReference':
      return 'The address and the words of an image are not shown. Remove it.';
    case 'link':
      if (node.title) return 'The title of a link is not shown. Write the address alone.';
      return isItsAddress(wordsOf(node), node.url)
        ? null
        : 'The address of a link is not shown. Write the address itself, or the words alone.';
    case 'definition':
    case 'footnoteDefinition':
      return 'GitHub hides this definition from readers. Write addresses in place, and no footnotes.';
    case 'code':
      return unseenInCode(node.lang ?? '', node.meta ?? '');
    case 'table': {
      const columns = node.children[0]?.children.length ?? 0;
      return node.children.some((row) => row.children.length > columns)
        ? 'A row has more cells than the table has columns, and GitHub leaves those out.'
        : null;
    }
    default:
      return null;
  }
}

function unseenInCode(language: string, meta: string): string | null {
  if (meta !== '' || (language !== '' && !LANGUAGE.test(language)))
    return 'Behind ``` stands the language and nothing else: the rest is not shown.';
  if (DRAWN.has(language.toLowerCase())) return `GitHub draws \`${language}\` instead of showing it. Leave the language out.`;
  return null;
}

const wordsOf = (node: Nodes): string => {
  if ('value' in node) return node.value;
  return 'children' in node ? node.children.map(wordsOf).join('') : '';
};

/** `www.a.b` and `a@b.c` are links without any markup. */
function isItsAddress(words: string, url: string): boolean {
  const bare = (text: string): string =>
    text
      .trim()
      .replace(/^(?:https?:\/\/|mailto:|xmpp:)/i, '')
      .replace(/\/$/, '');
  return bare(words) === bare(url) || bare(words) === bare(decoded(url));
}

function decoded(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}

/** White space that is no plain space or tab, and so does not collapse where a page shows it. */
const WIDE = '\\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000';
/** A word after so much white space is off the screen. */
const GAP = `[ \\t${WIDE}]{21,}`;
const FAR = new RegExp(`\\S${GAP}\\S`);
/** Beside a pipe plain spaces may be the padding of a table. */
const FAR_BUT_PADDING = new RegExp(`[^\\s|]${GAP}[^\\s|]|\\S(?=${GAP}\\S)[ \\t]*[${WIDE}]`);

/** Marks that may stay but have no width, so that a gap around them is one. */
const WITHOUT_WIDTH = /[\u034f\u061c\u200e\u200f]/g;

/** Whether in a text of one line a word comes so far after another. */
export const isOffScreen = (line: string): boolean => FAR.test(line.replace(WITHOUT_WIDTH, ''));

/** The first line (1-based) outside of code in which a word comes far after another, or null; `isCode` is called with the line. */
export function findOffScreenText(text: string, isCode: (line: number) => boolean): number | null {
  const lines = text.replace(WITHOUT_WIDTH, '').split('\n');
  const index = lines.findIndex((line, i) => FAR_BUT_PADDING.test(line) && !isCode(i + 1));
  return index === -1 ? null : index + 1;
}

export const OFF_SCREEN_TEXT =
  'There are more than 20 spaces between two words, so readers do not see the second word. Write one space.';

/** The lines of code blocks, for `findOffScreenText`. */
export function linesOfCode(nodes: Iterable<Nodes>): (line: number) => boolean {
  const lines = new Set<number>();
  for (const node of nodes) {
    if (node.type !== 'code' || !node.position) continue;
    for (let line = node.position.start.line; line <= node.position.end.line; line += 1) lines.add(line);
  }
  return (line) => lines.has(line);
}
