import { type Html, html } from '../html/html.ts';

/** Lines of a diff that a page shows; a whole new file is in its pull request. */
const LINES_MAX = 400;

interface Line {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** What a text became, line by line: the lines that both begin and end with, and what is between. */
export function diffLines(before: string, after: string): Line[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const as = (sign: Line['sign'], lines: readonly string[]): Line[] => lines.map((text) => ({ sign, text }));
  return [
    ...as(' ', old.slice(0, start)),
    ...as('-', old.slice(start, old.length - end)),
    ...as('+', now.slice(start, now.length - end)),
    ...as(' ', old.slice(old.length - end)),
  ];
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

const CLASS = { ' ': 'same', '-': 'gone', '+': 'new' } as const;
const CHARACTERS_MAX = 2_000;

export function diff(before: string, after: string): Html {
  const lines = diffLines(before, after);
  const shown = lines.slice(0, LINES_MAX);
  const left = lines.length - shown.length;
  return html`<pre class="diff" tabindex="0">${shown.map(({ sign, text }) => html`<span class="${CLASS[sign]}">${sign} ${text.slice(0, CHARACTERS_MAX)}</span>`)}${left > 0 && html`<span class="cut">… ${left} more lines are in the export</span>`}</pre>`;
}
