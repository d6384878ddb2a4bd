import { expect, test } from '@jest/globals';
import { createRedactor, redactLogLine } from '../../src/text/redaction/redactor.ts';

const KEY = 'operator-key-7f3a9c51';
const PEM =
  '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF\nAASCBKcwggSjAgEAAoIBAQC7VJTU\n-----END PRIVATE KEY-----\n';
const redact = createRedactor([KEY, PEM, 'p+ss w/rd', null, undefined, '', 'short']);

test.each([
  ['as it is', `Incorrect key: ${KEY}.`],
  ['twice', `${KEY} ${KEY}`],
  ['in JSON', JSON.stringify({ headers: { authorization: KEY } })],
  ['in base64', Buffer.from(KEY).toString('base64')],
  ['in a URL', `https://host/?p=${encodeURIComponent('p+ss w/rd')}`],
  ['a key file in JSON', JSON.stringify({ body: PEM })],
  ['a line of a key file', 'read MIIEvQIBADANBgkqhkiG9w0BAQEF of it'],
  ['what looks like a secret, though nobody configured it', `token ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`],
  ['what a provider calls its keys', 'Incorrect API key provided: sk-proj-abcdefghijklmnop1234'],
])('%s', (_how, text) => {
  const redacted = redact(text);
  expect(redacted).not.toBe(text);
  for (const secret of [
    KEY,
    'p+ss w/rd',
    'p%2Bss',
    'MIIEvQIB',
    'AASCBKcw',
    'ghp_',
    'sk-proj',
    Buffer.from(KEY).toString('base64'),
  ])
    expect(redacted).not.toContain(secret);
});

test('other words stay, also where a value is too short to be a secret', () => {
  expect(redact('A short sentence about operator keys.')).toBe('A short sentence about operator keys.');
  expect(createRedactor([])('Nothing to hide.')).toBe('Nothing to hide.');
});

test('a log line stays JSON, wherever the secret is', () => {
  const line = `${JSON.stringify({ level: 30, msg: `key ${KEY}`, [KEY]: 1, err: { stack: `Error\n${PEM}` }, list: [PEM.slice(0, 60)] })}\n`;
  const redacted = redactLogLine(line, redact);
  expect(redacted).not.toContain(KEY);
  expect(redacted).not.toContain('MIIEvQIB');
  expect(JSON.parse(redacted)).toMatchObject({ level: 30, msg: 'key [redacted]' });
  expect(redacted.endsWith('\n')).toBe(true);
  expect(redactLogLine(`no JSON, but ${KEY}\n`, redact)).toBe('no JSON, but [redacted]\n');
});

test('a redactor that has seen thousands of texts still masks secrets and leaves other words', () => {
  const secret = `token ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`;
  const seen = createRedactor([KEY]);
  for (let n = 0; n < 2_500; n++) {
    expect(seen('the same words')).toBe('the same words');
    expect(seen(`words ${n}`)).toBe(`words ${n}`);
    if (n % 100 > 0) continue;
    expect(seen(KEY)).toBe('[redacted]');
    expect(seen(`key ${KEY} ${n}`)).toBe(`key [redacted] ${n}`);
    expect(seen(secret)).toBe('token [redacted]');
  }
});
