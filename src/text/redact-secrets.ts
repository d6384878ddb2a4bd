import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { lintSource } from '@secretlint/core';
import { secretLintProfiler } from '@secretlint/profiler';
import { rules } from '@secretlint/secretlint-rule-preset-recommend';

/** Something in a text that looks like a secret. What it is does not leave this file: only where it stands and how it was told. */
export interface Secret {
  /** The name of secretlint's rule, such as `privatekey` or `npm`. */
  readonly rule: string;
  /** 1-based, where it begins. */
  readonly line: number;
  /** Equal for the same secret, however it is indented. */
  readonly fingerprint: string;
}

interface Match {
  readonly rule: string;
  readonly start: number;
  readonly end: number;
}

type Rule = (typeof rules)[number];

/**
 * Of the recommended rules not these two: a comment in the text could switch the others off, and the one for Google's keys opens the
 * path on our own disk (what it knows of JSON, the rule for private keys finds as well).
 */
const LEFT_OUT = ['secretlint-rule-filter-comments', 'secretlint-rule-gcp'];
const RULES = rules.filter(({ meta }) => !LEFT_OUT.some((name) => meta.id.endsWith(name)));

// It keeps a mark for every rule and file for as long as the process lives.
secretLintProfiler.setEnabled(false);

/** In the order of the text. Some rules look at the file's name, too. 2 MB take 20 ms, or 200 ms where they hold 48,000 secrets. */
export async function findSecrets(path: string, content: string): Promise<Secret[]> {
  const text = withoutMark(content);
  let line = 1;
  let end = text.indexOf('\n');
  return (await matchesIn(path, text)).map((match) => {
    for (; end !== -1 && end < match.start; end = text.indexOf('\n', end + 1)) line += 1;
    return { rule: match.rule, line, fingerprint: fingerprint(text.slice(match.start, match.end)) };
  });
}

/** A model's words without the secrets in them, for where they cannot be sent back to be mended. */
export async function redactSecrets(content: string): Promise<string> {
  const text = withoutMark(content);
  return without(await matchesIn('text', text), text);
}

/** The same for where nothing can be awaited. None of the rules awaits anything, so all matches are there when the linter returns. */
export function redactSecretsNow(content: string): string {
  const text = withoutMark(content);
  const { matches, done } = startMatching('text', text);
  done.catch(() => {});
  return without(matches.sort(byStart), text);
}

function without(matches: readonly Match[], text: string): string {
  let out = '';
  let from = 0;
  for (const { rule, start, end } of matches) {
    if (end <= from) continue;
    out += `${text.slice(from, Math.max(from, start))}[taken out: ${rule}]`;
    from = end;
  }
  return out + text.slice(from);
}

/**
 * The matches are taken from the rules as they are reported: what the core makes of them afterwards is quadratic, 6 minutes for
 * 48,000 of them (measured), with everything else standing still.
 */
async function matchesIn(path: string, content: string): Promise<Match[]> {
  const { matches, done } = startMatching(path, content);
  await done;
  return matches.sort(byStart);
}

const byStart = (a: Match, b: Match): number => a.start - b.start || b.end - a.end;

function startMatching(path: string, content: string): { matches: Match[]; done: Promise<unknown> } {
  const matches: Match[] = [];
  const collecting = (rule: Rule): Rule => ({
    ...rule,
    create(context, options) {
      const report: typeof context.report = ({ range: [start, end] }) => void matches.push({ rule: nameOf(rule), start, end });
      return rule.create({ ...context, report }, options);
    },
  });
  const done = lintSource({
    source: { content, filePath: path, ext: extname(path), contentType: 'text' },
    options: { config: { rules: RULES.map((rule) => ({ id: rule.meta.id, rule: collecting(rule) })) }, noPhysicFilePath: true },
  });
  return { matches, done };
}

const nameOf = ({ meta }: Rule): string => meta.id.replace('@secretlint/secretlint-rule-', '');
const withoutMark = (text: string): string => (text.startsWith('\ufeff') ? text.slice(1) : text);
const fingerprint = (secret: string): string => createHash('sha256').update(secret.replace(/\s+/g, '')).digest('hex');
