import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const SETUP = join(import.meta.dirname, '../../scripts/setup.mjs');
const lockfile = (version: string) => JSON.stringify({ packages: { '': {}, 'node_modules/a': { version } } });

let folder: string;
let elsewhere: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'planwright-setup-'));
  elsewhere = join(folder, 'elsewhere');
  mkdirSync(elsewhere);
  // An npm that only leaves a trace: nothing is installed here.
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/npm'), '#!/bin/sh\necho "npm $*" >"$TRACE"\n', { mode: 0o755 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `scripts/setup.mjs` does in a checkout with this in `node_modules`. */
function setUp(name: string, prepare: (modules: string) => void) {
  const checkout = join(folder, name);
  mkdirSync(checkout);
  writeFileSync(join(checkout, 'package-lock.json'), lockfile('2.0.0'));
  prepare(join(checkout, 'node_modules'));
  const trace = join(checkout, 'trace');
  const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}`, TRACE: trace };
  const { status, stderr } = spawnSync(process.execPath, [SETUP], { cwd: checkout, env, encoding: 'utf8' });
  return { status, stderr, installed: existsSync(trace) };
}
const installedIn = (modules: string, version: string) => writeFileSync(join(modules, '.package-lock.json'), lockfile(version));

test('what is missing or old is installed, what is there is left alone', () => {
  expect(setUp('missing', () => {})).toEqual({ status: 0, stderr: '', installed: true });
  const there = (version: string) => (modules: string) => {
    mkdirSync(modules);
    installedIn(modules, version);
  };
  expect(setUp('old', there('1.0.0'))).toEqual({ status: 0, stderr: '', installed: true });
  expect(setUp('current', there('2.0.0'))).toEqual({ status: 0, stderr: '', installed: false });
});

test('nothing is installed through a symbolic link, because npm would empty what it points to', () => {
  const link = (modules: string) => symlinkSync(elsewhere, modules);
  installedIn(elsewhere, '2.0.0');
  expect(setUp('linked', link)).toEqual({ status: 0, stderr: '', installed: false });
  installedIn(elsewhere, '1.0.0');
  const refused = setUp('linked-old', link);
  expect(refused).toMatchObject({ status: 1, installed: false });
  expect(refused.stderr).toContain('node_modules is a symbolic link');
});
