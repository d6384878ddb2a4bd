// The files around the code that somebody else reads: GitHub, and Planwright itself.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { readEnvironment } from '../src/settings/environment.ts';
import { PROVIDER_VARIABLES } from '../src/settings/provider-settings.ts';
import { parseSettings } from '../src/settings/repository-settings.ts';
import { APP_EVENTS, APP_PERMISSIONS } from './support/github/accounts.ts';

const read = (path: string) => readFileSync(path, 'utf8');

test('the manifest asks for what the App on the local GitHub has, with which all scenarios run', () => {
  const manifest = parse(read('app.yml'));
  expect(manifest.default_permissions).toEqual(APP_PERMISSIONS);
  // GitHub sends `installation` to every App, and refuses a manifest that lists it.
  expect([...manifest.default_events, 'installation'].sort()).toEqual([...APP_EVENTS].sort());
  expect(manifest.public).toBe(false);
});

test('this repository is set up for Planwright', () => {
  const operator = { planner: 'anthropic/deep', executor: 'anthropic/fast', allowed: null, providers: ['anthropic'] as const };
  expect(parseSettings(read('.github/planwright.yml'), operator)).toMatchObject({ ok: true });
});

test('.env.example names variables that exist, and those that must be set', () => {
  const named = [...read('.env.example').matchAll(/^#?([A-Z_]+)=/gm)].map((match) => match[1] as string);
  const known = [read('src/settings/environment.ts'), ...PROVIDER_VARIABLES.keys, ...PROVIDER_VARIABLES.urls].join(' ');
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
  const problems = readEnvironment({}, read);
  const missing = problems.ok ? [] : problems.reason.flatMap((problem) => /^([A-Z_]+) is not set/.exec(problem)?.[1] ?? []);
  expect(missing).not.toEqual([]);
  expect(named).toEqual(expect.arrayContaining(missing));
});
