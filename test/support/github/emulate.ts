// The door to `emulate`: it starts the emulator and takes hold of what the package does not export (its router, its tables,
// its tokens). The version is pinned; what is taken is checked by name, so that an upgrade fails here and says why.
import { readFileSync } from 'node:fs';
import type { Answered, Dispatcher, Question } from './exchange.ts';
import type {
  AppRow,
  BranchRow,
  CollaboratorRow,
  CommentRow,
  InstallationRow,
  IssueRow,
  LabelRow,
  OrganizationRow,
  PullRequestRow,
  RefRow,
  RepositoryRow,
  ReviewRow,
  Row,
  TeamMemberRow,
  TeamRow,
  UserRow,
} from './rows.ts';

export interface Table<R extends Row> {
  insert(row: Omit<R, 'id' | 'created_at' | 'updated_at'>): R;
  get(id: number): R | undefined;
  findBy<K extends keyof R & string>(field: K, value: R[K]): R[];
  findOneBy<K extends keyof R & string>(field: K, value: R[K]): R | undefined;
  update(id: number, change: Partial<R>): R | undefined;
  delete(id: number): boolean;
  all(): R[];
}

export interface Tables {
  users: Table<UserRow>;
  orgs: Table<OrganizationRow>;
  teams: Table<TeamRow>;
  teamMembers: Table<TeamMemberRow>;
  repos: Table<RepositoryRow>;
  collaborators: Table<CollaboratorRow>;
  issues: Table<IssueRow>;
  pullRequests: Table<PullRequestRow>;
  labels: Table<LabelRow>;
  comments: Table<CommentRow>;
  reviews: Table<ReviewRow>;
  branches: Table<BranchRow>;
  refs: Table<RefRow>;
  apps: Table<AppRow>;
  appInstallations: Table<InstallationRow>;
}

/** What a bearer token stands for: a person, or an App's installation with the permissions it was minted with. */
export interface TokenHolder {
  login: string;
  id: number;
  scopes: string[];
  installation?: {
    installationId: number;
    appId: number;
    accountId: number;
    accountType: 'User' | 'Organization';
    permissions: Record<string, string>;
    repositoryIds: number[];
    repositorySelection: 'all' | 'selected';
  };
}

export interface Context {
  req: Question;
  get(key: 'authUser'): TokenHolder | undefined;
  get(key: 'authApp'): { appId: number; slug: string } | undefined;
  header(name: string, value: string): void;
  json(data: unknown, status?: number): Answered;
  body(body: string | Uint8Array | null, status?: number, headers?: Record<string, string>): Answered;
}

type Handler = (context: Context, next: () => Promise<void>) => Promise<Answered | undefined> | Answered | undefined;

export interface Router extends Dispatcher {
  use(path: string, handler: Handler): unknown;
  on(method: string, path: string, handler: Handler): unknown;
}

export interface EmulatedWebhooks {
  dispatch(event: string, action: string | undefined, payload: object, owner: string, repository?: string): Promise<void>;
}

export interface Emulator {
  app: Router;
  tables: Tables;
  tokens: Map<string, TokenHolder>;
  webhooks: EmulatedWebhooks;
}

interface GitHubPlugin {
  register(app: Router, store: unknown, webhooks: EmulatedWebhooks, baseUrl: string, tokenMap: Map<string, TokenHolder>): void;
}

interface GitHubChunk {
  githubPlugin: GitHubPlugin;
  getGitHubStore(store: unknown): Record<string, Partial<Table<Row>>>;
}

// biome-ignore format: a table of names
const TABLES = [
  'users', 'orgs', 'teams', 'teamMembers', 'repos', 'collaborators', 'issues', 'pullRequests', 'labels',
  'comments', 'reviews', 'branches', 'refs', 'apps', 'appInstallations',
] as const satisfies readonly (keyof Tables)[];

const PACKAGE = new URL('../../../node_modules/emulate/', import.meta.url);
export const PINNED_VERSION = '0.12.2';

function unlike(what: string): Error {
  const { version } = JSON.parse(readFileSync(new URL('package.json', PACKAGE), 'utf8')) as { version: string };
  return new Error(
    `emulate ${version} is not the emulate ${PINNED_VERSION} that test/support/github was written for: ${what}. ` +
      'Read what changed in its GitHub chunk before moving the pin.',
  );
}

/** Throws, naming what is missing, unless the captured insides look like those of the pinned version. */
export function checkInsides(
  app: Partial<Router>,
  tables: Record<string, Partial<Table<Row>> | undefined>,
  webhooks: Partial<EmulatedWebhooks>,
  tokens: unknown,
): void {
  for (const method of ['use', 'on', 'match', 'dispatch', 'errorHandler', 'notFoundHandler'] as const)
    if (typeof app[method] !== 'function') throw unlike(`its router has no ${method}()`);
  for (const name of TABLES)
    for (const method of ['insert', 'get', 'findBy', 'findOneBy', 'update', 'delete', 'all'] as const)
      if (typeof tables[name]?.[method] !== 'function') throw unlike(`its table ${name} has no ${method}()`);
  if (typeof webhooks.dispatch !== 'function') throw unlike('its webhooks have no dispatch()');
  if (!(tokens instanceof Map)) throw unlike('its tokens are not a Map');
}

async function loadChunk(): Promise<GitHubChunk> {
  const entry = new URL('dist/api.js', PACKAGE);
  const name = /github: \{[\s\S]*?import\("(\.\/dist-[A-Z0-9]+\.js)"\)/.exec(readFileSync(entry, 'utf8'))?.[1];
  if (!name) throw unlike('the GitHub chunk was not found in dist/api.js');
  const chunk = (await import(new URL(name, entry).href)) as Partial<GitHubChunk>;
  if (typeof chunk.githubPlugin?.register !== 'function' || typeof chunk.getGitHubStore !== 'function')
    throw unlike('the GitHub chunk exports no githubPlugin.register or getGitHubStore');
  return { githubPlugin: chunk.githubPlugin, getGitHubStore: chunk.getGitHubStore };
}

/** What takes hold of the insides does so by replacing a function of the package meanwhile, so one starts after the other. */
let starting: Promise<unknown> = Promise.resolve();

/**
 * Starts the emulator without a port of its own: requests go in through `exchange`. Routes added in `before` win over its own,
 * because its router takes the first match.
 */
export function startEmulator(baseUrl: string, before: (emulator: Emulator) => void): Promise<Emulator> {
  const started = starting.then(() => start(baseUrl, before));
  starting = started.catch(() => {});
  return started;
}

async function start(baseUrl: string, before: (emulator: Emulator) => void): Promise<Emulator> {
  const { createEmulator } = await import('emulate');
  const { githubPlugin, getGitHubStore } = await loadChunk();
  const { register } = githubPlugin;
  let emulator: Emulator | undefined;
  githubPlugin.register = (app, store, webhooks, base, tokens) => {
    const tables = getGitHubStore(store);
    checkInsides(app, tables, webhooks, tokens);
    emulator = { app, tables: tables as unknown as Tables, tokens, webhooks };
    before(emulator);
    const inUse = emulator.webhooks.dispatch;
    register.call(githubPlugin, app, store, webhooks, base, tokens);
    webhooks.dispatch = inUse; // its own registration wraps dispatch; ours replaces it
  };
  try {
    const running = await createEmulator({ service: 'github', port: 0, baseUrl, seed: { tokens: {} } });
    await running.close();
  } finally {
    githubPlugin.register = register;
  }
  if (!emulator) throw unlike('createEmulator() no longer calls githubPlugin.register()');
  return emulator;
}
