import { stripInvisible } from '../../text/invisible-characters.ts';
import { redactSecrets } from '../../text/redact-secrets.ts';

/** Colours and other orders to a terminal: control sequences, and titles or links up to their end. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const TERMINAL = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[@-_]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a log may hold any of them
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/** What GitHub Actions puts before each line. */
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z ?/;
const ERROR = '##[error]';

/**
 * The end of a job's log as a model should see it: without colours, timestamps, overwritten progress and secrets, up to the last error,
 * behind which only the runner tidies up; at most `max` characters, in whole lines.
 */
export function logTail(log: string, max: number): string {
  const lines = log.replace(TERMINAL, '').split('\n').map(readable);
  const last = lines.findLastIndex((line) => line.startsWith(ERROR));
  const told = (last === -1 ? lines : lines.slice(0, last + 1)).filter((line) => line !== '##[endgroup]');
  // Masked before it is cut: half a key is not recognised any more.
  return endOf(redactSecrets(stripInvisible(told.join('\n'))).trim(), max);
}

/** A carriage return begins the line again, as progress bars do. */
function readable(line: string): string {
  const text = line.replace(/\r+$/, '');
  return text
    .slice(text.lastIndexOf('\r') + 1)
    .replace(TIMESTAMP, '')
    .replace(CONTROL, '')
    .trimEnd();
}

function endOf(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = text.slice(-max);
  const newline = end.indexOf('\n');
  return `[...]\n${newline === -1 ? end.toWellFormed() : end.slice(newline + 1)}`;
}
