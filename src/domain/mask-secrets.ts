const MASK = '[masked]';

/** Each with what of a match is kept in front of the mask. */
const PATTERNS: readonly (readonly [RegExp, (match: readonly string[]) => string])[] = [
  // Also one that has lost its first lines where the text was cut.
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, () => ''],
  [/(?:^[\w+/=]{16,}\n)+-----END [A-Z ]*PRIVATE KEY-----/gm, () => ''],
  [/\b(authorization\s*[:=]\s*["']?(?:basic|bearer|token)?\s*)[^\s"',]{6,}/gi, ([, before]) => before ?? ''],
  // JSON Web Tokens, and what GitHub, GitLab, npm, Slack, AWS, Google and the model providers call their keys.
  [/\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/g, () => ''],
  [/\b(?:gh[a-z]_|github_pat_|glpat-|npm_|xox[a-z]-|sk-|sk_live_|rk_live_)[\w.-]{16,}/g, () => ''],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, () => ''],
  [/\bAIza[\w-]{35}/g, () => ''],
  [/([a-z][a-z\d+.-]*:\/\/[^\s:@/]{0,100}:)[^\s@/]{1,200}(?=@)/gi, ([, before]) => before ?? ''],
  [
    /\b([A-Z\d_]*(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY)[A-Z\d_]*\s*[=:]\s*["']?)[^\s"']{6,}/g,
    ([, before]) => before ?? '',
  ],
];

/**
 * A text without what looks like a secret. CI masks those it knows of; what a failing program prints of its own making it does not,
 * and a log goes to a model's provider.
 */
export const maskSecrets = (text: string): string =>
  PATTERNS.reduce((masked, [pattern, kept]) => masked.replace(pattern, (...match) => `${kept(match as string[])}${MASK}`), text);
