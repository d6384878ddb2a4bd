/** What an executor's summary says of the acceptance criteria. */
export interface CriteriaReport {
  /** The test or file that shows a criterion to be met, by the criterion's index. A criterion without one is not counted as met. */
  readonly met: ReadonlyMap<number, string>;
  /** What the executor says is not met, a line each. */
  readonly notMet: readonly string[];
  /** The summary without these lines. */
  readonly rest: string;
}

const ACCOUNT = /^[ \t]*[-*+][ \t]+\[([ x])\][ \t]+(.+)$/i;
const EVIDENCE = /^(.+?)[ \t]*[(:,]?[ \t]*shown by:?[ \t]+(.+?)\)?[ \t]*\.?$/i;
const NUMBER = /^(\d{1,2})[.)]?(?=$|[:\s])/;
const NOT_MET = /^[ \t]*(?:[-*+][ \t]+)?(?:\*\*|__)?not met(?:\*\*|__)?[ \t]*:(?:\*\*|__)?[ \t]*(.*)$/i;
const ITEM = /^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(.+)$/;
const NONE = /^(?:none|nothing|n\/a|-)?\.?$/i;

/**
 * Extracts from a summary the lines that the executor's prompt requests: `- [x] CRITERION (shown by PATH)`, `- [ ] CRITERION: why
 * not`, and `Not met: ...`, also as a list below it. A claim in any other form stays where it is, and its criterion stays open.
 */
export function readCriteriaReport(summary: string, criteria: readonly string[]): CriteriaReport {
  const met = new Map<number, string>();
  const notMet: string[] = [];
  const rest: string[] = [];
  let inList = false;
  for (const line of summary.replace(/\r\n?/g, '\n').split('\n')) {
    const account = accountIn(line, criteria);
    const reported = NOT_MET.exec(line)?.[1]?.trim();
    const item: string | undefined = inList && account === null ? ITEM.exec(line)?.[1] : undefined;
    inList = reported === '' || item !== undefined;
    if (account?.kind === 'met') met.set(account.criterion, account.evidence);
    else if (account?.kind === 'open') notMet.push(account.text);
    else if (reported !== undefined) notMet.push(reported);
    else if (item !== undefined) notMet.push(item);
    else rest.push(line);
  }
  const named = notMet.filter((text) => !NONE.test(text));
  for (const index of met.keys()) if (named.some((text) => startsWith(text, criteria[index] ?? ''))) met.delete(index);
  return { met, notMet: named, rest: rest.join('\n').trim() };
}

type Account =
  | { readonly kind: 'met'; readonly criterion: number; readonly evidence: string }
  | { readonly kind: 'open'; readonly text: string };

function accountIn(line: string, criteria: readonly string[]): Account | null {
  const [, box, text = ''] = ACCOUNT.exec(line) ?? [];
  if (box === undefined) return null;
  if (box === ' ') {
    const number = criteria[Number(NUMBER.exec(text)?.[1]) - 1];
    return { kind: 'open', text: number === undefined ? text : text.replace(NUMBER, () => number) };
  }
  const [, claim = '', evidence] = EVIDENCE.exec(text) ?? [];
  const numbered = Number(NUMBER.exec(claim.trim())?.[1]) - 1;
  const criterion = criteria.findIndex((c, i) => plain(c) === plain(claim) || (i === numbered && NUMBER.test(claim)));
  return evidence === undefined || criterion < 0 ? null : { kind: 'met', criterion, evidence };
}

const startsWith = (text: string, criterion: string): boolean => plain(text).startsWith(plain(criterion));

/** The words alone: a model repeats them with different markup, spacing and punctuation. */
const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[`*_\\]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[.;]$/, '');
