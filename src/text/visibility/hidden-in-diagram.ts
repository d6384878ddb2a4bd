import { findInvisible } from '../invisible-characters.ts';
import { readDiagramReferences } from './character-references.ts';
import { HIDDEN_MATH, hidesInLabel } from './hidden-math.ts';

/** What a drawing does not show of the text it is made from. */
interface HiddenInDiagram {
  /** 0-based. */
  readonly line: number;
  /** A whole sentence that says what to write instead. */
  readonly message: string;
}

const STATEMENT = '[ \\t]*(?:style|classDef|class|linkStyle|click|accTitle|accDescr)\\b';
/** Lines that are not part of a diagram's picture, or set its style: white on white, for example. Directives may stand in a label. */
const NOT_DRAWN = new RegExp(`%%|^[ \\t]*---|^${STATEMENT}|:::|@\\{`);
/** A statement may also follow another one. */
const FOLLOWS = new RegExp(`;${STATEMENT}`);
const REFERENCE = /#\w+;/g;
const QUOTED = /"[^"]*"/g;

/** Tags break lines in labels, and name what kind of thing a class or a state is; all others are HTML, whose content may be hidden. */
const SHOWN_TAG = /<br\s*\/?>|<<(?:interface|abstract|enumeration|service|fork|join|choice)>>/gi;
const HTML = /<[!/?a-z]/i;

/** The first line of a Mermaid diagram that holds what readers of the drawing do not see, or null. */
export function findHiddenInDiagram(diagram: string): HiddenInDiagram | null {
  const lines = diagram.split('\n');
  const joined = outsideQuotes(diagram).split('\n');
  for (const [line, text] of lines.entries()) {
    // Quotes that are paired over line ends must not hide a statement, nor those that are paired within the line.
    if (NOT_DRAWN.test(text) || FOLLOWS.test(outsideQuotes(text)) || FOLLOWS.test(joined[line] ?? ''))
      return {
        line,
        message: 'Comments, directives and styles of a diagram are not shown. Remove them; in a label write #37; for %.',
      };
    if (HTML.test(text.replace(SHOWN_TAG, ' ')))
      return {
        line,
        message: 'GitHub does not show HTML in a diagram as it is written. Remove it, or write #60; for < to show it.',
      };
  }
  return findInLabels(diagram) ?? findReference(diagram);
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
