import { expect, test } from '@jest/globals';
import { findSecrets, redactSecrets } from '../../src/text/redact-secrets.ts';

const TOKEN = `npm_${'aB3'.repeat(12)}`;

test.each([
  [
    'nothing to hide',
    'Reads `NPM_TOKEN` and postgres://USER:%PASSWORD%@host/db.',
    'Reads `NPM_TOKEN` and postgres://USER:%PASSWORD%@host/db.',
  ],
  ['in the middle', `Use ${TOKEN} here.`, 'Use [taken out: npm] here.'],
  ['twice', `${TOKEN}\n${TOKEN}`, '[taken out: npm]\n[taken out: npm]'],
  ['two rules at one place', 'At https://build:hunter22@npm.example.com/x now.', 'At [taken out: basicauth]/x now.'],
])('words without secrets: %s', async (_, text, expected) => {
  expect(await redactSecrets(text)).toBe(expected);
});

test('a password in an address of a database, by the rule and the line', async () => {
  const text = `one\ntwo ${TOKEN}\nthree postgres://app:hunter22@db.internal/shop`;
  expect(await findSecrets('notes', text)).toMatchObject([
    { rule: 'npm', line: 2 },
    { rule: 'database-connection-string', line: 3 },
  ]);
});

test("a file's name counts: npm's registries are told by it", async () => {
  const text = '//registry.example.com/:_authToken=a1b2c3d4\n';
  expect(await findSecrets('.npmrc', text)).toMatchObject([{ rule: 'npm', line: 1 }]);
  expect(await findSecrets('notes.md', text)).toEqual([]);
});

test('no path on this machine is opened, whatever the file is called', async () => {
  expect(await findSecrets('/etc/passwd.p12', 'x')).toEqual([]);
});

test('what is told of a secret does not hold it', async () => {
  expect(JSON.stringify(await findSecrets('notes', TOKEN))).not.toContain(TOKEN.slice(4));
});
