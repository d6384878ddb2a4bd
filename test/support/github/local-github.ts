// A GitHub of one's own on 127.0.0.1: stateful, with real git behind it, signed webhooks and people who act through its REST API.
import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Octokit } from '@octokit/rest';
import { CACHE } from '../cache.ts';
import { unrefs } from '../unref.ts';
import { guardRepositories } from './access.ts';
import { APP_EVENTS, APP_PERMISSIONS, type AppSettings, addOrganization, addUser, install, seedApps } from './accounts.ts';
import { actionRoutes, type LocalActions } from './actions.ts';
import { activityRoute } from './activity.ts';
import { announce, takeOverDispatch } from './announcing.ts';
import { appManifestRoutes } from './app-manifests.ts';
import { checkRoutes } from './checks.ts';
import { commitRoutes } from './commits.ts';
import { contentRoutes } from './contents.ts';
import { objectionsToDelivery } from './description/description.ts';
import { startEmulator } from './emulate.ts';
import { gitDataRoutes } from './git-data.ts';
import { createGitStore } from './git-store.ts';
import { graphqlRoute } from './graphql.ts';
import { type Attachment, imageRoutes } from './images.ts';
import { installationJson, installationRoutes } from './installations.ts';
import { issueRoutes, TEMPLATE_HEADER } from './issues.ts';
import { jobLogRoutes } from './job-logs.ts';
import { createLinks } from './json.ts';
import { createLagging, type Lag } from './lagging.ts';
import { branchRenaming, deleteBranch, removeIssue, transferRepository } from './lifecycle.ts';
import { lockRoutes } from './locking.ts';
import { mergeByQueue } from './merge-queue.ts';
import { mergingRoutes } from './merging.ts';
import { oauthRoutes, type SignIns } from './oauth.ts';
import { createPeople } from './people.ts';
import { pullRoutes } from './pulls.ts';
import { reactionRoutes } from './reactions.ts';
import { referenceRoutes } from './references.ts';
import { addRepository, type RepositorySpec, setCollaborator } from './repositories.ts';
import { reviewRequestRoutes } from './review-requests.ts';
import { reviewRoutes } from './reviews.ts';
import type { RepositoryRow } from './rows.ts';
import { serve } from './server.ts';
import { statusRoutes } from './statuses.ts';
import { createTraffic, type Fault, type Held, type Pattern, type SeenRequest, story } from './traffic.ts';
import { type Condition, createChanges, until } from './waiting.ts';
import { createWebhooks, type Delivery } from './webhooks.ts';
import { actorOf, type Json, ownerOf, repositoryNamed, userJson, type World } from './world.ts';

export interface Repository {
  owner: string;
  name: string;
  /** OWNER/NAME */
  fullName: string;
  id: number;
  /** the tip of the default branch when it was added */
  head: string;
}

export interface LocalGitHub {
  url: string;
  app: AppSettings;
  /** where signed webhooks go from now on; null: nobody is there, deliveries fail and can be redelivered */
  deliverTo(webhookUrl: string | null): void;
  addUser(login: string): void;
  addOrganization(login: string, owners?: readonly string[]): void;
  addRepository(spec: RepositorySpec): Promise<Repository>;
  /** The person (or `github-actions[bot]`, an App that may write checks and statuses) as a REST client. */
  as(login: string): Octokit;
  tokenOf(login: string): string;
  /** The person opens an issue through a template that sets labels, which needs no right to label; returns its number. */
  openFromTemplate(
    login: string,
    repository: string,
    issue: { title: string; body?: string; labels: readonly string[] },
  ): Promise<number>;
  /** What a job of GitHub Actions has printed, by the id of its check run. */
  setJobLog(job: number, text: string): void;
  /** A person attaches a file to a text; returns the address that GitHub writes into it. */
  attach(attachment: Attachment): string;
  /** GitHub Actions: what a runner does, and people do to it. */
  readonly actions: LocalActions;
  readonly requests: readonly SeenRequest[];
  readonly deliveries: readonly Delivery[];
  /** What GitHub's own description says against the App's requests so far, their answers, and the deliveries; empty when all is well. */
  objections(): readonly string[];
  onRequest(listener: (request: SeenRequest) => void): void;
  /** Runs after each matching request was performed, whatever becomes of its answer, which nobody hears before. */
  afterwards(pattern: Pattern, run: (request: SeenRequest) => Promise<void>): void;
  fault(fault: Fault): void;
  hold(pattern: Pattern & { when?: 'before' | 'after' }): Held;
  /**
   * GitHub's read replicas are behind: for the App's first `reads` of an address after a write or a delivery, what was made is not there,
   * lists are as they were, and a write onto what was just made is refused. Null: they have caught up.
   */
  lag(lag: Lag | null): void;
  /** `about`: the full name of the only repository that the condition looks at; what happens to others does not have it asked again. */
  until<T>(what: string, condition: Condition<T>, options?: { timeoutMs?: number; about?: string }): Promise<T>;
  redeliver(delivery: Delivery): Promise<Delivery>;
  /** Any webhook by hand; the repository and the installation are filled in. */
  send(event: string, action: string | undefined, payload: Json, repository: string, sender?: string): void;
  /** Every webhook so far has been answered, or its receiver was not there. */
  idle(): Promise<void>;
  cloneUrl(repository: string): string;
  /** the bare repository itself */
  gitDir(repository: string): string;
  suspend(account: string, suspended: boolean): void;
  uninstall(account: string): void;
  /** After an uninstallation: the App is there again, with an installation of another number. */
  reinstall(account: string): void;
  /** Deletes an issue, or transfers it to another repository (OWNER/NAME). */
  removeIssue(repository: string, number: number, to?: string): Promise<void>;
  transferRepository(repository: string, owner: string): void;
  /** A person deletes a branch the way that closes the pull requests based on it, merged or not. */
  deleteBranch(repository: string, branch: string, login: string): Promise<void>;
  /** Codes of sign-ins that were not exchanged yet stop working, as after ten minutes. */
  expireCodes(): void;
  /** A person's access changes; null: they have none of their own any more. */
  setCollaborator(repository: string, login: string, level: 'write' | 'triage' | 'read' | null): void;
  /** Puts a pull request into the merge queue of its base, which requires these checks; resolves when it has left the queue. */
  queue(repository: string, number: number, required: readonly string[]): Promise<'merged' | 'removed'>;
  /** Every installation token minted so far stops working, as after an hour. */
  expireTokens(): void;
  /** Whatever is held goes on, and nothing more is held, spoiled or followed. */
  forgetInterference(): void;
  /** The process may end although this is open. */
  unref(): void;
  close(): Promise<void>;
}

export interface LocalGitHubOptions {
  port?: number;
  permissions?: Record<string, string>;
  events?: readonly string[];
  /** ids begin beyond 2^31, as GitHub's have */
  highIds?: boolean;
  /** from the beginning on; see `lag` */
  lag?: Lag | null;
}

const HIGH_ID = 2_500_000_000;

const tablesOf = ({ tables }: World) => [
  tables.issues,
  tables.pullRequests,
  tables.comments,
  tables.reviews,
  tables.labels,
  tables.repos,
];

/** The emulator counts on from the highest id it has seen. */
function raiseIds(tables: ReturnType<typeof tablesOf>): void {
  for (const table of tables) {
    (table.insert as (row: object) => unknown)({ id: HIGH_ID });
    table.delete(HIGH_ID);
  }
}

// A limit for giving up, not a duration anybody waits for: two cores under load take their time.
const TIMEOUT_MS = 180_000;

export async function startLocalGitHub({
  port = 0,
  permissions = APP_PERMISSIONS,
  events = APP_EVENTS,
  highIds = false,
  lag = null,
}: LocalGitHubOptions = {}): Promise<LocalGitHub> {
  const server = createServer();
  const unref = unrefs(server);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const root = mkdtempSync(join(tmpdir(), 'local-github-'));
  const app: AppSettings = {
    id: 4711,
    slug: 'planwright',
    privateKey: appKey(),
    // Unlike any text in this repository, whose history is replayed: the gate lets no file pass that holds a secret of the operator's.
    webhookSecret: `a-webhook-secret-${randomBytes(12).toString('hex')}`,
    clientId: 'Iv23liLocal',
    clientSecret: randomBytes(20).toString('hex'),
    callbackUrls: [],
  };
  const changes = createChanges();
  const traffic = createTraffic(changes);
  const jobLogs = new Map<number, string>();
  let world: World | undefined;
  let signIns: SignIns | undefined;
  let actions: LocalActions | undefined;
  let attach: LocalGitHub['attach'] | undefined;
  await startEmulator(url, (emulator) => {
    const { tables } = emulator;
    // biome-ignore format: one object
    world = {
      url, emulator, tables, git: createGitStore(root, tables), webhooks: createWebhooks(tables, app, changes), links: createLinks(), signed: new Set(),
      firstId: highIds ? HIGH_ID : 0,
    };
    takeOverDispatch(world);
    guardRepositories(world);
    for (const add of [
      issueRoutes,
      pullRoutes,
      mergingRoutes,
      reviewRoutes,
      reviewRequestRoutes,
      reactionRoutes,
      checkRoutes,
      statusRoutes,
      referenceRoutes,
      activityRoute,
      branchRenaming,
      lockRoutes,
    ])
      add(world);
    jobLogRoutes(world, jobLogs);
    actions = actionRoutes(world);
    attach = imageRoutes(world);
    for (const add of [gitDataRoutes, contentRoutes, commitRoutes, installationRoutes, appManifestRoutes, graphqlRoute])
      add(world);
    signIns = oauthRoutes(world, app);
  });
  if (!world || !signIns || !actions || !attach) throw new Error('the emulator did not start');
  const here = world;
  const { expireCodes } = signIns;
  seedApps(here, app, permissions, events);
  if (highIds) raiseIds(tablesOf(here));
  const lagging = createLagging();
  lagging.set(lag ?? null);
  const people = createPeople(url, serve(server, here, traffic, lagging));

  const repositoryAt = (fullName: string): RepositoryRow => {
    const repo = repositoryNamed(here.tables, fullName);
    if (!repo) throw new Error(`the local GitHub has no repository ${fullName}`);
    return repo;
  };
  const installationAt = (account: string) => {
    const row = here.tables.appInstallations
      .all()
      .find((candidate) => candidate.account_login === account && candidate.app_id === app.id);
    if (!row) throw new Error(`the App is not installed at ${account}`);
    return row;
  };
  const tokenOf = (login: string) => {
    const token = `ghp_${Buffer.from(login).toString('hex').padEnd(36, '0')}`;
    if (!here.emulator.tokens.has(token)) throw new Error(`the local GitHub has no account ${login}; add it with addUser()`);
    return token;
  };
  const objections = new Set<string>();
  let judged = 0;
  const story15 = () => {
    const last = here.webhooks.deliveries.slice(-8);
    const sent = last.map(
      ({ event, action, status, error }) => `  ${event}${action ? `.${action}` : ''} -> ${status}${error ? ` (${error})` : ''}`,
    );
    return ['The last requests were:', ...story(traffic.requests, 15), 'The last deliveries were:', ...sent].join('\n');
  };
  const dropInstallationTokens = (matches: (account: number) => boolean) => {
    for (const [token, holder] of here.emulator.tokens) {
      const { installation } = holder;
      if (installation && installation.appId === app.id && matches(installation.installationId))
        here.emulator.tokens.delete(token);
    }
  };
  const announceInstallation = (account: string, action: string) => {
    const row = installationAt(account);
    const installation = installationJson(here, row);
    const own = here.tables.repos.all().filter((repo) => ownerOf(repo) === account);
    const repositories = own.map(({ id, node_id, name, full_name, private: hidden }) => ({
      id,
      node_id,
      name,
      full_name,
      private: hidden,
    }));
    const payload = { installation, repositories, requester: null, sender: installation.account };
    here.webhooks.send({ event: 'installation', action, account, payload });
  };

  return {
    url,
    app,
    deliverTo: (target) => here.webhooks.deliverTo(target),
    addUser: (login) => addUser(here, login),
    addOrganization: (login, owners = []) => addOrganization(here, login, owners),
    async addRepository(spec) {
      const { repo, head } = await addRepository(here, spec);
      if (install(here, app.id, ownerOf(repo), permissions, events)) announceInstallation(ownerOf(repo), 'created');
      announce(here, repo, 'repository', 'created', {});
      return { owner: ownerOf(repo), name: repo.name, fullName: repo.full_name, id: repo.id, head };
    },
    as: (login) => people(tokenOf(login)),
    tokenOf,
    async openFromTemplate(login, repository, issue) {
      const headers = { authorization: `token ${tokenOf(login)}`, 'content-type': 'application/json', [TEMPLATE_HEADER]: 'yes' };
      const answer = await fetch(`${url}/repos/${repository}/issues`, { method: 'POST', headers, body: JSON.stringify(issue) });
      if (answer.status !== 201) throw new Error(`opening the issue from a template: ${answer.status} ${await answer.text()}`);
      return ((await answer.json()) as { number: number }).number;
    },
    setJobLog: (job, text) => void jobLogs.set(job, text),
    attach,
    actions,
    requests: traffic.requests,
    deliveries: here.webhooks.deliveries,
    objections() {
      for (; judged < here.webhooks.deliveries.length; judged += 1) {
        const { event, action, payload } = here.webhooks.deliveries[judged] as Delivery;
        for (const objection of objectionsToDelivery(event, action, payload)) objections.add(objection);
      }
      for (const { objections: found = [] } of traffic.requests) for (const objection of found) objections.add(objection);
      return [...objections];
    },
    onRequest: traffic.onRequest,
    afterwards: traffic.afterwards,
    fault: traffic.fault,
    hold: traffic.hold,
    lag: lagging.set,
    until: (what, condition, { timeoutMs = TIMEOUT_MS, about = null as string | null } = {}) =>
      until(changes, condition, { what, timeoutMs, about, story: story15 }),
    redeliver: (delivery) => here.webhooks.redeliver(delivery),
    send(event, action, payload, repository, sender) {
      const user = sender === undefined ? undefined : actorOf(here.tables, here.emulator.tokens.get(tokenOf(sender)));
      announce(here, repositoryAt(repository), event, action, { ...payload, ...(user ? { sender: userJson(here, user) } : {}) });
    },
    idle: () => here.webhooks.idle(),
    cloneUrl: (repository) => `${url}/${repository}.git`,
    gitDir: (repository) => here.git.dirOf(repositoryAt(repository)),
    suspend(account, suspended) {
      const row = installationAt(account);
      here.tables.appInstallations.update(row.id, { suspended_at: suspended ? new Date().toISOString() : null });
      if (suspended) dropInstallationTokens((id) => id === row.installation_id);
      announceInstallation(account, suspended ? 'suspend' : 'unsuspend');
    },
    uninstall(account) {
      const row = installationAt(account);
      announceInstallation(account, 'deleted');
      here.tables.appInstallations.delete(row.id);
      dropInstallationTokens((id) => id === row.installation_id);
    },
    reinstall(account) {
      install(here, app.id, account, permissions, events);
      announceInstallation(account, 'created');
    },
    removeIssue: (repository, number, to) => removeIssue(here, repositoryAt(repository), number, to),
    transferRepository: (repository, owner) => transferRepository(here, repositoryAt(repository), owner),
    deleteBranch: (repository, branch, login) => deleteBranch(here, repositoryAt(repository), branch, login),
    expireCodes,
    setCollaborator: (repository, login, level) => setCollaborator(here, repositoryAt(repository), login, level),
    queue: (repository, number, required) =>
      mergeByQueue(here, repositoryAt(repository), { number, required }, (what, condition) =>
        until(changes, condition, { what, timeoutMs: TIMEOUT_MS, about: repository, story: story15 }),
      ),
    expireTokens: () => dropInstallationTokens(() => true),
    forgetInterference: traffic.forgetInterference,
    unref,
    async close() {
      here.webhooks.close();
      server.closeAllConnections();
      server.close();
      await here.webhooks.idle();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

let privateKey: string | undefined;

/** One key for all local GitHubs of this machine: making one takes a third of a second. */
function appKey(): string {
  privateKey ??= keptKey() ?? newKey();
  emptyErrorQueue(privateKey);
  return privateKey;
}

/**
 * Node takes an error that an earlier operation of this process has left in OpenSSL's queue (in a test file before this one, perhaps) for one
 * of the next key it reads, and the first signature to be checked would be refused.
 */
function emptyErrorQueue(key: string): void {
  try {
    createPrivateKey(key);
  } catch {
    // Now the queue is empty.
  }
}

const KEPT_KEY = join(CACHE, 'app-key.pem');

function keptKey(): string | null {
  return existsSync(KEPT_KEY) ? readFileSync(KEPT_KEY, 'utf8') : null;
}

function newKey(): string {
  const encoding = { type: 'pkcs1', format: 'pem' } as const;
  const made = generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: encoding, publicKeyEncoding: encoding });
  mkdirSync(CACHE, { recursive: true });
  const written = `${KEPT_KEY}.${process.pid}`;
  writeFileSync(written, made.privateKey, { mode: 0o600 });
  // Whole or not at all: other test files read it at the same time.
  renameSync(written, KEPT_KEY);
  return made.privateKey;
}
