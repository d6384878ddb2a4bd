import { createHash } from 'node:crypto';
import { isExampleSecret, isReference } from './example-secret.ts';
import { secretMatches } from './secret-rules.ts';

/**
 * Something in a text that looks like a secret. The secret itself does not leave this file: only its place and the rule that found
 * it.
 */
export interface Secret {
  /** The name of secretlint's rule, such as `privatekey` or `npm`. */
  readonly rule: string;
  /** 1-based, where it begins. */
  readonly line: number;
  /** Equal for the same secret, however it is indented. */
  readonly fingerprint: string;
}

/** The secrets that must not be published, in the order of the text; examples are not included. */
export function findSecrets(path: string, content: string): Secret[] {
  const text = withoutMark(content);
  let line = 1;
  let end = text.indexOf('\n');
  return secretMatches(path, text).flatMap((match) => {
    const secret = text.slice(match.start, match.end);
    if (isExampleSecret(withHost(text, match.start, match.end))) return [];
    for (; end !== -1 && end < match.start; end = text.indexOf('\n', end + 1)) line += 1;
    return [{ rule: match.rule, line, fingerprint: fingerprint(secret) }];
  });
}

const MASK = '[redacted]';

/**
 * Masks everything that looks like a secret, for texts that cannot be sent back to be corrected: a model's words, and logs, in
 * which a failing program prints what CI does not know to mask. It masks more than `findSecrets` finds, because a false alarm costs
 * little here.
 */
export function redactSecrets(content: string): string {
  const text = withoutMark(content);
  return masked(text, [...ruledMatches(text), ...matchesOf(PATTERNS, text)]);
}

/**
 * The same, except for examples, names in the form of a key, and values that only a name suggests are secret: for texts about programs
 * that people read.
 */
export function redactKnownForms(content: string): string {
  const text = withoutMark(content);
  const formed = matchesOf(FORMS, text).filter(({ start, end }) => !readsAsWords(text.slice(start, end)));
  return masked(
    text,
    [...ruledMatches(text), ...formed].filter(({ start, end }) => !isExampleSecret(text.slice(start, end))),
  );
}

// The rule for addresses masks the host as well, which a reader needs; our own expression for them keeps it.
const ruledMatches = (text: string): Range[] => secretMatches('text', text).filter(({ rule }) => rule !== 'basicauth');
const matchesOf = (patterns: readonly RegExp[], text: string): Range[] =>
  patterns.flatMap((pattern) => [...patternMatches(text, pattern)]);

function masked(text: string, found: readonly Range[]): string {
  const spans = found
    .filter(({ start, end }) => !isReference(text.slice(start, end)))
    .sort((a, b) => a.start - b.start || b.end - a.end);
  let out = '';
  let from = 0;
  for (const { start, end } of spans) {
    if (end <= from) continue;
    // A match that overlaps the last one is covered by its mask.
    if (start >= from) out += text.slice(from, start) + MASK;
    from = end;
  }
  return out + text.slice(from);
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Forms that the rules do not know. The first group of an expression, if it has one, is kept. */
const SECRET_NAME = /PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY/;
// Every repetition below has a bound or cannot overlap with itself: a log may be made to keep an expression busy.
/** How the services begin their keys. */
const PREFIX = '(?:gh[a-z]_|github_pat_|glpat-|npm_|xox[a-z]-|sk-|sk_live_|rk_live_)';
/** Forms that only a secret has, names apart that begin like one. */
const FORMS: readonly RegExp[] = [
  // JSON Web Tokens, and the keys of GitHub, GitLab, npm, Slack, AWS, Google and the model providers, also of a form to come.
  /\beyJ[\w-]{8,4000}\.eyJ[\w-]{8,4000}\.[\w-]{8,}/g,
  new RegExp(`\\b${PREFIX}[\\w.-]{15,}[\\w-]`, 'g'),
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  /\bAIza[\w-]{35}/g,
];
/**
 * `npm_config_user_agent`, `sk-button-primary-styles` and `sk-sdk-v2-endpoints`: two words or more, each in one case and with few digits.
 * Of random keys in the form that is the likeliest to read like this (GitLab's 20 signs, of which two are separators) 2 in a million do;
 * asking only for letters instead would let 15 in a thousand pass. The other keys are longer, or have no separators.
 */
const WORD = '(?:[A-Z]?[a-z]{1,19}|[A-Z]{1,19}|[A-Z]?[a-z]{1,12}\\d{1,4}|\\d{1,2})';
const WORDS = new RegExp(`^${PREFIX}${WORD}(?:[._-]+${WORD})+[._-]*$`);
const readsAsWords = (text: string): boolean => WORDS.test(text);
/** An environment variable that is set and whose name says that its value is secret. */
const ASSIGNMENT = /(\b[A-Z][A-Z\d_]{2,80}\s?[=:]\s?["']?)[^\s"']{6,}/g;
const PATTERNS: readonly RegExp[] = [
  // A private key may have lost its first or its last lines where the text was cut.
  /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)/g,
  /(?:^[\w+/=]{16,200}\n){1,100}-----END [A-Z ]{0,30}PRIVATE KEY-----/gm,
  /\b(authorization\s{0,5}[:=]\s{0,5}["']?(?:basic|bearer|token)?\s{0,5})[^\s"',]{6,}/gi,
  ...FORMS,
  /(\b[a-z][a-z\d+.-]{0,30}:\/\/[^\s:@/]{0,100}:)[^\s@/]{1,500}(?=@)/gi,
  ASSIGNMENT,
];

function* patternMatches(text: string, pattern: RegExp): Generator<Range> {
  const isAssignment = pattern === ASSIGNMENT;
  for (const match of text.matchAll(pattern)) {
    const [whole, kept = ''] = match;
    if (isAssignment && !SECRET_NAME.test(kept)) continue;
    yield { start: match.index + kept.length, end: match.index + whole.length };
  }
}

/**
 * A rule may match only the password of an address; whether it is an example depends on the host after it and the scheme before it.
 */
function withHost(text: string, start: number, end: number): string {
  const before = /\S{0,200}$/.exec(text.slice(Math.max(0, start - 200), start))?.[0] ?? '';
  const after = text.slice(end, end + 260);
  return before.includes('://') && after.startsWith('@')
    ? before + text.slice(start, end) + (/^\S*/.exec(after)?.[0] ?? '')
    : text.slice(start, end);
}

const withoutMark = (text: string): string => (text.startsWith('\ufeff') ? text.slice(1) : text);
const fingerprint = (secret: string): string => createHash('sha256').update(secret.replace(/\s+/g, '')).digest('hex');
