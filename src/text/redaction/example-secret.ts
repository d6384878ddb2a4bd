/**
 * Whether a text in a secret's form is clearly only an example: documentation and tests are full of them, and a component that is
 * stopped for one cannot be completed. In doubt it counts as a secret.
 */
export const isExampleSecret = (secret: string): boolean =>
  DOCUMENTED.some((known) => secret.includes(known)) ||
  saysSo(passwordIn(secret) ?? secret) ||
  isReference(passwordIn(secret) ?? secret) ||
  isReservedAddress(secret) ||
  isMonotonous(secret);

/** Keys that the services print in their own documentation without calling them examples. */
const DOCUMENTED = [
  '16C7e42F292c6912E7710c838347Ae178B4a',
  '4eC39HqLyjWDarjtT1zdp7dc',
  'BQokikJOvBiI2HlWgH4olfQ2',
  'T00000000/B00000000',
];
const WORDS = /example|placeholder|not[-_]?(?:a[-_]?)?real|change[-_]?me|redacted|insert[-_]|x{8}|\.\.\.|…/i;
/** Short words in one spelling: with any, one in about 770 random private keys has one of them somewhere in its base64. */
const SHORT_WORDS = /(?:dummy|fake|your[-_])|(?:DUMMY|FAKE|YOUR[-_])|(?:Dummy|Fake|Your[-_])/g;
/** The base64 of a private key, however it is wrapped: a word may stand in it by chance. */
const BASE64 = /[A-Za-z\d+/]{16,}/g;
/** More than chance puts into one secret. */
const REPEATED = 3;

const shortWordsIn = (text: string): number => text.match(SHORT_WORDS)?.length ?? 0;

function saysSo(secret: string): boolean {
  const written = secret.includes('-----BEGIN') ? secret.replace(BASE64, '') : secret;
  return WORDS.test(secret) || shortWordsIn(written) > 0 || shortWordsIn(secret) >= REPEATED;
}

/** `$TOKEN`, `${{ secrets.TOKEN }}`, `%TOKEN%`, `<token>`, `{token}` and stars are placeholders for a secret, not secrets. */
export const isReference = (value: string): boolean => /^(?:\$\{?|%\w+%$|<[^<>]*>$|\{\{?[^{}]*\}?\}$|\*+$)/.test(value);

const ADDRESS = /:\/\/([^\s:@/]{0,100}):([^\s@/]{1,300})@([^\s:/?#@"'`)\]]{1,253})/;
/** Names that RFC 2606 and 6761 reserve: no real host can have them. */
const RESERVED_HOST = /(?:^|\.)(?:example(?:\.(?:com|net|org))?|test|invalid|localhost)\.?$|^127\.\d+\.\d+\.\d+$/i;
const PLACEHOLDER_USER = /^(?:user(?:name)?|name|login|me)$/i;
const PLACEHOLDER_PASSWORD = /^(?:pass(?:word|wd)?|pwd|secret|token)$/i;

const passwordIn = (secret: string): string | undefined => ADDRESS.exec(secret)?.[2];

function isReservedAddress(secret: string): boolean {
  const [, user = '', password = '', host = ''] = ADDRESS.exec(secret) ?? [];
  return RESERVED_HOST.test(host) || (PLACEHOLDER_USER.test(user) && PLACEHOLDER_PASSWORD.test(password));
}

/** The same character over and over, or the alphabet and the digits in their order: a generator makes neither. */
function isMonotonous(secret: string): boolean {
  const body = longestRun(secret);
  if (body.length < 8) return false;
  let steps = 0;
  for (let i = 1; i < body.length; i += 1) if (follows(body.charCodeAt(i - 1), body.charCodeAt(i))) steps += 1;
  return steps / (body.length - 1) >= 0.85;
}

/** The longest stretch of letters and digits, in lower case. */
function longestRun(secret: string): string {
  const runs =
    secret
      .toLowerCase()
      .replace(/-----[^-]*-----/g, '')
      .match(/[a-z\d]+/g) ?? [];
  return runs.reduce((longest, run) => (run.length > longest.length ? run : longest), '');
}

const [ZERO, NINE, A, Z] = ['0', '9', 'a', 'z'].map((c) => c.charCodeAt(0));
const follows = (one: number, next: number): boolean =>
  next === one ||
  next === one + 1 ||
  (one === NINE && (next === ZERO || next === A)) ||
  (one === Z && (next === A || next === ZERO));
