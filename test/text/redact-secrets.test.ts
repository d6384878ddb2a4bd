import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { findSecrets, redactKnownForms, redactSecrets } from '../../src/text/redaction/redact-secrets.ts';
import { secretMatches } from '../../src/text/redaction/secret-rules.ts';

const TOKEN = `npm_${'aB3'.repeat(12)}`;

test.each([
  [
    'nothing to hide',
    'Reads `NPM_TOKEN` and postgres://USER:%PASSWORD%@host/db.',
    'Reads `NPM_TOKEN` and postgres://USER:%PASSWORD%@host/db.',
  ],
  ['in the middle', `Use ${TOKEN} here.`, 'Use [redacted] here.'],
  ['twice', `${TOKEN}\n${TOKEN}`, '[redacted]\n[redacted]'],
  [
    'two rules at one place',
    'At https://build:hunter22@npm.example.com/x now.',
    'At https://build:[redacted]@npm.example.com/x now.',
  ],
])('words without secrets: %s', (_, text, expected) => {
  expect(redactSecrets(text)).toBe(expected);
});

test('a password in an address of a database, by the rule and the line', () => {
  const text = `one\ntwo ${TOKEN}\nthree postgres://app:hunter22@db.internal/shop`;
  expect(findSecrets('notes', text)).toMatchObject([
    { rule: 'npm', line: 2 },
    { rule: 'database-connection-string', line: 3 },
  ]);
});

test("a file's name counts: npm's registries are told by it", () => {
  const text = '//registry.example.com/:_authToken=a1b2c3d4\n';
  expect(findSecrets('.npmrc', text)).toMatchObject([{ rule: 'npm', line: 1 }]);
  expect(findSecrets('notes.md', text)).toEqual([]);
});

test('no path on this machine is opened, whatever the file is called', () => {
  expect(findSecrets('/etc/passwd.p12', 'x')).toEqual([]);
});

test('what is told of a secret does not hold it', () => {
  expect(JSON.stringify(findSecrets('notes', TOKEN))).not.toContain(TOKEN.slice(4));
});

const KEY = `-----BEGIN RSA PRIVATE KEY-----\n${'QUJD'.repeat(16)}\n${'QUJD'.repeat(4)}=\n-----END RSA PRIVATE KEY-----`;
const JWT = `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.${'c'.repeat(20)}`;

test.each([
  [`before\n${KEY}\nafter`, 'before\n[redacted]\nafter'],
  [`before\n${KEY.slice(0, 60)}`, 'before\n[redacted]'],
  [`${KEY.split('\n').slice(1).join('\n')}\nafter`, '[redacted]\nafter'],
  ['Authorization: Bearer abcdef123456', 'Authorization: Bearer [redacted]'],
  ['"authorization": "token abcdef123456"', '"authorization": "token abcdef123456"'],
  ['AUTHORIZATION: basic eC1hY2Nlc3M=', 'AUTHORIZATION: basic [redacted]'],
  [`token ${JWT}.`, 'token [redacted].'],
  [`ghs_4711_${JWT} and ghp_${'x'.repeat(36)}`, '[redacted] and [redacted]'],
  ['github_pat_11ABCDEFG0123456789_abc', '[redacted]'],
  ['AKIAIOSFODNN7EXAMPLE', '[redacted]'],
  [`AIza${'x'.repeat(35)}`, '[redacted]'],
  ['sk-ant-api03-0123456789abcdef', '[redacted]'],
  ['git clone https://olga:hunter2@example.com/x.git', 'git clone https://olga:[redacted]@example.com/x.git'],
  ['DB_PASSWORD=hunter22 npm test', 'DB_PASSWORD=[redacted] npm test'],
  ['export NPM_TOKEN="abcdefgh"', 'export NPM_TOKEN="[redacted]"'],
])('%j becomes %j', (text, masked) => {
  expect(redactSecrets(text)).toBe(masked);
});

test.each([
  'SyntaxError: Unexpected token: identifier',
  'at https://example.com:8080/path',
  'expected "password" to be a string',
  'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
  'src/limiter.js:2: the mask is wrong',
])('%j stays', (text) => {
  expect(redactSecrets(text)).toBe(text);
});

// A pattern that backtracks would not come back from these within the runner's patience.
test.each([
  `${'A'.repeat(200_000)}`,
  `${'AAAAAAAAAAAAAAAAAAAA\n'.repeat(10_000)}`,
  `https://${':'.repeat(100_000)}`,
  'TOKEN_'.repeat(30_000),
])('a text made to keep it busy does not', (text) => {
  expect(redactSecrets(text)).not.toBe('');
});

/** A private key in PKCS #8's form, with something in its base64 exchanged. */
function pem(change: (body: string) => string): string {
  const bytes = Buffer.concat(Array.from({ length: 20 }, (_, i) => createHash('sha512').update(String(i)).digest()));
  const lines = change(`MII${bytes.toString('base64')}`).match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n');
}

const zeros = (prefix: string, length: number): string => prefix + '0'.repeat(length);

describe('field case 28-example-token-in-test: an example is no secret', () => {
  test.each([
    zeros('ghp_', 36),
    `ghp_${'x'.repeat(36)}`,
    'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
    'ghp_1234567890abcdefghijklmnopqrstuvwxyz',
    `npm_${'abcdefghijklmnopqrstuvwxyz0123456789'}`,
    'AKIAIOSFODNN7EXAMPLE',
    'aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    zeros('glpat-', 20),
    'https://user:pass@example.com/x.git',
    'https://build:hunter22@npm.example.org/x',
    'postgres://app:hunter22@db.example/shop',
    'postgres://app:hunter22@localhost:5432/shop',
    'mysql://root:hunter22@127.0.0.1/shop',
    'postgres://user:password@db/shop',
    'https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX',
    `sk-ant-api03-${'A'.repeat(95)}`,
  ])('%s', (text) => {
    expect(findSecrets('notes', text)).toEqual([]);
  });
});

describe('a name that begins like a key is none', () => {
  test.each([
    'Detect the package manager from npm_config_user_agent',
    'npm_config_build_from_source and npm_package_config_port',
    'planwright/issue-12/add-sk-locale-translations',
    '<!-- planwright:component issue=12 id=migrate-sk-learn-estimators blob=3f9c2ab -->',
    'sk-button-primary-styles, sk-toggleable__content, config/locales/sk-translations.yml',
    'upgrade-sk-sdk-v2-endpoints',
    'sk-learn-estimators-1.4.2',
    'gha_workflow_dispatch_inputs and GLPAT, glpat-token-in-docs',
  ])('%s', (text) => {
    expect(redactKnownForms(text)).toBe(text);
  });

  test.each([
    'sk-proj-kqvzwxjhgfdsapoiu1234',
    'sk-ant-api03-Zq8Lw2Rk9Vt4Xn7Bc1Mf6Hd3Js5Gp0YaUeTi',
    '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',
    'sk-3f2a9c41-77d0-4e83-9c41-b77d0e8356f2',
    'npm_QzWLwkRkVtVtXnXnBcBcMfMfHdHdJsJsGpGp',
    'npm_pqrstzwlwkrkvtvtxnxnbcbcmfmfhdhdjsjs',
    'glpat-wLwK-RkVtVtXn_XnBcB',
    'glpat-wlkrvx-4tQn_bcmfhj',
    'xoxb-263594206564-FGqddMF8t08v8N7Oq4i57vs1',
    'github_pat_11ABCDEFG0Zq8Lw2Rk9Vt4_Xn7Bc1Mf6Hd3Js5Gp0YaUeTi',
    'sk_live_BcMfHdJsGpYaUeTiZqLwRkVt',
  ])('while %s is one, also without a digit', (key) => {
    expect(redactKnownForms(`before ${key} after`)).toBe('before [redacted] after');
  });

  test('and a log, where a key may be of words, is masked as before', () => {
    expect(redactSecrets('sk-our-master-key-here')).toBe('[redacted]');
  });
});

describe('a real one is', () => {
  test.each([
    'ghp_Zq8Lw2Rk9Vt4Xn7Bc1Mf6Hd3Js5Gp0YaUeTi',
    'npm_Zq8Lw2Rk9Vt4Xn7Bc1Mf6Hd3Js5Gp0YaUeTi',
    'aws_secret_access_key = Zq8Lw2Rk9Vt4Xn7Bc1Mf6Hd3Js5Gp0YaUeTi/x+2',
    'https://build:hunter22@npm.internal.io/x',
    'postgres://app:hunter22@db.internal/shop',
    'postgres://app:hunter22@example.com.evil.io/shop',
    'postgres://user:hunter22@db.internal/shop',
  ])('%s', (text) => {
    expect(findSecrets('notes', text)).toHaveLength(1);
  });

  // One in about 770 random private keys has "fake" in some spelling in its base64, and passed for an example.
  test.each([
    ['in a private key', pem((body) => `${body.slice(0, 30)}faKe${body.slice(34)}`)],
    ['in one of a single spelling', pem((body) => `${body.slice(0, 90)}FAKE${body.slice(94)}`)],
    ['in one without line ends', pem((body) => `${body.slice(0, 30)}dummy${body.slice(35)}`).replaceAll('\n', '\\n')],
    ['in one that is wrapped otherwise', pem((body) => `${body.slice(0, 90)}Fake${body.slice(94)}`).replace(/.{32}/g, '$&\n')],
    ['in a token', 'ghp_pQ7rT2vXfAkE4nB8mK1sD6wJ3hL9zCy0RtUe'],
  ])('but a word that chance has spelt %s makes none', (_, secret) => {
    expect(findSecrets('src/key.ts', secret)).toHaveLength(1);
  });

  test.each([
    `ghp_fake${'Zq8L'.repeat(8)}`,
    `sk-ant-api03-fake${'Zq8L'.repeat(22)}AAA`,
    pem((body) => body.slice(0, 4) + 'fake'.repeat(40) + body.slice(0, 200)),
  ])('and one that says so is one: %j', (secret) => {
    expect(findSecrets('src/key.ts', secret)).toEqual([]);
  });

  test('also next to an example', () => {
    const text = `${zeros('ghp_', 36)}\nghp_Zq8Lw2Rk9Vt4Xn7Bc1Mf6Hd3Js5Gp0YaUeTi`;
    expect(findSecrets('notes', text)).toMatchObject([{ rule: 'github', line: 2 }]);
  });
});

test('what was found in one text stays when another is checked', () => {
  const first = secretMatches('a.txt', `npm_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`);
  expect(first).toEqual([{ rule: 'npm', start: 0, end: 40 }]);
  expect(secretMatches('b.txt', 'nothing')).toEqual([]);
  expect(first).toHaveLength(1);
});
