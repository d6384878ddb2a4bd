/** What the person wants done about a plan, or about work that could not continue. */
export type Decision =
  | { readonly kind: 'approve' | 'edit' | 'retry' | 'stop' }
  /** Empty: not said yet. */
  | { readonly kind: 'ask' | 'replan'; readonly text: string };

type Kind = Decision['kind'];

const WORDS: Readonly<Record<Kind, readonly string[]>> = {
  approve: ['a', 'approve', 'execute', 'y', 'yes'],
  ask: ['q', 'question', 'ask'],
  replan: ['r', 'replan'],
  edit: ['e', 'edit'],
  retry: ['t', 'try', 'retry'],
  stop: ['s', 'stop', 'n', 'no', 'quit', 'exit'],
};

/** Reads a line: a word, its first letter, or the command as it is written on GitHub, followed by its text on the same line. */
export function readDecision(line: string, choices: readonly Kind[]): Decision | null {
  const [, word = '', rest = ''] = /^\s*\/?([a-z]+)[:.]?(?:\s+(.*?))?\s*$/is.exec(line) ?? [];
  const kind = choices.find((one) => WORDS[one].includes(word.toLowerCase()));
  if (kind === undefined) return null;
  if (kind === 'ask' || kind === 'replan') return { kind, text: rest };
  return rest === '' ? { kind } : null;
}
