/**
 * `1.`, `1)` or `1:` where a line begins, as the executor was asked to write them; in bold or as a bullet, as models do. Three
 * spaces make it part of the list above.
 */
const NUMBERED = /^ {0,2}(?:[-*] )?(?:\*\*)?(\d{1,3})[.):](?:\*\*)?\s+(\S.*)$/;
const FENCE = /^\s*(?:```|~~~)/;

/**
 * What a summary says for each of `count` numbered points. A point's answer continues to the next number, or to a paragraph that is
 * not indented; numbers that do not increase are part of the answer they occur in. Points without an answer are missing.
 */
export function answersIn(summary: string, count: number): ReadonlyMap<number, string> {
  const answers = new Map<number, string>();
  let current = 0;
  let last = 0;
  let blank = false;
  let fenced = false;
  for (const line of summary.replace(/\r\n?/g, '\n').split('\n')) {
    const [, digits, text] = (!fenced && NUMBERED.exec(line)) || [];
    const number = Number(digits ?? 0);
    if (FENCE.test(line)) fenced = !fenced;
    if (text !== undefined && number > last && number <= count) {
      current = number;
      last = number;
      answers.set(number, text);
    } else if (current > 0) {
      if (blank && !fenced && /^\S/.test(line)) current = 0;
      else answers.set(current, `${answers.get(current)}\n${line}`);
    }
    blank = line.trim() === '';
  }
  return new Map([...answers].map(([number, text]) => [number, text.trim()]));
}
