import { findInvisible } from '../invisible-characters.ts';
import { readDiagramReferences } from './character-references.ts';
import { annotationLines, type DiagramKind, kindOf } from './diagram-kinds.ts';
import { HIDDEN_MATH, hidesInLabel } from './hidden-math.ts';

/** What a drawing does not show of the text it is made from. */
interface HiddenInDiagram {
  /** 0-based. */
  readonly line: number;
  /** A whole sentence that says what to write instead. */
  readonly message: string;
}

/** What is not part of the picture in diagrams of any kind. Directives may stand in a label. */
const NOT_DRAWN = /%%|^[ \t]*---|:::|@\{/;
const REFERENCE = /#\w+;/g;
const QUOTED = /"[^"]*"/g;

/** Tags break lines in labels, and name what kind of thing a class or a state is; all others are HTML, whose content may be hidden. */
const SHOWN_TAG = /<br\s*\/?>|<<(?:interface|abstract|enumeration|service|fork|join|choice)>>/gi;
const HTML = /<[!/?a-z]/i;

/** The first line of a Mermaid diagram that holds what readers of the drawing do not see, or null. */
export function findHiddenInDiagram(diagram: string): HiddenInDiagram | null {
  const kind = kindOf(diagram);
  const lines = diagram.split('\n');
  const joined = outsideQuotes(diagram).split('\n');
  const annotations = annotationLines(lines, joined);
  for (const [line, text] of lines.entries()) {
    if (NOT_DRAWN.test(text) || isSilent(kind, text, joined[line] ?? ''))
      return {
        line,
        message: 'Comments, directives and styles of a diagram are not shown. Remove them; in a label write #37; for %.',
      };
    if (isComment(kind, text))
      return {
        line,
        message: 'A comment of a diagram is not shown. Remove it, or write #35; for # and #37; for % to show them.',
      };
    if (!annotations.has(line) && HTML.test(text.replace(SHOWN_TAG, ' ')))
      return {
        line,
        message: 'GitHub does not show HTML in a diagram as it is written. Remove it, or write #60; for < to show it.',
      };
  }
  return findInLabels(diagram) ?? findReference(diagram);
}

/** Quotes that are paired over line ends must not hide a statement, nor those that are paired within the line. */
function isSilent({ silent, quotes }: DiagramKind, text: string, joined: string): boolean {
  const readings = quotes ? [text.replace(/;.*/, ''), outsideQuotes(text), joined] : [text.replace(REFERENCE, '')];
  return silent.some((pattern) => readings.some((reading) => pattern.test(reading)));
}

/** Mermaid takes the last `;` from a line with a style before it reads references, so what looks like one begins a comment. */
function isComment({ comment }: DiagramKind, text: string): boolean {
  if (comment === undefined) return false;
  return comment.test(/style|classDef/.test(text) ? text : text.replace(REFERENCE, ''));
}

/** Without what is quoted, line by line as it was. */
const outsideQuotes = (text: string): string =>
  text.replace(REFERENCE, '').replace(QUOTED, (quoted) => `"${quoted.replace(/[^\n]/g, '')}"`);

function findInLabels(diagram: string): HiddenInDiagram | null {
  let line = 0;
  for (const piece of diagram.split('"')) {
    if (hidesInLabel(readDiagramReferences(piece))) return { line, message: HIDDEN_MATH };
    line += piece.split('\n').length - 1;
  }
  return null;
}

/** An invisible character as it is has a finding of its own, in every part of the file. */
function findReference(diagram: string): HiddenInDiagram | null {
  if (findInvisible(diagram).length > 0) return null;
  const [found] = findInvisible(readDiagramReferences(diagram));
  return found === undefined
    ? null
    : { line: found.line - 1, message: `This line spells the invisible character ${found.character}. Remove it.` };
}
