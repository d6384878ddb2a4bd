export interface Account {
  /** Acceptance criteria the executor itself says are not met, a line each. */
  readonly notMet: readonly string[];
  readonly rest: string;
}

const NOT_MET = /^[ \t]*(?:[-*+][ \t]+)?(?:\*\*|__)?not met(?:\*\*|__)?[ \t]*:(?:\*\*|__)?[ \t]*(.*)$/i;
const ITEM = /^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(.+)$/;
const NONE = /^(?:none|nothing|n\/a|-)?\.?$/i;

/**
 * Takes the lines `Not met: ...` out of an executor's summary, as its tool asks for them; also a list below a line that says no more.
 * What a model says in other words stays where it said it.
 */
export function readCriteriaReport(summary: string): Account {
  const notMet: string[] = [];
  const rest: string[] = [];
  let inList = false;
  for (const line of summary.replace(/\r\n?/g, '\n').split('\n')) {
    const said = NOT_MET.exec(line)?.[1]?.trim();
    const item: string | undefined = inList ? ITEM.exec(line)?.[1] : undefined;
    inList = said === '' || item !== undefined;
    if (said !== undefined) notMet.push(said);
    else if (item !== undefined) notMet.push(item);
    else rest.push(line);
  }
  return { notMet: notMet.filter((text) => !NONE.test(text)), rest: rest.join('\n').trim() };
}
