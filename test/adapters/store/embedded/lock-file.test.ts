import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { lockFolder } from '../../../../src/adapters/store/embedded/lock-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'planwright-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const take = (path = folder) => {
  const lock = lockFolder(path);
  if (!lock.ok) throw new Error(lock.reason);
  return lock.value;
};

test('the second one is told who holds it, the next after a release gets it', () => {
  const lock = take();
  expect(() => take()).toThrow(new RegExp(`running on the data folder .* \\(process ${process.pid} on .*, since 20`));
  lock.release();
  take().release();
});

test('a folder that does not exist is made; another folder is another lock', () => {
  const lock = take();
  take(join(folder, 'a', 'b')).release();
  lock.release();
});

test('the lock of a process that was killed is taken over, though its file and its name are still there', async () => {
  const script = `
    const { lockFolder } = await import(${JSON.stringify(join(import.meta.dirname, '../../../../src/adapters/store/embedded/lock-file.ts'))});
    console.log(lockFolder(${JSON.stringify(folder)}).ok);
    setTimeout(() => {}, 2 ** 30);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [said] = await once(child.stdout, 'data');
  expect(String(said)).toBe('true\n');
  expect(() => take()).toThrow(`process ${child.pid} on`);
  child.kill('SIGKILL');
  await once(child, 'close');
  take().release();
});

test('a file that is no lock is an error of the disk, not "another bot"', () => {
  writeFileSync(join(folder, 'planwright.lock'), 'this was never a lock, but it is long enough to be looked at'.repeat(20));
  expect(() => lockFolder(folder)).toThrow('file is not a database');
});
