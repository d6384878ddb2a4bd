import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { collectChecks } from '../../src/cli/collect-checks.ts';
import type { Check } from '../../src/doctor/check.ts';
import { reportText } from '../../src/doctor/report.ts';
import { APP_EVENTS, APP_PERMISSIONS } from '../../src/settings/app-facts.ts';
import { type LocalGitHub, startLocalGitHub } from '../support/github/local-github.ts';
import { type LocalModels, startLocalModels } from '../support/models/local-models.ts';
import { runCli } from './run-cli.ts';

let github: LocalGitHub;
let models: LocalModels;
let receiver: Server;
let dataDir: string;
let healthy: Record<string, string>;

beforeAll(async () => {
  github = await startLocalGitHub();
  models = await startLocalModels();
  receiver = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  github.deliverTo(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}`);
  dataDir = mkdtempSync(join(tmpdir(), 'doctor-'));
  await github.addRepository({ owner: 'ada', name: 'engine', files: { 'README.md': '# Engine\n' } });
  await github.idle();
  healthy = {
    APP_ID: String(github.app.id),
    PRIVATE_KEY: github.app.privateKey,
    WEBHOOK_SECRET: github.app.webhookSecret,
    GITHUB_API_URL: `${github.url}/api/v3`,
    GITHUB_SERVER_URL: github.url,
    DATA_DIR: dataDir,
    ANTHROPIC_API_KEY: 'a-local-key',
    ANTHROPIC_BASE_URL: models.anthropicUrl,
    OPENAI_API_KEY: 'another-local-key',
    OPENAI_BASE_URL: models.openaiUrl,
  };
});
beforeEach(() => github.deliverTo('https://planwright.example.com/api/github/webhooks'));
afterAll(async () => {
  receiver.close();
  await Promise.all([github.close(), models.close()]);
  rmSync(dataDir, { recursive: true, force: true });
});

it('a healthy set-up: nothing is wrong, nothing is written, no model is asked', async () => {
  const run = await runCli(['doctor', '--json'], { env: healthy });
  const checks = JSON.parse(run.stdout) as Check[];
  expect(checks.filter(({ status }) => status !== 'ok')).toEqual([
    expect.objectContaining({ name: 'prices', status: 'warn', detail: expect.stringContaining('partly assumed') }),
  ]);
  expect(run.code).toBe(0);
  expect(checks.map(({ name }) => name)).toEqual([
    'environment',
    'proxies and certificates',
    'git',
    'disk space',
    'database',
    'GitHub',
    'clock',
    'private key',
    'permissions of the App',
    'events of the App',
    'webhook address',
    'webhook deliveries',
    'installations',
    'git fetch',
    'planner: anthropic/claude-opus-5-5',
    'executor: anthropic/claude-haiku-5-5',
    'provider openai',
    'prices',
  ]);
  expect(models.requests).toEqual([]);
  expect(existsSync(join(dataDir, 'planwright.lock'))).toBe(false);
  expect(reportText(checks)).toMatch(/^ok +git fetch +.*ada\/engine\.git$/m);
  expect(reportText(checks)).toMatch(/^17 ok, 1 warning$/m);
});

it('something wrong ends with 1, and the text says what to do', async () => {
  const run = await runCli(['doctor'], { env: { ...healthy, DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/planwright' } });
  expect(run.stdout).toMatch(/^FAIL +database .*cannot be opened.*\n +-> Check DATABASE_URL/m);
  expect(run.code).toBe(1);
});

describe('a broken set-up is named, with what to do', () => {
  const otherKey = () =>
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  const app = (change: object) => ({
    id: 4711,
    slug: 'planwright',
    html_url: `${github.url}/apps/planwright`,
    permissions: APP_PERMISSIONS,
    events: APP_EVENTS,
    ...change,
  });
  const answer = (path: RegExp, body: unknown, headers = {}) =>
    github.fault({ method: 'GET', path, respond: { status: 200, body, headers } });
  const delivery = (status_code: number, status: string) => [
    {
      id: 1,
      guid: 'g',
      delivered_at: new Date().toISOString(),
      redelivery: false,
      duration: 1,
      status,
      status_code,
      event: 'issues',
      action: 'labeled',
    },
  ];

  type Case = [
    name: string,
    change: () => Record<string, string>,
    check: string,
    status: Check['status'],
    detail: RegExp,
    fix: RegExp,
  ];
  const cases: Case[] = [
    [
      'variables are missing',
      () => ({ APP_ID: '', WEBHOOK_SECRET: 'short' }),
      'environment',
      'fail',
      /APP_ID is not set/,
      /npm run setup/,
    ],
    [
      'PRICES_FILE is no JSON',
      () => {
        writeFileSync(join(dataDir, 'prices.json'), '{');
        return { PRICES_FILE: join(dataDir, 'prices.json') };
      },
      'environment',
      'fail',
      /PRICES_FILE .* cannot be used/,
      /\.env/,
    ],
    [
      'the key of another App',
      () => ({ PRIVATE_KEY: otherKey() }),
      'private key',
      'fail',
      /refused the key of App 4711/,
      /APP_ID and PRIVATE_KEY/,
    ],
    [
      'nobody answers',
      () => ({ GITHUB_API_URL: 'http://127.0.0.1:1' }),
      'GitHub',
      'fail',
      /127\.0\.0\.1:1 cannot be reached/,
      /GITHUB_API_URL/,
    ],
    [
      'a clock of tomorrow',
      () => {
        github.fault({
          method: 'HEAD',
          respond: { status: 200, headers: { date: new Date(Date.now() + 86_400_000).toUTCString() } },
        });
        return {};
      },
      'clock',
      'fail',
      /86\d\d\d s behind/,
      /NTP/,
    ],
    [
      'a permission is missing',
      () => {
        answer(/^\/app$/, app({ permissions: { contents: 'read', issues: 'write', metadata: 'read' } }));
        return {};
      },
      'permissions of the App',
      'fail',
      /contents: write, pull_requests: write, checks: write/,
      /\/settings\/apps\/planwright\/permissions/,
    ],
    [
      'an event is missing',
      () => {
        answer(/^\/app$/, app({ events: ['issues'] }));
        return {};
      },
      'events of the App',
      'fail',
      /issue_comment, pull_request/,
      /Subscribe to events/,
    ],
    [
      'the webhook leads elsewhere',
      () => {
        github.deliverTo('https://planwright.example.com/');
        return {};
      },
      'webhook address',
      'fail',
      /does not end with/,
      /\/api\/github\/webhooks/,
    ],
    [
      'another webhook secret',
      () => {
        answer(/\/app\/hook\/deliveries/, delivery(401, 'Invalid HTTP Response: 401'));
        return {};
      },
      'webhook deliveries',
      'fail',
      /401 \(issues\)/,
      /WEBHOOK_SECRET/,
    ],
    [
      'GitHub does not reach the server',
      () => {
        answer(/\/app\/hook\/deliveries/, delivery(0, 'failed to connect to host'));
        return {};
      },
      'webhook deliveries',
      'fail',
      /failed to connect to host/,
      /firewall/,
    ],
    [
      'an installation has not accepted a permission',
      () => {
        answer(/\/app\/installations/, [
          {
            id: 1,
            account: { login: 'ada' },
            html_url: 'https://x/installations/1',
            suspended_at: null,
            permissions: { ...app({}).permissions, checks: 'read' },
            events: app({}).events,
          },
        ]);
        return {};
      },
      'installation at ada',
      'fail',
      /has not accepted: checks: write/,
      /permissions\/update/,
    ],
    [
      'a provider refuses the key',
      () => {
        models.revoke('a-revoked-key');
        return { ANTHROPIC_API_KEY: 'a-revoked-key' };
      },
      'planner: anthropic/claude-opus-5-5',
      'fail',
      /anthropic refused the key/,
      /ANTHROPIC_API_KEY/,
    ],
    [
      'so does one that no default model uses',
      () => ({ OPENAI_API_KEY: 'a-revoked-key' }),
      'provider openai',
      'fail',
      /refused the key/,
      /OPENAI_API_KEY/,
    ],
    [
      'a retired model',
      () => {
        models.retire('claude-gone');
        return { EXECUTOR_MODEL: 'anthropic/claude-gone' };
      },
      'executor: anthropic/claude-gone',
      'fail',
      /does not know/,
      /EXECUTOR_MODEL/,
    ],
    [
      'no database',
      () => ({ DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/planwright' }),
      'database',
      'fail',
      /cannot be opened/,
      /DATABASE_URL/,
    ],
    [
      'git reads from another address',
      () => ({ GITHUB_SERVER_URL: 'http://127.0.0.1:1' }),
      'git fetch',
      'fail',
      /git cannot read ada\/engine: /,
      /GITHUB_SERVER_URL/,
    ],
    [
      'a proxy that is no URL',
      () => ({ HTTPS_PROXY: 'proxy:3128' }),
      'proxies and certificates',
      'fail',
      /HTTPS_PROXY must be a URL/,
      /Correct/,
    ],
    [
      'certificates that are not there',
      () => ({ NODE_EXTRA_CA_CERTS: '/nowhere.pem' }),
      'proxies and certificates',
      'fail',
      /NODE_EXTRA_CA_CERTS names \/nowhere\.pem, which cannot be read/,
      /Correct/,
    ],
  ];
  it.each(cases)('%s', async (_, change, name, status, detail, fix) => {
    const checks = await collectChecks({ ...healthy, ...change() });
    expect(checks.filter((check) => check.name === name)).toContainEqual({
      name,
      status,
      detail: expect.stringMatching(detail),
      fix: expect.stringMatching(fix),
    });
  });
});
