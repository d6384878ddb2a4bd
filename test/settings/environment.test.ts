import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { readEnvironment } from '../../src/settings/environment/environment.ts';
import { secretsIn } from '../../src/settings/environment/environment-secrets.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pkcs1 = rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const pkcs8 = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const enough = { APP_ID: '12', PRIVATE_KEY: pkcs1, WEBHOOK_SECRET: '0123456789abcdef', ANTHROPIC_API_KEY: 'key-a' };

const noFile = (): string => {
  throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
};
const read = (variables: Record<string, string | undefined>, readFile: (path: string) => string = noFile) =>
  readEnvironment(variables, readFile);

function accepted(variables: Record<string, string | undefined>, readFile?: (path: string) => string) {
  const environment = read(variables, readFile);
  if (!environment.ok) throw new Error(environment.reason.join('\n'));
  return environment.value;
}
function problems(variables: Record<string, string | undefined>, readFile?: (path: string) => string) {
  const environment = read(variables, readFile);
  return environment.ok ? [] : environment.reason;
}

test('what is needed is enough; the rest has defaults', () => {
  expect(accepted(enough)).toEqual({
    appId: 12,
    privateKey: pkcs8,
    webhookSecret: '0123456789abcdef',
    githubApiUrl: 'https://api.github.com',
    githubServerUrl: 'https://github.com',
    host: '0.0.0.0',
    port: 3000,
    admin: null,
    dashboard: null,
    retention: { days: 30, auditDays: 365 },
    databaseUrl: null,
    dataDir: './data',
    providers: { anthropic: { apiKey: 'key-a', baseUrl: null }, openai: null, gemini: null, compatible: null },
    models: {
      planner: 'anthropic/claude-opus-5-5',
      executor: 'anthropic/claude-haiku-5-5',
      allowed: null,
      providers: ['anthropic'],
    },
    pricesFile: null,
    checksGraceSeconds: 60,
    caps: { perDay: null, perMonth: null },
    allowedAccounts: null,
    logLevel: 'info',
    traces: null,
  });
});

test('everything that can be set is read, trimmed, without slashes at the end of URLs', () => {
  expect(
    accepted({
      ...enough,
      GITHUB_API_URL: 'https://ghe.example/api/v3/',
      GITHUB_SERVER_URL: ' https://ghe.example ',
      HOST: '127.0.0.1',
      PORT: '0',
      DATABASE_URL: 'postgres://u:p%40w@db:5432/planwright?sslmode=require',
      DATA_DIR: '/var/lib/planwright',
      ANTHROPIC_BASE_URL: 'http://localhost:1/anthropic/',
      OPENAI_API_KEY: 'key-o',
      OPENAI_BASE_URL: 'https://gateway.example/openai/v1',
      GEMINI_API_KEY: 'key-g',
      COMPATIBLE_BASE_URL: 'http://ollama:11434/v1/',
      PLANNER_MODEL: 'openai/gpt-6',
      EXECUTOR_MODEL: 'compatible/meta-llama/llama-4:free',
      ALLOWED_MODELS: 'anthropic/*, openai/gpt-*\n compatible/*',
      PRICES_FILE: 'prices.json',
      CHECKS_GRACE_SECONDS: '0',
      BUDGET_USD_PER_DAY: '0',
      BUDGET_USD_PER_MONTH: '250.50',
      ALLOWED_ACCOUNTS: 'Olga, guild',
      LOG_LEVEL: 'debug',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/',
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20a-long-secret, x-tenant=7',
      OTEL_SERVICE_NAME: 'planwright-eu',
    }),
  ).toMatchObject({
    githubApiUrl: 'https://ghe.example/api/v3',
    githubServerUrl: 'https://ghe.example',
    host: '127.0.0.1',
    port: 0,
    databaseUrl: 'postgres://u:p%40w@db:5432/planwright?sslmode=require',
    dataDir: '/var/lib/planwright',
    providers: {
      anthropic: { apiKey: 'key-a', baseUrl: 'http://localhost:1/anthropic' },
      openai: { apiKey: 'key-o', baseUrl: 'https://gateway.example/openai/v1' },
      gemini: { apiKey: 'key-g', baseUrl: null },
      compatible: { apiKey: null, baseUrl: 'http://ollama:11434/v1' },
    },
    models: {
      planner: 'openai/gpt-6',
      executor: 'compatible/meta-llama/llama-4:free',
      allowed: ['anthropic/*', 'openai/gpt-*', 'compatible/*'],
      providers: ['anthropic', 'openai', 'gemini', 'compatible'],
    },
    pricesFile: 'prices.json',
    checksGraceSeconds: 0,
    caps: { perDay: 0, perMonth: 250.5 },
    allowedAccounts: ['olga', 'guild'],
    logLevel: 'debug',
    traces: {
      endpoint: 'http://collector:4318',
      headers: { Authorization: 'Bearer a-long-secret', 'x-tenant': '7' },
      serviceName: 'planwright-eu',
    },
  });
});

describe('the private key', () => {
  const escaped = pkcs1.replaceAll('\n', '\\n');
  test.each([
    ['PKCS#1', pkcs1],
    ['PKCS#8', pkcs8],
    ['with \\n written out', escaped],
    ['in the quotes of an env file', `"${escaped}"`],
    ['in base64', Buffer.from(pkcs1).toString('base64')],
    [
      'in base64, wrapped',
      (
        Buffer.from(pkcs1)
          .toString('base64')
          .match(/.{1,76}/g) ?? []
      ).join('\n'),
    ],
    ['with Windows line ends', pkcs1.replaceAll('\n', '\r\n')],
  ])('%s', (_, key) => {
    expect(accepted({ ...enough, PRIVATE_KEY: key }).privateKey).toBe(pkcs8);
  });

  test('from a file', () => {
    const environment = accepted({ ...enough, PRIVATE_KEY: '', PRIVATE_KEY_PATH: 'key.pem' }, (path) =>
      path === 'key.pem' ? pkcs1 : noFile(),
    );
    expect(environment.privateKey).toBe(pkcs8);
  });

  test('every secret from a file, with its line break at the end', () => {
    const files: Record<string, string> = {
      '/run/secrets/key': pkcs1,
      '/run/secrets/hook': 'a-secret-of-24-characters\n',
      '/run/secrets/anthropic': 'key-b\n',
      '/run/secrets/database': 'postgresql://u:p@db/planwright\n',
    };
    const environment = accepted(
      {
        APP_ID: '12',
        PRIVATE_KEY_FILE: '/run/secrets/key',
        WEBHOOK_SECRET_FILE: '/run/secrets/hook',
        ANTHROPIC_API_KEY_FILE: '/run/secrets/anthropic',
        DATABASE_URL_FILE: '/run/secrets/database',
      },
      (path) => files[path] ?? noFile(),
    );
    expect(environment).toMatchObject({
      privateKey: pkcs8,
      webhookSecret: 'a-secret-of-24-characters',
      databaseUrl: 'postgresql://u:p@db/planwright',
    });
    expect(environment.providers.anthropic?.apiKey).toBe('key-b');
  });

  test('a file that cannot be read is one problem, not also a missing secret', () => {
    const variables = { APP_ID: '12', PRIVATE_KEY: pkcs1, WEBHOOK_SECRET_FILE: 'a', ANTHROPIC_API_KEY_FILE: 'b' };
    expect(problems(variables)).toEqual([
      expect.stringMatching(/^WEBHOOK_SECRET_FILE cannot be read \(ENOENT\)/),
      expect.stringMatching(/^ANTHROPIC_API_KEY_FILE cannot be read \(ENOENT\)/),
    ]);
  });

  test('the address of the operator', () => {
    expect(accepted({ ...enough, ADMIN_PORT: '9090' }).admin).toEqual({ host: '127.0.0.1', port: 9090 });
    expect(accepted({ ...enough, ADMIN_PORT: '9090', ADMIN_HOST: '0.0.0.0' }).admin).toEqual({ host: '0.0.0.0', port: 9090 });
    expect(accepted({ ...enough, ADMIN_HOST: '0.0.0.0' }).admin).toBeNull();
    expect(accepted({ ...enough, PUBLIC_URL: 'https://pw.example' }).admin).toEqual({ host: '127.0.0.1', port: 3001 });
  });

  const [PUBLIC_URL, ADMIN_TOKEN] = ['https://pw.example/', 'sixteen characters'];
  const oauth = { CLIENT_ID: 'Iv1', CLIENT_SECRET: 'a client secret' };
  const github = { clientId: 'Iv1', clientSecret: 'a client secret' };
  test.each([
    ['nothing', {}, null],
    ['what the set-up writes', oauth, null],
    ['an address alone', { PUBLIC_URL }, null],
    ['a token', { ADMIN_TOKEN }, { publicUrl: null, github: null, token: ADMIN_TOKEN }],
    ['GitHub', { PUBLIC_URL, ...oauth }, { publicUrl: 'https://pw.example', github, token: null }],
    ['both', { PUBLIC_URL, ...oauth, ADMIN_TOKEN }, { publicUrl: 'https://pw.example', github, token: ADMIN_TOKEN }],
    [
      'this machine',
      { PUBLIC_URL: 'http://localhost:9090', ADMIN_TOKEN },
      { publicUrl: 'http://localhost:9090', github: null, token: ADMIN_TOKEN },
    ],
  ])('the ways into the dashboard with %s', (_, variables, dashboard) => {
    const environment = accepted({ ...enough, ...variables });
    expect(environment.dashboard).toEqual(dashboard);
    expect(secretsIn(environment)).toEqual(expect.arrayContaining(Object.values(dashboard?.token ? { ADMIN_TOKEN } : {})));
  });

  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const publicKey = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const encrypted = rsa.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString();
  test.each([
    ['missing', { PRIVATE_KEY: '' }, /^PRIVATE_KEY is not set/],
    ['given twice', { PRIVATE_KEY_PATH: 'key.pem' }, /^PRIVATE_KEY and PRIVATE_KEY_PATH are both set/],
    [
      'a file that is not there',
      { PRIVATE_KEY: '', PRIVATE_KEY_PATH: 'gone.pem' },
      /^PRIVATE_KEY_PATH cannot be read \(ENOENT\)/,
    ],
    ['the path instead of the key', { PRIVATE_KEY: './key.pem' }, /^PRIVATE_KEY is neither a PEM/],
    ['cut off', { PRIVATE_KEY: pkcs1.slice(0, 400) }, /^PRIVATE_KEY is a PEM that cannot be read/],
    ['encrypted', { PRIVATE_KEY: encrypted }, /^PRIVATE_KEY is a PEM that cannot be read/],
    ['public', { PRIVATE_KEY: publicKey }, /^PRIVATE_KEY is a PEM that cannot be read/],
    ['of another kind', { PRIVATE_KEY: ec }, /^PRIVATE_KEY is not an RSA key/],
  ])('%s', (_, variables, problem) => {
    expect(problems({ ...enough, ...variables })).toEqual([expect.stringMatching(problem)]);
  });
});

describe('one thing wrong, one sentence', () => {
  test.each([
    ['APP_ID', '', /is not set/],
    ['APP_ID', 'Iv23lictid', /not the Client ID/],
    ['WEBHOOK_SECRET', '', /is not set/],
    ['WEBHOOK_SECRET', 'fifteen charact', /16 characters or more/],
    ['ADMIN_TOKEN', 'fifteen charact', /16 characters or more/],
    ['PUBLIC_URL', 'http://pw.example', /https address without a path/],
    ['PUBLIC_URL', 'https://pw.example/below', /https address without a path/],
    ['CLIENT_ID', 'Iv1', /CLIENT_SECRET is not/],
    ['CLIENT_SECRET', 'x', /CLIENT_ID is not/],
    ['RETENTION_DAYS', '0', /whole number from 1/],
    ['GITHUB_API_URL', 'api.github.com', /must be a URL/],
    ['GITHUB_API_URL', 'https://me:token@api.github.com', /without user/],
    ['GITHUB_SERVER_URL', 'git@github.com:x', /must be a URL/],
    ['PORT', '80a', /from 0 to 65535/],
    ['PORT', '65536', /from 0 to 65535/],
    ['DATABASE_URL', 'mysql://db/planwright', /postgresql:/],
    ['DATABASE_URL', 'postgres://db', /postgresql:/],
    ['ANTHROPIC_BASE_URL', 'https://proxy.example/v1/', /without \/v1/],
    ['OPENAI_BASE_URL', 'https://proxy.example/v1', /OPENAI_API_KEY is not/],
    ['GEMINI_BASE_URL', 'https://proxy.example/v1beta/openai', /GEMINI_API_KEY is not/],
    ['COMPATIBLE_BASE_URL', 'http://localhost:8000', /usually \/v1/],
    ['COMPATIBLE_API_KEY', 'key', /COMPATIBLE_BASE_URL is not/],
    ['ANTHROPIC_API_KEY', '', /at least one of/],
    ['PLANNER_MODEL', 'claude-opus-5-5', /provider\/model-id/],
    ['PLANNER_MODEL', 'openai/gpt-6', /needs OPENAI_API_KEY.*a model of anthropic/],
    ['EXECUTOR_MODEL', 'compatible/llama', /needs COMPATIBLE_BASE_URL/],
    ['ALLOWED_MODELS', 'anthropic/[a-z]', /\* stands for any/],
    ['CHECKS_GRACE_SECONDS', '-1', /from 0 to 3600/],
    ['LOG_LEVEL', 'verbose', /one of fatal, error/],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318', /must be a URL/],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'Bearer x', /name=value/],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a=%', /name=value/],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a=b%0d%0aevil: 1', /name=value/],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', /must be http\/json/],
  ])('%s=%s', (name, value, problem) => {
    const found = problems({ ...enough, [name]: value });
    expect(found).toEqual([expect.stringMatching(problem)]);
  });
});

test('everything wrong is listed at once, and no secret is repeated', () => {
  const found = problems({
    WEBHOOK_SECRET: 'hunter2',
    PRIVATE_KEY: 'hunter3',
    PORT: 'x',
    LOG_LEVEL: 'x',
    OPENAI_BASE_URL: 'https://host.example',
    DATABASE_URL: 'mysql://u:hunter4@h/d',
  });
  const starts = [
    'APP_ID',
    'WEBHOOK_SECRET',
    'PORT',
    'DATABASE_URL',
    'LOG_LEVEL',
    'PRIVATE_KEY',
    'OPENAI_BASE_URL',
    'No model provider',
  ];
  for (const start of starts) expect(found).toContainEqual(expect.stringMatching(new RegExp(`^${start}`)));
  expect(found.join('\n')).not.toMatch(/hunter/);
});

test('only OpenAI is configured: both defaults name what to do', () => {
  const found = problems({ ...enough, ANTHROPIC_API_KEY: '', OPENAI_API_KEY: 'key' });
  expect(found).toEqual([
    'PLANNER_MODEL is not set and falls back to anthropic/claude-opus-5-5, which needs ANTHROPIC_API_KEY: set that, or set PLANNER_MODEL to a model of openai.',
    'EXECUTOR_MODEL is not set and falls back to anthropic/claude-haiku-5-5, which needs ANTHROPIC_API_KEY: set that, or set EXECUTOR_MODEL to a model of openai.',
  ]);
});
