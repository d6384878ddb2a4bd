import { redactKnownForms, redactSecrets } from './redact-secrets.ts';

/** A text without secrets. */
export type Redactor = (text: string) => string;

const MASK = '[redacted]';
/** Shorter values are words rather than secrets, and would be masked in harmless sentences. */
const SHORTEST = 8;

/**
 * The redactor for everything that leaves the process: it knows the exact secrets that the operator configured, in the forms in
 * which programs repeat them, and everything else that looks like a secret. In a log, masking too much is better than masking too
 * little.
 */
export function createRedactor(secrets: Iterable<string | null | undefined>): Redactor {
  const exact = createExactRedactor(secrets);
  return remembering((text) => redactSecrets(exact(text)));
}

/**
 * The same for what people read on GitHub: plans and reviews are full of `API_KEY: string`, so an assignment alone is no secret
 * there, and neither is an example.
 */
export function createPublicRedactor(secrets: Iterable<string | null | undefined>): Redactor {
  const exact = createExactRedactor(secrets);
  return remembering((text) => redactKnownForms(exact(text)));
}

const REMEMBERED_MAX = 2_000;
const REMEMBERED_LENGTH = 200;

/**
 * Names of fields, states, ids and messages recur, and about twenty expressions check each text. Only texts without secrets are remembered, as
 * copies: V8 keeps the whole of a long text for a short part of it, and there may be a secret in another part.
 */
function remembering(redact: Redactor): Redactor {
  const harmless = new Set<string>();
  return (text) => {
    if (text.length > REMEMBERED_LENGTH) return redact(text);
    if (harmless.has(text)) return text;
    const redacted = redact(text);
    if (redacted === text) {
      if (harmless.size === REMEMBERED_MAX) harmless.clear();
      harmless.add(Buffer.from(text, 'utf16le').toString('utf16le'));
    }
    return redacted;
  };
}

/** Redacts only the configured secrets, for content that must stay unchanged otherwise: files, and models' answers. */
export function createExactRedactor(secrets: Iterable<string | null | undefined>): Redactor {
  const forms = new Set<string>();
  for (const secret of secrets) for (const form of formsOf(secret ?? '')) if (form.length >= SHORTEST) forms.add(form);
  // The longest comes first, so that a form that contains another one is masked as a whole.
  const ordered = [...forms].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((left, form) => left.replaceAll(form, MASK), text);
}

/** The value as it is, as written in JSON and in URLs, in base64, and each long line of a key file, because logs break lines. */
function* formsOf(given: string): Generator<string> {
  const secret = given.trim();
  if (secret === '') return;
  yield secret;
  yield JSON.stringify(secret).slice(1, -1);
  yield encodeURIComponent(secret);
  for (const encoding of ['base64', 'base64url'] as const) yield Buffer.from(secret).toString(encoding);
  const lines = secret.split(/\r?\n/);
  if (lines.length > 1) yield* lines.filter((line) => line.length >= 16 && !line.startsWith('-----'));
}

/** The same value with every string in it redacted, the names of fields included. */
export function redactDeep(value: unknown, redact: Redactor): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => redactDeep(item, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [redact(name), redactDeep(field, redact)]));
}

/** One line of a log of JSON lines. It stays valid JSON: the strings are redacted one by one, not across their quotes. */
export function redactLogLine(line: string, redact: Redactor): string {
  try {
    return `${JSON.stringify(redactDeep(JSON.parse(line), redact))}\n`;
  } catch {
    return redact(line);
  }
}
