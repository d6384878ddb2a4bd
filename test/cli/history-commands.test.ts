import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { pino } from 'pino';
import { openHistory } from '../../src/adapters/store/history/history.ts';
import { historyReader } from '../../src/adapters/store/history/reader.ts';
import { openStore, type Store } from '../../src/adapters/store/open-store.ts';
import { openSpendTable } from '../../src/adapters/store/spend-table.ts';
import { runProgram } from '../../src/cli/program.ts';
import { createSigner } from '../../src/dashboard/access/signed.ts';
import { createDashboard } from '../../src/dashboard/dashboard.ts';
import { createAdminServer } from '../../src/http/admin-server.ts';
import { readEnvironment } from '../../src/settings/environment/environment.ts';
import { aListedTask, aTurn } from '../dashboard/a-task.ts';
import { EMPTY_DATABASES } from '../support/cache.ts';
import { freePort } from '../support/free-port.ts';
import { startLocalGitHub } from '../support/github/local-github.ts';
import { runCli } from './run-cli.ts';

const log = pino({ level: 'silent' });
let dataDir: string;
let env: Record<string, string>;

async function openHere(): Promise<Store> {
  const opened = await openStore({ databaseUrl: null, dataDir, emptyDatabases: EMPTY_DATABASES, log });
  if (!opened.ok) throw new Error(opened.reason);
  return opened.value;
}

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'planwright-export-'));
  const github = await startLocalGitHub();
  env = {
    APP_ID: '1',
    PRIVATE_KEY: github.app.privateKey,
    WEBHOOK_SECRET: 'a webhook secret of some length',
    ANTHROPIC_API_KEY: 'a-key-of-the-provider',
    DATA_DIR: dataDir,
    ADMIN_PORT: String(await freePort()),
  };
  await github.close();
  const store = await openHere();
  await openSpendTable(store.pool);
  const history = await openHistory({
    pool: store.pool,
    redact: (text) => text,
    retention: { days: 30, auditDays: 365 },
  });
  const { task, title, headline, next, startedBy, record, plan, limits } = aListedTask();
  const at = new Date().toISOString();
  const approved = {
    ...{
      key: 'a',
      kind: 'approved' as const,
      at,
      by: 'wanda',
      way: 'review' as const,
      component: null,
      blob: 'b'.repeat(40),
      pull: 2,
    },
    ...{ commit: null, source: null, usd: null, text: null, plan: null },
  };
  await history.noteTask(
    { task, title, state: 'executing', headline, next, startedBy, startedAt: at, usd: 1, details: { record, plan, limits } },
    [approved],
  );
  // A fence that the text could close, and a secret that was not known when it was written.
  await history.noteTurn({ ...aTurn('```\n# not a heading\na-key-of-the-provider'), task, at: Date.now() });
  await store.close();
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const TASK = ['export', 'olga/shop#1'];

test('a server that is stopped: the store is read, and both files are for their owner alone', async () => {
  const output = join(dataDir, 'out');
  const { code, stdout, stderr } = await runCli([...TASK, '--output', output], { env });
  expect([code, stderr, stdout.trim().split('\n')]).toEqual([
    0,
    '',
    [join(output, 'olga-shop-1.md'), join(output, 'olga-shop-1.json')],
  ]);
  expect(readdirSync(output).map((name) => statSync(join(output, name)).mode & 0o777)).toEqual([0o600, 0o600]);
  const json = JSON.parse(readFileSync(join(output, 'olga-shop-1.json'), 'utf8'));
  expect(json).toMatchObject({
    version: 1,
    task: { title: 'Limit the rate of orders' },
    conversations: [{ transcript: [{ name: 'turn 1' }] }],
    audit: [{ by: 'wanda' }],
  });
  const markdown = readFileSync(join(output, 'olga-shop-1.md'), 'utf8');
  expect(markdown).toContain('````\n```\n# not a heading\n[redacted]\n````');
  expect(JSON.stringify(json) + markdown).not.toContain('a-key-of-the-provider');
});

test('a server that is running: it is asked, with a pass that it believes', async () => {
  const store = await openHere();
  const environment = readEnvironment(env, () => '');
  if (!environment.ok) throw new Error(environment.reason.join());
  const pages = createDashboard({
    ...{ reader: historyReader(store.reading), visibleTo: async () => 'all' as const, signer: createSigner(environment.value) },
    ...{ signIn: null, token: null, publicUrl: null, serverUrl: 'https://github.com', limits: { perDay: null, perMonth: null } },
    ...{ problems: { note: () => {}, list: () => [] }, redact: (text: string) => text, log, now: Date.now },
  });
  const server = createAdminServer({ expose: async () => ({ contentType: 'text/plain', text: '' }) }, pages, log);
  const { port }: AddressInfo = await server.listen(Number(env.ADMIN_PORT), '127.0.0.1');
  try {
    const exported = await runCli([...TASK, '--format', 'json', '--output', '-'], { env });
    expect([exported.code, JSON.parse(exported.stdout).task.title]).toEqual([0, 'Limit the rate of orders']);
    const audit = await runCli(['audit', '--since', '1d', '--json'], { env });
    expect(JSON.parse(audit.stdout)).toMatchObject({ by: 'wanda', repository: 'olga/shop', issue: 1 });
    expect((await runCli(['export', 'olga/shop#2'], { env })).stderr).toContain('Nothing is kept of olga/shop#2.');
  } finally {
    await server.close();
  }
  const silent = await runCli([...TASK], { env });
  expect([silent.code, silent.stderr]).toEqual([1, expect.stringContaining(`127.0.0.1:${port}`)]);
  await store.close();
});

test.each([
  [['export', 'olga/shop'], /OWNER\/REPO#N/],
  [['export', 'olga/../shop#1'], /OWNER\/REPO#N/],
  [['audit', '--since', 'yesterday'], /a day such as/],
  [['export', 'olga/shop#1', '--output', '-'], /choose one/],
])('%j is not understood, and says why', async (args, why) => {
  const said: string[] = [];
  const spies = [
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0),
    jest.spyOn(console, 'error').mockImplementation((text) => void said.push(String(text))),
  ];
  const code = await runProgram(args);
  for (const spy of spies) spy.mockRestore();
  expect([code, said.join('')]).toEqual([2, expect.stringMatching(why)]);
});
