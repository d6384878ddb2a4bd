import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { expect, test } from '@jest/globals';
import { alreadySet, withEntries, writeEnvText } from '../../../src/cli/setup/env-lines.ts';

const NEW = { APP_ID: '7', PRIVATE_KEY: 'bmV3', WEBHOOK_SECRET: 'new' };

test.each([
  ['an empty file', '', 'APP_ID=7\nPRIVATE_KEY=bmV3\nWEBHOOK_SECRET=new\n'],
  ['a file of other things', 'PORT=1', 'PORT=1\nAPP_ID=7\nPRIVATE_KEY=bmV3\nWEBHOOK_SECRET=new\n'],
  [
    'the example',
    '# From the App\nAPP_ID=\n# key\nPRIVATE_KEY=\nWEBHOOK_SECRET= # 16\nPORT=1\n',
    '# From the App\nAPP_ID=7\n# key\nPRIVATE_KEY=bmV3\nWEBHOOK_SECRET=new\nPORT=1\n',
  ],
  [
    'a key of several lines',
    'PRIVATE_KEY="-----BEGIN\nabc\n-----END"\nPORT=1\n',
    'PRIVATE_KEY=bmV3\nPORT=1\nAPP_ID=7\nWEBHOOK_SECRET=new\n',
  ],
  [
    'other names of the same',
    'PRIVATE_KEY_PATH=key.pem\nexport WEBHOOK_SECRET_FILE=/run/x\nAPP_ID=1\n',
    'APP_ID=7\nPRIVATE_KEY=bmV3\nWEBHOOK_SECRET=new\n',
  ],
  ['one twice', 'APP_ID=1\nAPP_ID=2\n', 'APP_ID=7\nPRIVATE_KEY=bmV3\nWEBHOOK_SECRET=new\n'],
  ['what is commented out', '#APP_ID=1\n', '#APP_ID=1\nAPP_ID=7\nPRIVATE_KEY=bmV3\nWEBHOOK_SECRET=new\n'],
])('%s', (_, before, after) => {
  expect(withEntries(before, NEW)).toBe(after);
  expect(parseEnv(withEntries(before, NEW))).toMatchObject(NEW);
});

test('what has a value already is named, under the name it has', () => {
  expect(alreadySet('APP_ID=1\nPRIVATE_KEY_PATH=x\nWEBHOOK_SECRET=\n', Object.keys(NEW))).toEqual(['APP_ID', 'PRIVATE_KEY_PATH']);
});

test('the file is replaced as a whole, for its owner alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'env-lines-'));
  const path = join(folder, '.env');
  writeFileSync(path, 'A=1\n', { mode: 0o666 });
  writeEnvText(path, 'A=2\n');
  expect(readFileSync(path, 'utf8')).toBe('A=2\n');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['.env']);
  rmSync(folder, { recursive: true });
});
