import { extname } from 'node:path';
import { rules } from '@secretlint/secretlint-rule-preset-recommend';

/** Where a text contains something that one of secretlint's rules considers a secret. */
export interface SecretMatch {
  /** The name of the rule, such as `privatekey` or `npm`. */
  readonly rule: string;
  readonly start: number;
  readonly end: number;
}

type Rule = (typeof rules)[number];
type Context = Parameters<Rule['create']>[0];

/**
 * Two of the recommended rules are left out: a comment in the text could switch the others off through one, and the one for
 * Google's keys opens the path on our own disk (the rule for private keys finds what it knows of JSON as well).
 */
const LEFT_OUT = ['secretlint-rule-filter-comments', 'secretlint-rule-gcp'];
const RULES = rules.filter(({ meta }) => !LEFT_OUT.some((name) => meta.id.endsWith(name)));

/** Of the text that is being checked: the rules are created once, because that costs as much as checking a short text. */
let matches: SecretMatch[] = [];

/**
 * The matches in the order of the text. The rules are run directly: secretlint's core is asynchronous, which a log cannot wait for,
 * and what it does with the reports afterwards is quadratic (48,000 of them took 6 minutes, measured). 2 MB take 20 ms.
 * @param path some rules use the name of the file.
 */
export function secretMatches(path: string, content: string): SecretMatch[] {
  matches = [];
  const source = { content, filePath: path, ext: extname(path), contentType: 'text' } as never;
  for (const { name, handler } of HANDLERS) {
    const running = handler.file?.(source);
    if (running instanceof Promise) throw new Error(`secretlint's rule ${name} has become asynchronous`);
  }
  return matches.sort((a, b) => a.start - b.start || b.end - a.end);
}

const contextOf = (report: Context['report']): Context => ({
  report,
  ignore: () => {},
  sharedOptions: {},
  createTranslator: () => (messageId: unknown) => ({ message: '', messageId: String(messageId), data: undefined }),
});

const HANDLERS = RULES.map((rule) => {
  const name = rule.meta.id.replace('@secretlint/secretlint-rule-', '');
  const report = ({ range: [start, end] }: { readonly range: readonly [number, number] }) =>
    void matches.push({ rule: name, start, end });
  return { name, handler: rule.create(contextOf(report), {}) };
});
