import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { pruneMirrors } from '../../../src/adapters/git/prune-mirrors.ts';

const DAY = 86_400_000;
const before = new Date(Date.now() - 30 * DAY);
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'planwright-mirrors-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function aMirror(name: string, days: number): string {
  const dir = join(root, name);
  mkdirSync(join(dir, 'objects'), { recursive: true });
  writeFileSync(join(dir, 'objects/pack'), 'x');
  const at = new Date(Date.now() - days * DAY);
  utimesSync(dir, at, at);
  return dir;
}
const yes = { limit: 500, forget: () => true };

test('mirrors that nobody has read for as long go, and no others', async () => {
  const [unused, used] = [aMirror('acme/old.git', 31), aMirror('acme/new.git', 29)];
  expect(await pruneMirrors(root, before, yes)).toBe(1);
  expect([existsSync(unused), existsSync(used)]).toEqual([false, true]);
  expect(readdirSync(join(root, 'acme'))).toEqual(['new.git']);
});

test('one that is read at this moment stays', async () => {
  const dir = aMirror('acme/old.git', 31);
  const asked: string[] = [];
  const forget = (folder: string): boolean => asked.push(folder) < 0;
  expect(await pruneMirrors(root, before, { limit: 500, forget })).toBe(0);
  expect([asked, existsSync(dir)]).toEqual([[dir], true]);
});

test('what a killed process was removing goes; folders that are no mirrors stay', async () => {
  const half = aMirror('acme/gone.git.unused', 1);
  const other = aMirror('acme/notes', 400);
  expect(await pruneMirrors(root, before, yes)).toBe(0);
  expect([existsSync(half), existsSync(other)]).toEqual([false, true]);
});

test('no more than the limit at once, and nothing where there is no folder', async () => {
  for (const name of ['a', 'b', 'c']) aMirror(`acme/${name}.git`, 31);
  expect(await pruneMirrors(root, before, { ...yes, limit: 2 })).toBe(2);
  expect(await pruneMirrors(root, before, { ...yes, limit: 2 })).toBe(1);
  expect(await pruneMirrors(join(root, 'none'), before, yes)).toBe(0);
});
