// Everything that Planwright sends goes through one proxy, to names that only the proxy can resolve, with certificates that only the
// operator's own authority vouches for.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Check } from '../../src/doctor/check.ts';
import { runCli } from '../cli/run-cli.ts';
import { type Bot, startBot } from '../support/bot.ts';
import { copyDatabase } from '../support/database-template.ts';
import { type LocalGitHub, startLocalGitHub } from '../support/github/local-github.ts';
import { type LocalModels, startLocalModels } from '../support/models/local-models.ts';
import { type PrivateNetwork, startPrivateNetwork } from '../support/private-network.ts';
import { aComponent, aPlan, planning, SHOP_FILES } from '../support/shop.ts';
import { openIssue, scriptPlanner } from '../support/task-page.ts';

let github: LocalGitHub;
let models: LocalModels;
let network: PrivateNetwork;
let folder: string;
let bot: Bot | undefined;
let settings: Record<string, string>;

beforeAll(async () => {
  github = await startLocalGitHub();
  models = await startLocalModels();
  const modelHost = new URL(models.anthropicUrl).origin;
  network = await startPrivateNetwork({ 'github.internal.example': github.url, 'models.internal.example': modelHost });
  folder = mkdtempSync(join(tmpdir(), 'network-'));
  settings = {
    APP_ID: String(github.app.id),
    PRIVATE_KEY: github.app.privateKey,
    WEBHOOK_SECRET: github.app.webhookSecret,
    GITHUB_API_URL: 'https://github.internal.example/api/v3',
    GITHUB_SERVER_URL: 'https://github.internal.example',
    DATA_DIR: join(folder, 'data'),
    ANTHROPIC_API_KEY: 'a-local-key',
    ANTHROPIC_BASE_URL: models.anthropicUrl.replace(modelHost, 'https://models.internal.example'),
    OPENAI_API_KEY: 'a-local-key',
    OPENAI_BASE_URL: models.openaiUrl.replace(modelHost, 'https://models.internal.example'),
    EXECUTOR_MODEL: 'openai/gpt-next',
    HTTPS_PROXY: network.proxyUrl,
    NO_PROXY: 'localhost,127.0.0.1',
    NODE_EXTRA_CA_CERTS: network.authority,
  };
});
afterAll(async () => {
  await bot?.kill();
  network.close();
  await Promise.all([github.close(), models.close()]);
  rmSync(folder, { recursive: true, force: true });
});

/** `planwright doctor` with all variables in a .env, the key on several lines. */
async function doctor(without: readonly string[] = []): Promise<Check[]> {
  const file = join(folder, 'env');
  const given = Object.entries(settings).filter(([name]) => !without.includes(name));
  writeFileSync(file, given.map(([name, value]) => `${name}="${value}"\n`).join(''));
  const { stdout, stderr } = await runCli(['doctor', '--json'], { env: { ENV_FILE: file }, cwd: folder });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Check[];
}

it('doctor, with all of it in .env: GitHub, both SDKs and git get through', async () => {
  const repository = await github.addRepository({ owner: 'olga', name: 'shop', files: SHOP_FILES });
  const checks = await doctor();
  expect(checks.filter(({ status }) => status === 'fail')).toEqual([
    // Nobody has given the local GitHub an address yet.
    expect.objectContaining({ name: 'webhook address' }),
    expect.objectContaining({ name: 'webhook deliveries' }),
  ]);
  expect(checks.find(({ name }) => name === 'proxies and certificates')?.detail).toBe(
    `HTTPS_PROXY is ${network.proxyUrl}; NO_PROXY is localhost,127.0.0.1; 1 more certificate from ${network.authority}`,
  );
  expect(network.requests).toEqual(
    expect.arrayContaining([
      'GET https://github.internal.example/api/v3/app',
      'GET https://models.internal.example/anthropic/v1/models/claude-opus-5-5',
      'GET https://models.internal.example/openai/v1/models/gpt-next',
      `GET https://github.internal.example/${repository.fullName}.git/info/refs?service=git-upload-pack`,
    ]),
  );
  // git trusts the usual authorities as well.
  expect(readFileSync(join(folder, 'data/certificates.pem'), 'utf8').match(/BEGIN CERTIFICATE/g)?.length).toBeGreaterThan(50);
});

it('without the authority it says what is missing', async () => {
  const checks = await doctor(['NODE_EXTRA_CA_CERTS']);
  expect(checks.find(({ name }) => name === 'GitHub')).toMatchObject({
    status: 'fail',
    fix: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
  });
});

it('an issue becomes a plan', async () => {
  await copyDatabase(settings.DATA_DIR as string);
  bot = await startBot(settings);
  github.deliverTo(`${bot.url}/api/github/webhooks`);
  const repository = await github.addRepository({
    owner: 'olga',
    name: 'planned',
    files: { ...SHOP_FILES, '.github/planwright.yml': 'plan: { self_review: false }\n' },
  });
  const title = 'Limit the rate of orders';
  scriptPlanner(models, title, planning(aPlan([aComponent('limiter')], { title })));
  const page = await openIssue({ github, repository, title, body: 'Too many orders arrive.', by: 'olga' });
  await page.label('olga', 'plan');
  await page.statusIs('review');
  expect(network.requests).toContain('POST https://models.internal.example/anthropic/v1/messages');
  expect(network.requests).toContain('POST https://github.internal.example/olga/planned.git/git-upload-pack');
});
