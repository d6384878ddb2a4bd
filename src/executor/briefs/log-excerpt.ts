import { stripInvisible } from '../../text/invisible-characters.ts';
import { redactSecrets } from '../../text/redaction/redact-secrets.ts';

/** Colours and other terminal commands: control sequences, and titles or links up to their end. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are removed
const TERMINAL = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[@-_]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a log may hold any of them
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/** What GitHub Actions puts before each line. */
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z ?/;
const ERROR = '##[error]';
const LEFT_OUT = '[...]';

/** Characters of a line that are read; otherwise a minified bundle in a log would fill the whole excerpt. */
const LINE_MAX = 1_000;
/** Lines kept around one that reports a failure: what was expected, the code, the first frames of a stack. */
const BEFORE = 3;
const AFTER = 12;
/** The share of the excerpt that failures may take; the rest is for the end of the log. */
const FAILURES_SHARE = 0.6;

/** How the runners, compilers and linters in use report a failure. */
const REPORTS: readonly RegExp[] = [
  // jest, vitest, mocha, ava, playwright, cypress
  /^\s*(?:FAIL\b|●|✕|✖|✗|×\s|❯\s.*\bfailed\b|\d+\)\s+\S)/,
  // TAP and node:test; Go; Rust; .NET; rspec and PHPUnit
  /^\s*not ok\b|^\s*--- FAIL:|\.\.\. FAILED$|^\s*Failed \S|^---- .* stdout ----$|^Failures:/,
  // pytest and unittest
  /^(?:FAILED|ERROR) |^E {3,}|^_{3,} .* _{3,}$|^(?:ERROR|FAIL): \S/,
  // exceptions and crashes of any language
  /\b[A-Z]\w*(?:Error|Exception|Failure)\b(?:\s*\[\w+\])?:|^\s*(?:Uncaught|Unhandled)\b|\bTraceback \(most recent call last\)|\bpanic(?:ked)?\b|\bSegmentation fault\b|\bAssertion\b.*\bfailed\b/,
  // compilers, linters, build tools, npm, make
  /(?:^|\s|:)(?:fatal |internal )?[Ee]rror(?:\[\w+\]| [A-Z]{1,4}\d+)?:/,
  /\berror [A-Z]{1,4}\d+\b|^\s*\d+:\d+\s+error\b|^npm (?:ERR!|error)|^make(?:\[\d+\])?: \*\*\*|^\[ERROR\]|\bBUILD FAILED\b|\bFAILURE:/,
  /^##\[error\]|^::error\b/,
];
/** Words that occur in many failures, and in many other lines. */
const HINTS: readonly RegExp[] = [/\b(?:assert|expect)(?:s|ed|ing|ion)?\b/i, /\bfail(?:s|ed|ure|ures)?\b/i];
/** How often the same line may occur in an excerpt. */
const REPEATED_MAX = 3;
/** Lines that hold such a word and say that all is well. */
const ALL_WELL = /\b0 (?:errors?|failed|failures?|failing)\b|\bno errors?\b|^\s*(?:✓|√|✔|PASS\b|ok \d)/i;

/**
 * The part of a job's log that a model should see: without colours, timestamps, overwritten progress and secrets, up to the last
 * error, after which the runner only cleans up. Where not all of it fits, the lines that report failures with those around them,
 * the most telling first, and the end: a table of coverage may follow a failure for thousands of lines. At most `max` characters,
 * in whole lines.
 */
export function logExcerpt(log: string, max: number): string {
  const lines = log.replace(TERMINAL, '').split('\n').map(readable);
  const last = lines.findLastIndex((line) => line.startsWith(ERROR));
  const relevant = (last === -1 ? lines : lines.slice(0, last + 1)).filter((line) => line !== '##[endgroup]');
  // Secrets are masked before the text is cut, because half a key is not recognised.
  const text = redactSecrets(stripInvisible(relevant.join('\n'))).trim();
  if (text.length <= max) return text;
  return excerpt(text.split('\n').map(cutLine), max);
}

/** A carriage return starts the line again, as progress bars do. */
function readable(line: string): string {
  const text = line.replace(/\r+$/, '');
  return text
    .slice(text.lastIndexOf('\r') + 1)
    .replace(TIMESTAMP, '')
    .replace(CONTROL, '')
    .trimEnd();
}

const cutLine = (line: string): string => (line.length <= LINE_MAX ? line : `${line.slice(0, LINE_MAX).toWellFormed()}…`);

/** The lines that match, the most useful first: the first failure is often the cause, and the last one the summary. */
function telling(lines: readonly string[], patterns: readonly RegExp[]): number[] {
  const seen = new Map<string, number>();
  const found = lines.flatMap((line, i) => {
    if (ALL_WELL.test(line) || !patterns.some((pattern) => pattern.test(line))) return [];
    const times = (seen.get(line) ?? 0) + 1;
    seen.set(line, times);
    return times <= REPEATED_MAX ? [i] : [];
  });
  const half = Math.ceil(found.length / 2);
  const fromEnd = found.slice(half).reverse();
  return found.slice(0, half).flatMap((first, nth) => [first, ...fromEnd.slice(nth, nth + 1)]);
}

function excerpt(lines: readonly string[], max: number): string {
  const kept = new Set<number>();
  let room = max * FAILURES_SHARE;
  const keep = (i: number): boolean => {
    const line = lines[i];
    if (line === undefined || kept.has(i)) return true;
    const cost = line.length + 1 + (kept.has(i - 1) ? 0 : LEFT_OUT.length + 1);
    if (cost > room) return false;
    room -= cost;
    kept.add(i);
    return true;
  };
  // All failures' own lines come before the lines around any of them.
  const reports = telling(lines, REPORTS);
  for (const i of reports) if (!keep(i)) break;
  for (const i of reports) {
    for (let near = 1; near <= AFTER && keep(i + near) && (near > BEFORE || keep(i - near)); near++);
  }
  for (const i of telling(lines, HINTS)) for (let near = i - 1; near <= i + 1 && keep(near); near++);
  room += max * (1 - FAILURES_SHARE);
  for (let i = lines.length - 1; i >= 0 && keep(i); i--);
  return joined(lines, kept);
}

/** Kept lines in their order, with a mark where lines are left out. */
function joined(lines: readonly string[], kept: ReadonlySet<number>): string {
  const out: string[] = [];
  let before = -1;
  for (const i of [...kept].sort((a, b) => a - b)) {
    if (i !== before + 1) out.push(LEFT_OUT);
    out.push(lines[i] as string);
    before = i;
  }
  return out.join('\n');
}
