const MASK = '[masked]';

/** An environment variable that is set, and whose name says that nobody should see to what. */
const SECRET_NAME = /PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY/;

type Kept = (match: readonly string[]) => string;
const nothing: Kept = () => MASK;
const before: Kept = ([, kept]) => `${kept}${MASK}`;

// Every repetition has a bound or cannot overlap with itself: a log may be made to keep a pattern busy.
const PATTERNS: readonly (readonly [RegExp, Kept])[] = [
  // Also one that has lost its first or its last lines where the text was cut.
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)/g, nothing],
  [/(?:^[\w+/=]{16,200}\n){1,100}-----END [A-Z ]{0,30}PRIVATE KEY-----/gm, nothing],
  [/\b(authorization\s{0,5}[:=]\s{0,5}["']?(?:basic|bearer|token)?\s{0,5})[^\s"',]{6,}/gi, before],
  // JSON Web Tokens, and what GitHub, GitLab, npm, Slack, AWS, Google and the model providers call their keys.
  [/\beyJ[\w-]{8,4000}\.eyJ[\w-]{8,4000}\.[\w-]{8,}/g, nothing],
  [/\b(?:gh[a-z]_|github_pat_|glpat-|npm_|xox[a-z]-|sk-|sk_live_|rk_live_)[\w.-]{16,}/g, nothing],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, nothing],
  [/\bAIza[\w-]{35}/g, nothing],
  [/(\b[a-z][a-z\d+.-]{0,30}:\/\/[^\s:@/]{0,100}:)[^\s@/]{1,200}(?=@)/gi, before],
  [
    /\b([A-Z][A-Z\d_]{2,80})(\s?[=:]\s?["']?)([^\s"']{6,})/g,
    ([whole = '', name = '', sign = '']) => (SECRET_NAME.test(name) ? `${name}${sign}${MASK}` : whole),
  ],
];

/**
 * A text without what looks like a secret. CI masks those it knows of; what a failing program prints of its own making it does not,
 * and a log goes to a model's provider.
 */
export const redactPatterns = (text: string): string =>
  PATTERNS.reduce((masked, [pattern, kept]) => masked.replace(pattern, (...match) => kept(match as string[])), text);
