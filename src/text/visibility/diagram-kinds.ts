/** What Mermaid makes nothing visible of depends on the kind of the diagram, because each kind has a grammar of its own. */
export interface DiagramKind {
  /** How its diagrams begin; Mermaid compares the beginning alone. */
  readonly begins: RegExp;
  /** Statements that draw nothing or set styles, each tested against one line. Mermaid's keywords are in any case. */
  readonly silent: readonly RegExp[];
  /** Whether text between double quotes is a label, in which a `;` ends no statement. */
  readonly quotes: boolean;
  /** Comments besides those with `%%`, tested against a line without references. */
  readonly comment?: RegExp;
}

const DESCRIPTION = 'acc(?:Title|Descr)\\w*\\b';
const STYLE = 'style\\b|classDef\\b|linkStyle\\b|click\\b';

/** A statement at the beginning of a line or behind another one. */
const statement = (words: string): RegExp => new RegExp(`(?:^|;)\\s*(?:${words})`, 'i');

/**
 * Where no separator is needed between statements, one may follow anything. Only shapes that prose hardly has are taken for one;
 * `class` is none of them, because it does nothing without `classDef`.
 */
const ANYWHERE = [
  /\bacc(?:Title|Descr)\s*(?:[:{]|$)/i,
  /\b(?:style|classDef)\s+[\w-]+(?:\s*,\s*[\w-]+)*\s+[\w-]+\s*:/i,
  /\bclick\s+\S+\s+(?:href\b|call\b|")/i,
];

/** What stands behind a colon is shown there, `#` included. */
const HASH_BEFORE_COLON = /(?:^|;)[^:;]*#/;

const KINDS: readonly DiagramKind[] = [
  {
    begins: /^sequenceDiagram/i,
    // The first line and `end` need no separator behind them. A `rect` is a background, which may have the letters' colour.
    silent: [
      new RegExp(
        `(?:^|;|^\\s*(?:sequenceDiagram|end)\\b)\\s*(?:${DESCRIPTION}|links?\\b|properties\\b|details\\b|rect\\b|box\\s+(?:rgb|hsl)a?\\s*\\()`,
        'i',
      ),
    ],
    quotes: false,
    comment: /#/,
  },
  {
    begins: /^classDiagram/i,
    // A class may have a member `link: string` or a method `click()`.
    silent: [
      statement(`${DESCRIPTION}|(?:style|classDef|linkStyle|click)\\s+[^\\s:(]|(?:link|callback)\\s[^";]*"|cssClass\\s*"`),
    ],
    quotes: true,
  },
  {
    begins: /^stateDiagram/i,
    silent: [statement(`${DESCRIPTION}|${STYLE}|class\\b`), ...ANYWHERE],
    quotes: false,
    comment: HASH_BEFORE_COLON,
  },
  { begins: /^(?:flowchart|graph|block)/i, silent: [statement(`${DESCRIPTION}|${STYLE}|class\\b`)], quotes: true },
  {
    begins: /^gantt/i,
    silent: [statement(`${DESCRIPTION}|${STYLE}|todayMarker\\b`), ...ANYWHERE],
    quotes: false,
    // One `%` is enough here, with at most one character before it.
    comment: /#|(?:^|[;:])\s*.?%/,
  },
  { begins: /^journey/i, silent: [statement(DESCRIPTION), ...ANYWHERE], quotes: false, comment: /#/ },
  { begins: /^timeline/i, silent: [statement(DESCRIPTION), ...ANYWHERE], quotes: false, comment: HASH_BEFORE_COLON },
];

const OTHER: DiagramKind = { begins: /^/, silent: [statement(`${DESCRIPTION}|${STYLE}`), ...ANYWHERE], quotes: true };

export function kindOf(diagram: string): DiagramKind {
  const text = diagram.trimStart();
  return KINDS.find(({ begins }) => begins.test(text)) ?? OTHER;
}

/** `<<Entity>> Order` of a class diagram, which shows both. */
const ANNOTATION = /^\s*<<\w+>>(\s+\w+)?\s*$/;

/**
 * The lines (0-based) of a class diagram that hold an annotation and nothing else. Between the braces of a class only an annotation
 * without a name is one: `<<style>> Order` is a member there, and would be read as HTML.
 */
export function annotationLines(lines: readonly string[], outsideQuotes: readonly string[]): ReadonlySet<number> {
  const found = new Set<number>();
  if (!/^\s*classDiagram/i.test(lines.find((line) => line.trim() !== '') ?? '')) return found;
  let isInBody = false;
  for (const [index, line] of lines.entries()) {
    const match = ANNOTATION.exec(line);
    if (match && outsideQuotes[index] === line && !(isInBody && match[1])) found.add(index);
    if (/\{[^{}]*$/.test(line)) isInBody = true;
    else if (/^\s*\}\s*$/.test(line)) isInBody = false;
  }
  return found;
}
