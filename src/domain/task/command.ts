import { type CommandWord, misspeltCommand, nearestCommand } from './near-command.ts';

/** What a person can request in a comment (design §4). Arguments are kept as typed and interpreted later. */
export type Command =
  /** `base`: the branch that the task is to be for, as typed; empty where the word is missing, absent where none was asked for. */
  | { readonly kind: 'plan'; readonly notes: string; readonly base?: string }
  | { readonly kind: 'replan'; readonly feedback: string; readonly base?: string }
  | { readonly kind: 'ask'; readonly question: string }
  | { readonly kind: 'execute'; readonly ids: readonly string[] }
  | { readonly kind: 'revise'; readonly notes: string }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'status' }
  | { readonly kind: 'help' }
  /** Help that was requested from us by name, so that it is answered even where there is no task; `mention`: by a mention alone. */
  | { readonly kind: 'introduce'; readonly mention: boolean }
  /** A word that is none of ours; `named`: after `/planwright`, so that it was certainly meant for us. */
  | { readonly kind: 'misspelt'; readonly meant: CommandWord; readonly named: boolean };

// At most three spaces: four make it code. A quote starts with `>`, code with a backtick, a hidden comment with `<`.
const FIRST_LINE = /^ {0,3}\/(planwright(?:[ \t]+|$))?([a-z]*)(?:[ \t]+(.*))?$/i;

/** Every kind of space but line ends and tabs: keyboards and editors insert many of them. */
const OTHER_SPACES = /\p{Zs}/gu;
/** Characters without a width, which come with a text that is copied: from a chat, or from one of our own answers. */
const UNSEEN_AROUND = /^[\u200b\u2060\ufeff]+|[\u200b\u2060\ufeff]+(?=\s|$)|(?<=\s)[\u200b\u2060\ufeff]+/g;
/** The line as its author sees it. */
const asSeen = (line: string): string => line.replace(UNSEEN_AROUND, '').replace(OTHER_SPACES, ' ');

/**
 * The command on the first line of a comment that is not blank, with the lines below it as part of its text; null when there is
 * none of ours.
 */
export function parseCommand(body: string): Command | null {
  const lines = body.replaceAll('\r\n', '\n').split('\n');
  const [first = '', ...rest] = lines.slice(lines.findIndex((line) => asSeen(line).trim() !== ''));
  const match = FIRST_LINE.exec(asSeen(first).trimEnd());
  if (!match) return null;
  const [, name, typed = '', argument = ''] = match;
  const isNamed = name !== undefined;
  const word = typed.toLowerCase();
  const text = [argument, ...rest].join('\n').trim();
  switch (word) {
    case 'plan':
      return { kind: 'plan', ...baseIn(text, 'notes') };
    case 'replan':
      return { kind: 'replan', ...baseIn(text, 'feedback') };
    case 'ask':
      return { kind: 'ask', question: text };
    case 'execute':
      return { kind: 'execute', ids: idsIn(argument) };
    case 'revise':
      return { kind: 'revise', notes: text };
    case 'cancel':
      return { kind: 'cancel' };
    case 'status':
      return { kind: 'status' };
    case 'help':
      return isNamed ? { kind: 'introduce', mention: false } : { kind: 'help' };
    default:
      return isNamed ? named(word) : misspelt(misspeltCommand(word), false);
  }
}

/** Whether it was meant for us for certain, so that it is answered everywhere, also where there can be no task. */
export const namesUs = (command: Command): boolean =>
  command.kind === 'introduce' || (command.kind === 'misspelt' && command.named);

const BLOB = /^[0-9a-f]{7,40}$/;

/** The beginning of the blob that `/execute SHA7` names; null where it names none. An id of the plan wins over a blob. */
export const namedBlob = ({ ids }: { readonly ids: readonly string[] }, components: readonly string[]): string | null => {
  const [only] = ids;
  return ids.length === 1 && only !== undefined && BLOB.test(only) && !components.includes(only) ? only : null;
};

const misspelt = (meant: CommandWord | null, isNamed: boolean): Command | null =>
  meant && { kind: 'misspelt', meant, named: isNamed };

/** `/planwright` with a word that is no command, or with none. */
const named = (word: string): Command =>
  (word === '' ? null : misspelt(nearestCommand(word), true)) ?? { kind: 'introduce', mention: false };

/** Whether the first word of a comment is a mention of this account. @param slug the App's; it writes as `SLUG[bot]`. */
export const startsWithMention = (body: string, slug: string): boolean =>
  body
    .trimStart()
    .match(/^@([a-z0-9-]+)(?:\[bot\])?(?=$|[\s,.:;!?])/i)?.[1]
    ?.toLowerCase() === slug.toLowerCase();

/** Keyboards turn two hyphens into one long dash. */
const BASE_OPTION = /^(?:--|[\u2012-\u2015])base(?:[= \t]+`?([^\s`]+)`?)?(?=\s|$)/;

/** `--base BRANCH` in front of the text, and the text without it. */
function baseIn<K extends 'notes' | 'feedback'>(text: string, key: K) {
  const match = BASE_OPTION.exec(text);
  const rest = { [key]: match ? text.slice(match[0].length).trim() : text } as { readonly [P in K]: string };
  return match ? { ...rest, base: match[1] ?? '' } : rest;
}

/** Ids are lower case; people copy them with their backticks, and write them at the beginning of a sentence. */
const idsIn = (argument: string): string[] =>
  argument
    .replaceAll('`', ' ')
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((id) => id !== '');
