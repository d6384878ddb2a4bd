// A process of its own: a GitHub that answers from memory what planning asks for, and starts no git. Prints where it listens; `/bench/...` is for the
// benchmark itself.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { APP_EVENTS, APP_PERMISSIONS } from '../../test/support/github/accounts.ts';
import { SHOP } from '../dags.ts';
import { createDeliveries } from './deliveries.ts';
import { ADVERTISEMENT, uploadPack } from './git-http.ts';
import type { Progress, Sizes } from './protocol.ts';
import { createRest, type Rest } from './rest/rest.ts';
import { createWorld, type Repository, type Subject, WRITER } from './world.ts';

const sizes = JSON.parse(process.argv[2] ?? '') as Sizes;
const world = createWorld(SHOP, sizes);
const deliveries = createDeliveries(sizes.webhookSecret, WRITER);
/** When each task was labelled and when its plan was there. */
const tasks = new Map<string, { readonly labelledAt: number; plannedAt: number | null }>();
let rest: Rest;
let requests = 0;

function noteStatus({ name }: Repository, issue: number, body: string): void {
  const task = tasks.get(`${name}#${issue}`);
  if (task && task.plannedAt === null && /^<!-- planwright:status issue=\d+ state=review /.test(body))
    task.plannedAt = Date.now();
}

/** Every issue is labelled, one repository after the other, so that all of them are busy from the start. */
function labelAll(): void {
  const repositories = [...world.repositories.values()];
  const most = Math.max(...repositories.map(({ subjects }) => subjects.size));
  for (let number = 1; number <= most; number++)
    for (const repository of repositories) {
      const issue = repository.subjects.get(number);
      if (issue && !issue.pull) label(repository, issue);
    }
}

function label(repository: Repository, { number, title, body, labels }: Subject): void {
  labels.add('plan');
  tasks.set(`${repository.name}#${number}`, { labelledAt: Date.now(), plannedAt: null });
  const user = { login: 'olga', id: 1, type: 'User' };
  const issue = { number, title, body, user, updated_at: new Date().toISOString(), labels: [{ name: 'plan' }] };
  deliveries.send(repository, 'issues', 'person', { action: 'labeled', label: { name: 'plan' }, issue });
}

function progress(): Progress {
  const planned = [...tasks.values()].flatMap(({ labelledAt, plannedAt }) =>
    plannedAt === null ? [] : [{ labelledAt, plannedAt }],
  );
  return { tasks: tasks.size, planned, requests, deliveries: deliveries.counts, asked: [...rest.asked] };
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const path = (request.url ?? '/').replace(/^\/api\/v3(?=\/|$)/, '').replace(/^\/api\/graphql/, '/graphql');
  const json = (status: number, value: unknown): void => {
    const text = JSON.stringify(value);
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) });
    response.end(text);
  };
  if (path === '/bench/begin') {
    deliveries.to(JSON.parse(body.toString()) as string[]);
    labelAll();
    return json(200, {});
  }
  if (path === '/bench/progress') return json(200, progress());
  requests += 1;
  const [, name, service] = /^\/olga\/([^/]+)\.git\/(info\/refs|git-upload-pack)/.exec(path) ?? [];
  if (name !== undefined) return git(world.repositories.get(name), service ?? '', { request, body, response });
  const answer = rest.answer(request.method ?? 'GET', path, body.length > 0 ? JSON.parse(body.toString()) : {});
  json(answer.status, answer.json);
}

function git(
  repository: Repository | undefined,
  service: string,
  { request, body, response }: { readonly request: IncomingMessage; readonly body: Buffer; readonly response: ServerResponse },
): void {
  const send = (status: number, type: string, bytes: Buffer): void => {
    response
      .writeHead(status, { 'content-type': `application/x-git-upload-pack-${type}`, 'cache-control': 'no-cache' })
      .end(bytes);
  };
  if (!repository) return void response.writeHead(404).end();
  if (service === 'info/refs') {
    send(200, 'advertisement', ADVERTISEMENT);
    return;
  }
  const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('latin1');
  const answer = uploadPack(world.objects, repository.refs, text);
  if (answer === null) return void response.writeHead(400).end('the fetch is not understood');
  send(200, 'result', answer);
}

const server = createServer((request, response) => {
  handle(request, response).catch((error: unknown) => {
    console.error(`the benchmark's GitHub failed on ${request.method} ${request.url}`, error);
    response.writeHead(500).end();
  });
});
server.listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  rest = createRest({ world, url, deliveries, permissions: APP_PERMISSIONS, events: APP_EVENTS, noteStatus });
  console.log(`listens on ${url}`);
});
