import { expect, test } from '@jest/globals';
import { redactPatterns } from '../../src/text/redact-logs.ts';

const KEY = `-----BEGIN RSA PRIVATE KEY-----\n${'QUJD'.repeat(16)}\n${'QUJD'.repeat(4)}=\n-----END RSA PRIVATE KEY-----`;
const JWT = `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.${'c'.repeat(20)}`;

test.each([
  [`before\n${KEY}\nafter`, 'before\n[masked]\nafter'],
  [`before\n${KEY.slice(0, 60)}`, 'before\n[masked]'],
  [`${KEY.split('\n').slice(1).join('\n')}\nafter`, '[masked]\nafter'],
  ['Authorization: Bearer abcdef123456', 'Authorization: Bearer [masked]'],
  ['"authorization": "token abcdef123456"', '"authorization": "token abcdef123456"'],
  ['AUTHORIZATION: basic eC1hY2Nlc3M=', 'AUTHORIZATION: basic [masked]'],
  [`token ${JWT}.`, 'token [masked].'],
  [`ghs_4711_${JWT} and ghp_${'x'.repeat(36)}`, '[masked] and [masked]'],
  ['github_pat_11ABCDEFG0123456789_abc', '[masked]'],
  ['AKIAIOSFODNN7EXAMPLE', '[masked]'],
  [`AIza${'x'.repeat(35)}`, '[masked]'],
  ['sk-ant-api03-0123456789abcdef', '[masked]'],
  ['git clone https://olga:hunter2@example.com/x.git', 'git clone https://olga:[masked]@example.com/x.git'],
  ['DB_PASSWORD=hunter22 npm test', 'DB_PASSWORD=[masked] npm test'],
  ['export NPM_TOKEN="abcdefgh"', 'export NPM_TOKEN="[masked]"'],
])('%j becomes %j', (text, masked) => {
  expect(redactPatterns(text)).toBe(masked);
});

test.each([
  'SyntaxError: Unexpected token: identifier',
  'at https://example.com:8080/path',
  'expected "password" to be a string',
  'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
  'src/limiter.js:2: the mask is wrong',
])('%j stays', (text) => {
  expect(redactPatterns(text)).toBe(text);
});

// A pattern that backtracks would not come back from these within the runner's patience.
test.each([
  `${'A'.repeat(200_000)}`,
  `${'AAAAAAAAAAAAAAAAAAAA\n'.repeat(10_000)}`,
  `https://${':'.repeat(100_000)}`,
  'TOKEN_'.repeat(30_000),
])('a text made to keep it busy does not', (text) => {
  expect(redactPatterns(text)).not.toBe('');
});
