import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { readEnvironment } from '../../../src/settings/environment/environment.ts';
import { openBrowser } from '../../support/browser.ts';
import { type LocalGitHub, startLocalGitHub } from '../../support/github/local-github.ts';
import { type LocalModels, startLocalModels } from '../../support/models/local-models.ts';

const ROOT = join(import.meta.dirname, '../../..');
let github: LocalGitHub;
let models: LocalModels;
let browser: Browser;
let folder: string;
let child: ChildProcess | undefined;

beforeAll(async () => {
  [github, models, browser] = await Promise.all([startLocalGitHub(), startLocalModels(), openBrowser()]);
  folder = mkdtempSync(join(tmpdir(), 'setup-'));
  github.addOrganization('engines', ['olga']);
});
afterAll(async () => {
  // The launcher passes this on; it could not pass on a SIGKILL.
  child?.kill('SIGTERM');
  await Promise.all([github?.close(), models?.close(), browser?.close()]);
  rmSync(folder, { recursive: true, force: true });
});

it('makes the App, keeps its credentials, waits for the installation and runs the checks', async () => {
  const file = join(folder, '.env');
  writeFileSync(file, `# ours\nANTHROPIC_API_KEY=a-local-key\nANTHROPIC_BASE_URL=${models.anthropicUrl}\n`, { mode: 0o644 });
  child = spawn(process.execPath, [join(ROOT, 'bin/planwright.mjs'), 'setup'], {
    cwd: folder,
    env: { PATH: process.env.PATH, GITHUB_SERVER_URL: github.url, DATA_DIR: join(folder, 'data'), SSH_CONNECTION: 'a b c d' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const ended = once(child, 'exit');
  while (!/ssh -L/.test(said)) await once(child.stdout as NodeJS.EventEmitter, 'data');
  const address = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(said)?.[0] ?? '';
  const port = new URL(address).port;
  expect(said).toContain(`ssh -L ${port}:127.0.0.1:${port} `);

  const page = await (await browser.newContext()).newPage();
  await page.goto(address);
  await page.getByLabel('Organisation').fill('engines');
  await page.getByLabel('Name').fill('Planwright of engines');
  await page.getByLabel('Public address').fill('planwright.example.com');
  await page.getByRole('button', { name: 'Continue to GitHub' }).click();
  await expect(page.getByText('An address like https://').textContent()).resolves.toBeTruthy();
  await page.getByLabel('Public address').fill('https://planwright.example.com/');
  await page.getByRole('button', { name: 'Continue to GitHub' }).click();
  await page.getByRole('button', { name: 'Create GitHub App' }).click();
  await page.getByRole('heading', { name: 'Install it on repositories' }).waitFor();

  expect(statSync(file).mode & 0o777).toBe(0o600);
  const kept = parseEnv(readFileSync(file, 'utf8'));
  expect(kept).toMatchObject({
    APP_ID: '9001',
    ANTHROPIC_API_KEY: 'a-local-key',
    GITHUB_SERVER_URL: github.url,
    GITHUB_API_URL: `${github.url}/api/v3`,
    CLIENT_ID: 'Iv23li9001',
    CLIENT_SECRET: expect.stringMatching(/^[0-9a-f]{40}$/),
  });
  expect(readFileSync(file, 'utf8')).toMatch(/^# ours\n/);
  expect(readEnvironment(kept, String).ok).toBe(true);

  // A second look at the address, and a reload, change nothing; another browser gets nothing.
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.getByRole('heading', { name: 'Install it on repositories' }).waitFor();
  const other = await (await browser.newContext()).newPage();
  expect((await other.goto(address))?.status()).toBe(403);

  const popup = page.waitForEvent('popup');
  await page.getByRole('link', { name: 'Install Planwright of engines' }).click();
  const install = await popup;
  await install.getByRole('textbox').fill('engines');
  await install.getByRole('button', { name: 'Install' }).click();
  await page.getByText('Start Planwright with').waitFor();
  expect(await page.getByText('belongs to planwright-of-engines (9001)').count()).toBe(1);
  expect(await page.getByText('https://planwright.example.com/api/github/webhooks').count()).toBe(1);
  expect(await ended).toEqual([0, null]);
  expect(said).toMatch(/ok +installations +engines/);
});
