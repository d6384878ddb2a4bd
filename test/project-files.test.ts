// The files around the code that somebody else reads: GitHub, and Planwright itself.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { APP_DESCRIPTION, APP_EVENTS, APP_PERMISSIONS, WEBHOOK_PATH } from '../src/settings/app-facts.ts';
import { readEnvironment } from '../src/settings/environment/environment.ts';
import { PROVIDER_VARIABLES } from '../src/settings/environment/provider-settings.ts';
import { fileVariable, SECRET_VARIABLES } from '../src/settings/environment/variable-spellings.ts';
import { parseSettings } from '../src/settings/repository-settings.ts';
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

test('however the server is started, Node gets the same flags', () => {
  const flagsIn = (text: string): string[] => [...text.matchAll(/--[a-z-]+=\w+/g)].map(([flag]) => flag);
  const { scripts } = JSON.parse(read('package.json'));
  const flags = flagsIn(scripts.start);
  expect(flags).toContain('--max-semi-space-size=2');
  expect(flagsIn(/^const flags = .*$/m.exec(read('bin/planwright.mjs'))?.[0] ?? '')).toEqual(flags);
  expect(flagsIn(/^ENTRYPOINT .*$/m.exec(read('Dockerfile'))?.[0] ?? '')).toEqual(flags);
  expect(flagsIn(/^ExecStart=.*$/m.exec(read('deploy/planwright.service'))?.[0] ?? '')).toEqual(flags);
});

test('this repository is set up for Planwright', () => {
  const operator = { planner: 'anthropic/deep', executor: 'anthropic/fast', allowed: null, providers: ['anthropic'] as const };
  expect(parseSettings(read('.github/planwright.yml'), operator)).toMatchObject({ ok: true });
});

test('.env.example names variables that exist, and those that must be set', () => {
  const named = [...read('.env.example').matchAll(/^#?([A-Z_]+)=/gm)].map((match) => match[1] as string);
  const known = [
    read('src/settings/environment/environment.ts'),
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

describe('what it is installed with', () => {
  const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts;
  const start = scripts.start?.split(' ').slice(1) ?? [];

  test('everything starts the same command', () => {
    const unit = read('deploy/planwright.service');
    expect(/^ExecStart=\S+\/node_modules\/\.bin\/node (.*)$/m.exec(unit)?.[1]?.split(' ')).toEqual(start);
    const image = read('Dockerfile');
    const entry = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(image)?.[1] ?? '[]');
    const command = JSON.parse(/^CMD (.*)$/m.exec(image)?.[1] ?? '[]');
    expect([...entry, ...command]).toEqual(['node', ...start]);
  });

  test('all of them wait longer than a stop takes', () => {
    const seconds = DRAIN_SECONDS + 1;
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(read('deploy/planwright.service'))?.[1])).toBeGreaterThan(seconds);
    expect(Number.parseInt(parse(read('compose.yml')).services.planwright.stop_grace_period, 10)).toBeGreaterThan(seconds);
    expect(deployment().spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(seconds);
  });

  test('the variables they set exist, and the files they name are mounted', () => {
    const { containers, volumes } = deployment().spec.template.spec;
    const [container] = containers;
    const secret = manifests().find(({ kind }) => kind === 'Secret');
    const secrets = parse(read('deploy/compose.secrets.yml'));
    const set = { ...secrets.services.planwright.environment, ...parse(read('compose.yml')).services.planwright.environment };
    for (const { name, value } of container.env) {
      expect(KNOWN).toContain(name);
      if (name.endsWith('_FILE')) expect(Object.keys(secret.stringData)).toContain(value.split('/').at(-1));
    }
    for (const name of Object.keys(set)) expect(KNOWN).toContain(name);
    expect(secrets.services.planwright.secrets).toEqual(Object.keys(secrets.secrets));
    for (const { name } of container.volumeMounts) expect(volumes.map((volume: { name: string }) => volume.name)).toContain(name);
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'])
      expect(['/healthz', '/readyz']).toContain(container[probe].httpGet.path);
  });

  test('the launcher, the image and the documented minimum agree on the versions of Node', () => {
    expect(read('bin/planwright.mjs')).toContain('minor >= 20');
    expect(new Set([...read('Dockerfile').matchAll(/^FROM node:(\S+)/gm)].map((match) => match[1]))).toEqual(
      new Set(['24-slim']),
    );
  });

  test('what the release runs is there', () => {
    const { jobs } = parse(read('.github/workflows/release.yml'));
    const runs = Object.values(jobs as Record<string, { steps?: { run?: string }[] }>).flatMap(({ steps = [] }) =>
      steps.map(({ run }) => run ?? ''),
    );
    for (const [path] of runs.join('\n').matchAll(/scripts\/\S+/g)) expect(existsSync(path)).toBe(true);
    expect(parse(read('.github/workflows/ci.yml')).on).toHaveProperty('workflow_call');
    for (const [name, { needs = [] }] of Object.entries(jobs as Record<string, { needs?: string }>))
      expect([name, [needs].flat()]).toEqual([name, [needs].flat().filter((other) => other in jobs)]);
  });
});

const manifests = () => parseAllDocuments(read('deploy/kubernetes.yaml')).map((document) => document.toJS());
const deployment = () => manifests().find(({ kind }) => kind === 'Deployment');
/** src/main.ts: the deliveries in flight, then the running steps. */
const DRAIN_SECONDS = [...read('src/main.ts').matchAll(/(?:deliveries|steps): (\d+)_000/g)].reduce(
  (sum, match) => sum + Number(match[1]),
  0,
);
const KNOWN = [
  read('src/settings/environment/environment.ts'),
  ...PROVIDER_VARIABLES.keys,
  ...PROVIDER_VARIABLES.urls,
  ...SECRET_VARIABLES.map(fileVariable),
].join(' ');
