import { z } from 'zod';
import { PROVIDER_NAMES, variableFor } from '../../domain/model/providers.ts';
import { failure, type Outcome, success } from '../../domain/outcome.ts';
import { isModelName, isModelPattern, providerOf } from '../model-name.ts';
import type { OperatorModels } from '../operator-models.ts';
import { readPrivateKey } from './private-key.ts';
import { PROVIDER_VARIABLES, type Providers, type ProviderVariables, readProviders } from './provider-settings.ts';
import { withSecretFiles } from './secret-files.ts';
import { parseHeaders, type TraceSettings } from './trace-settings.ts';
import { spellingsOf } from './variable-spellings.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** What the operator set, read once at start-up. URLs have no slash at the end. */
export interface Environment {
  readonly appId: number;
  /** PKCS#8 PEM. */
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly githubApiUrl: string;
  readonly githubServerUrl: string;
  readonly host: string;
  /** 0 lets the system choose one. */
  readonly port: number;
  /** Where `/metrics` and the dashboard answer; null: `/metrics` on `port`, with the rest, and the dashboard nowhere. */
  readonly admin: { readonly host: string; readonly port: number } | null;
  /** Null: there is no way to sign in, and so no dashboard. */
  readonly dashboard: DashboardSettings | null;
  /** For how many days what happened is kept: transcripts and ended tasks, and the audit. */
  readonly retention: { readonly days: number; readonly auditDays: number };
  /** Null: an embedded PGlite under `dataDir`. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  readonly providers: Providers;
  readonly models: OperatorModels;
  readonly pricesFile: string | null;
  readonly checksGraceSeconds: number;
  /** US dollars that all repositories may spend together; null: no limit, 0: no model is called. */
  readonly caps: { readonly perDay: number | null; readonly perMonth: number | null };
  /** Logins of the accounts whose installations are served, in lower case; null: those of all accounts. */
  readonly allowedAccounts: readonly string[] | null;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Null: nothing is traced. */
  readonly traces: TraceSettings | null;
}

interface DashboardSettings {
  /** The address by which people reach it, for links on GitHub; null: it has no links there, and no sign-in by GitHub. */
  readonly publicUrl: string | null;
  /** The App's OAuth credentials. */
  readonly github: { readonly clientId: string; readonly clientSecret: string } | null;
  /** What the operator signs in with instead. */
  readonly token: string | null;
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks every variable, so that one failed start lists everything there is to fix.
 * @param readFile reads what the variables of a file name; throws as `readFileSync` does.
 * @returns or sentences, each naming its variable and what to do; none repeats a secret.
 */
export function readEnvironment(variables: Variables, readFile: (path: string) => string): Outcome<Environment, string[]> {
  const { given, problems, unread } = withSecretFiles(variables, Object.keys(variableSchema.shape), readFile);
  const parsed = variableSchema.safeParse(given);
  // A secret whose file could not be read is reported as that, and not also as missing.
  const issues = (parsed.success ? [] : parsed.error.issues).filter((issue) => !unread.has(String(issue.path[0])));
  problems.push(...issues.map((issue) => `${String(issue.path[0])} ${issue.message}.`));
  const faulty = new Set([...unread, ...issues.map((issue) => String(issue.path[0]))]);

  const key = unread.has('PRIVATE_KEY') ? failure('') : privateKey(given.PRIVATE_KEY);
  if (!key.ok && key.reason !== '') problems.push(key.reason);

  const { providers, problems: ofModels } = readModelVariables(given, faulty);
  problems.push(...ofModels);

  problems.push(...signInProblems(given, faulty));
  if (!parsed.success || !key.ok || problems.length > 0) return failure(problems);
  const v = parsed.data;
  return success({
    appId: v.APP_ID,
    privateKey: key.value,
    webhookSecret: v.WEBHOOK_SECRET,
    githubApiUrl: v.GITHUB_API_URL,
    githubServerUrl: v.GITHUB_SERVER_URL,
    host: v.HOST,
    port: v.PORT,
    admin: v.ADMIN_PORT === undefined && !v.PUBLIC_URL ? null : { host: v.ADMIN_HOST, port: v.ADMIN_PORT ?? DEFAULT_ADMIN_PORT },
    dashboard: dashboardOf(v),
    retention: { days: v.RETENTION_DAYS, auditDays: v.AUDIT_RETENTION_DAYS },
    databaseUrl: v.DATABASE_URL ?? null,
    dataDir: v.DATA_DIR,
    providers,
    models: {
      planner: v.PLANNER_MODEL,
      executor: v.EXECUTOR_MODEL,
      allowed: v.ALLOWED_MODELS ?? null,
      providers: configured(providers),
    },
    pricesFile: v.PRICES_FILE ?? null,
    checksGraceSeconds: v.CHECKS_GRACE_SECONDS,
    caps: { perDay: v.BUDGET_USD_PER_DAY ?? null, perMonth: v.BUDGET_USD_PER_MONTH ?? null },
    allowedAccounts: v.ALLOWED_ACCOUNTS ?? null,
    logLevel: v.LOG_LEVEL,
    traces:
      v.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
        ? null
        : {
            endpoint: v.OTEL_EXPORTER_OTLP_ENDPOINT,
            headers: v.OTEL_EXPORTER_OTLP_HEADERS ?? {},
            serviceName: v.OTEL_SERVICE_NAME,
          },
  });
}

/** The part of the environment that models need, for commands that do not use GitHub. */
export type ModelEnvironment = Pick<Environment, 'providers' | 'models' | 'pricesFile'>;

/** Reads and checks the variables that name providers, models and prices. The person who runs the command may use any model. */
export function readModelEnvironment(
  variables: Variables,
  readFile: (path: string) => string,
): Outcome<ModelEnvironment, string[]> {
  const names = Object.keys(modelSchema.shape);
  // An unreadable secret of the App does not matter to a command that needs none.
  const own = Object.fromEntries(names.flatMap(spellingsOf).map((name) => [name, variables[name]]));
  const { given, problems: unreadable, unread } = withSecretFiles(own, names, readFile);
  const parsed = modelSchema.safeParse(given);
  const faults = (parsed.success ? [] : parsed.error.issues).filter((issue) => !unread.has(String(issue.path[0])));
  const { providers, problems } = readModelVariables(
    given,
    new Set([...unread, ...faults.map((issue) => String(issue.path[0]))]),
  );
  const all = [...unreadable, ...faults.map((issue) => `${String(issue.path[0])} ${issue.message}.`), ...problems];
  if (!parsed.success || all.length > 0) return failure(all);
  const { PLANNER_MODEL: planner, EXECUTOR_MODEL: executor, PRICES_FILE } = parsed.data;
  const allowed = PROVIDER_NAMES.map((name) => `${name}/*`);
  return success({
    providers,
    models: { planner, executor, allowed, providers: configured(providers) },
    pricesFile: PRICES_FILE ?? null,
  });
}

/** Rules about several variables; one that is already faulty is left out of the comparison. */
function readModelVariables(
  given: Readonly<Record<string, string | undefined>>,
  faulty: ReadonlySet<string>,
): ReturnType<typeof readProviders> {
  const url = (name: string) => (faulty.has(name) ? null : (given[name]?.replace(/\/+$/, '') ?? null));
  const { providers, problems } = readProviders(
    Object.fromEntries([
      ...PROVIDER_VARIABLES.keys.map((name) => [name, given[name] ?? null]),
      ...PROVIDER_VARIABLES.urls.map((name) => [name, url(name)]),
    ]) as ProviderVariables,
  );
  const ofModels = (['PLANNER_MODEL', 'EXECUTOR_MODEL'] as const).flatMap((name) =>
    problems.length === 0 && !faulty.has(name) ? modelProblems(name, given[name], providers) : [],
  );
  return { providers, problems: [...problems, ...ofModels] };
}

const configured = (providers: Providers) => PROVIDER_NAMES.filter((provider) => providers[provider] !== null);

export const DEFAULT_MODELS = { PLANNER_MODEL: 'anthropic/claude-opus-5-5', EXECUTOR_MODEL: 'anthropic/claude-haiku-5-5' };

const required = (what: string) => z.string({ error: `is not set: ${what}` });
const wholeNumber = (from: number, to: number) =>
  z
    .string()
    .refine((text) => /^\d{1,15}$/.test(text) && Number(text) >= from && Number(text) <= to, {
      error: `must be a whole number from ${from} to ${to}`,
    })
    .transform(Number);

const httpUrl = z
  .string()
  .refine(isPlainHttpUrl, { error: 'must be a URL like https://host/path, without user, query or fragment' })
  .transform((text) => text.replace(/\/+$/, ''));

const modelName = z.string().refine(isModelName, {
  error: `must be provider/model-id, with provider one of ${PROVIDER_NAMES.join(', ')}`,
});

const modelPatterns = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter(Boolean))
  .refine((patterns) => patterns.every(isModelPattern), {
    error: 'must be model names separated by commas, in which * stands for any characters: anthropic/*, openai/gpt-*',
  });

const dollars = z
  .string()
  .refine((text) => /^\d{1,9}(\.\d{1,4})?$/.test(text), {
    error: 'must be a number of US dollars such as 20 or 12.50; 0 stops all model calls',
  })
  .transform(Number);

const logins = z
  .string()
  .transform((text) =>
    text
      .toLowerCase()
      .split(/[\s,]+/)
      .filter(Boolean),
  )
  .refine((names) => names.length > 0 && names.every((name) => /^[a-z0-9][a-z0-9_-]*$/.test(name)), {
    error: 'must be names of users or organizations separated by commas',
  });

const headers = z.string().transform((text, context) => {
  const parsed = parseHeaders(text);
  if (parsed.ok) return parsed.value;
  context.addIssue({ code: 'custom', message: parsed.reason });
  return z.NEVER;
});

const modelSchema = z.object({
  ...Object.fromEntries(PROVIDER_VARIABLES.keys.map((name) => [name, z.string().optional()])),
  ...Object.fromEntries(PROVIDER_VARIABLES.urls.map((name) => [name, httpUrl.optional()])),
  PLANNER_MODEL: modelName.default(DEFAULT_MODELS.PLANNER_MODEL),
  EXECUTOR_MODEL: modelName.default(DEFAULT_MODELS.EXECUTOR_MODEL),
  ALLOWED_MODELS: modelPatterns.optional(),
  PRICES_FILE: z.string().optional(),
});

const variableSchema = z.object({
  APP_ID: required('the number on the settings page of the GitHub App')
    .refine((text) => /^[1-9]\d{0,14}$/.test(text), { error: 'must be the App ID, a number (not the Client ID)' })
    .transform(Number),
  PRIVATE_KEY: z.string().optional(),
  WEBHOOK_SECRET: required('the secret that is set for the webhook of the GitHub App, 16 characters or more').min(16, {
    error: 'must have 16 characters or more: anyone who guesses it can give commands; make one with `openssl rand -hex 32`',
  }),
  GITHUB_API_URL: httpUrl.default('https://api.github.com'),
  GITHUB_SERVER_URL: httpUrl.default('https://github.com'),
  HOST: z.string().default('0.0.0.0'),
  PORT: wholeNumber(0, 65535).default(3000),
  ADMIN_PORT: wholeNumber(0, 65535).optional(),
  ADMIN_HOST: z.string().default('127.0.0.1'),
  ADMIN_TOKEN: z
    .string()
    .min(16, {
      error: 'must have 16 characters or more: it opens every transcript; make one with `openssl rand -hex 32`',
    })
    .optional(),
  PUBLIC_URL: httpUrl
    .refine((text) => isSecureOrigin(text), {
      error: 'must be an https address without a path, such as https://planwright.example.com (http only for localhost)',
    })
    .optional(),
  CLIENT_ID: z.string().optional(),
  CLIENT_SECRET: z.string().optional(),
  RETENTION_DAYS: wholeNumber(1, 36_500).default(30),
  AUDIT_RETENTION_DAYS: wholeNumber(1, 36_500).default(365),
  DATABASE_URL: z
    .string()
    .refine(isPostgresUrl, { error: 'must be a URL like postgresql://user:password@host:5432/database' })
    .optional(),
  DATA_DIR: z.string().default('./data'),
  ...modelSchema.shape,
  CHECKS_GRACE_SECONDS: wholeNumber(0, 3600).default(60),
  BUDGET_USD_PER_DAY: dollars.optional(),
  BUDGET_USD_PER_MONTH: dollars.optional(),
  ALLOWED_ACCOUNTS: logins.optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_HEADERS: headers.optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: z
    .literal('http/json', {
      error: 'must be http/json or unset: that is what Planwright sends, and collectors take it on port 4318',
    })
    .optional(),
  OTEL_SERVICE_NAME: z.string().default('planwright'),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
});

/** Where the operator's pages are when only their public address is given. */
const DEFAULT_ADMIN_PORT = 3001;

/** GitHub sends people back to the public address only, so that no header of a request can choose another one. */
function dashboardOf(v: z.infer<typeof variableSchema>): DashboardSettings | null {
  const publicUrl = v.PUBLIC_URL ?? null;
  const github =
    publicUrl !== null && v.CLIENT_ID && v.CLIENT_SECRET ? { clientId: v.CLIENT_ID, clientSecret: v.CLIENT_SECRET } : null;
  const token = v.ADMIN_TOKEN ?? null;
  return github === null && token === null ? null : { publicUrl, github, token };
}

/** Session cookies need HTTPS, except on this machine; and the paths below the address are those that the App's settings name. */
function isSecureOrigin(text: string): boolean {
  const { protocol, hostname, pathname } = new URL(text);
  return pathname === '/' && (protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname));
}

function signInProblems(given: Variables, faulty: ReadonlySet<string>): string[] {
  const [id, secret] = ['CLIENT_ID', 'CLIENT_SECRET'].map((name) => given[name] !== undefined || faulty.has(name));
  if (id === secret) return [];
  const [set, unset] = id ? ['CLIENT_ID', 'CLIENT_SECRET'] : ['CLIENT_SECRET', 'CLIENT_ID'];
  return [`${set} is set but ${unset} is not: set both, from the settings page of the GitHub App, or neither.`];
}

function privateKey(text: string | undefined): Outcome<string> {
  if (!text)
    return failure('PRIVATE_KEY is not set: set it to the private key of the GitHub App, or PRIVATE_KEY_FILE to its file.');
  const key = readPrivateKey(text);
  return key.ok ? key : failure(`PRIVATE_KEY ${key.reason}.`);
}

function modelProblems(name: keyof typeof DEFAULT_MODELS, given: string | undefined, providers: Providers): string[] {
  const model = given ?? DEFAULT_MODELS[name];
  const provider = providerOf(model);
  if (providers[provider]) return [];
  const configured = PROVIDER_NAMES.filter((p) => providers[p]).join(' or ');
  const origin = given ? `is ${model}` : `is not set and falls back to ${model}`;
  return [`${name} ${origin}, which needs ${variableFor(provider)}: set that, or set ${name} to a model of ${configured}.`];
}

function isPlainHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
}

function isPostgresUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, pathname } = new URL(text);
  return /^postgres(ql)?:$/.test(protocol) && pathname.length > 1;
}
