// The files around the code that somebody else reads: GitHub, and Planwright itself.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { APP_DESCRIPTION, APP_EVENTS, APP_PERMISSIONS, WEBHOOK_PATH } from '../src/settings/app-facts.ts';
import { readEnvironment } from '../src/settings/environment.ts';
import { PROVIDER_VARIABLES } from '../src/settings/provider-settings.ts';
import { parseSettings } from '../src/settings/repository-settings.ts';
import { fileVariable, SECRET_VARIABLES } from '../src/settings/variable-spellings.ts';
import * as local from './support/github/accounts.ts';

const read = (path: string) => readFileSync(path, 'utf8');

test('app.yml asks for what the program knows the App to have', () => {
  const manifest = parse(read('app.yml'));
  expect(manifest.default_permissions).toEqual(APP_PERMISSIONS);
  expect(manifest.default_events).toEqual(APP_EVENTS);
  expect(manifest.description).toBe(APP_DESCRIPTION);
  expect(new URL(manifest.hook_attributes.url).pathname).toBe(WEBHOOK_PATH);
  expect(manifest.public).toBe(false);
});

test('the App on the local GitHub, with which all scenarios run, has the same', () => {
  expect(local.APP_PERMISSIONS).toEqual(APP_PERMISSIONS);
  // GitHub sends `installation` to every App, and refuses a manifest that lists it.
  expect([...local.APP_EVENTS].sort()).toEqual([...APP_EVENTS, 'installation'].sort());
});

test('this repository is set up for Planwright', () => {
  const operator = { planner: 'anthropic/deep', executor: 'anthropic/fast', allowed: null, providers: ['anthropic'] as const };
  expect(parseSettings(read('.github/planwright.yml'), operator)).toMatchObject({ ok: true });
});

test('.env.example names variables that exist, and those that must be set', () => {
  const named = [...read('.env.example').matchAll(/^#?([A-Z_]+)=/gm)].map((match) => match[1] as string);
  const known = [
    read('src/settings/environment.ts'),
    ...SECRET_VARIABLES.map(fileVariable),
    ...PROVIDER_VARIABLES.keys,
    ...PROVIDER_VARIABLES.urls,
  ].join(' ');
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
  const problems = readEnvironment({}, read);
  const missing = problems.ok ? [] : problems.reason.flatMap((problem) => /^([A-Z_]+) is not set/.exec(problem)?.[1] ?? []);
  expect(missing).not.toEqual([]);
  expect(named).toEqual(expect.arrayContaining(missing));
});
