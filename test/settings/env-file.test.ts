import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { loadEnvFile } from '../../src/settings/environment/env-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'env-file-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function load(text: string, environment: Record<string, string> = {}): NodeJS.ProcessEnv {
  const path = join(folder, '.env');
  writeFileSync(path, text);
  const all: NodeJS.ProcessEnv = { ...environment, ENV_FILE: path };
  expect(loadEnvFile(all)).toBeNull();
  delete all.ENV_FILE;
  return all;
}

test.each([
  ['plain', 'A=one two # a comment', 'one two'],
  ['quoted, with what would begin a comment', `A="one # two"`, 'one # two'],
  ['of several lines', 'A="-----BEGIN X-----\nabc\n-----END X-----\n"', '-----BEGIN X-----\nabc\n-----END X-----\n'],
  ['with \\n in double quotes', String.raw`A="-----BEGIN X-----\nabc"`, '-----BEGIN X-----\nabc'],
  [
    'with \\n and no quotes, which the key knows how to read',
    String.raw`A=-----BEGIN X-----\nabc`,
    String.raw`-----BEGIN X-----\nabc`,
  ],
  ['as a shell exports it', "export A='one'", 'one'],
  ['behind a byte-order mark', '\uFEFFA=one', 'one'],
  ['with Windows line ends', 'A=one\r\nB=two\r\n', 'one'],
])('a value %s', (_, text, value) => {
  expect(load(text).A).toBe(value);
});

test('the environment wins, even with nothing, and over every other spelling of the same secret', () => {
  const file = 'PORT=1\nWEBHOOK_SECRET=in-the-file\nPRIVATE_KEY=in-the-file\nLOG_LEVEL=debug\nHOST=file\n';
  const real = { PORT: '2', WEBHOOK_SECRET_FILE: '/run/secrets/hook', PRIVATE_KEY_PATH: 'key.pem', LOG_LEVEL: '' };
  expect(load(file, real)).toEqual({ ...real, HOST: 'file' });
});

test('no file is no problem unless one was asked for', () => {
  expect(loadEnvFile({ ENV_FILE: join(folder, 'gone') })).toMatch(/gone cannot be read \(ENOENT\)/);
  const before = process.cwd();
  process.chdir(folder);
  try {
    expect(loadEnvFile({})).toBeNull();
  } finally {
    process.chdir(before);
  }
});
