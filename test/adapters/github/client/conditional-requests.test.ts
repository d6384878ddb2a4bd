import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Octokit } from '@octokit/core';
import { conditionalRequests } from '../../../../src/adapters/github/client/conditional-requests.ts';
import { type Answer, type ScriptedGitHub, type Seen, startScriptedGitHub } from '../scripted-github.ts';

const LIST = 'GET /repos/acme/rocket/commits/abc/check-runs';
const COMMIT = 'a'.repeat(40);
const OTHER = 'b'.repeat(40);

let github: ScriptedGitHub;
beforeEach(async () => {
  github = await startScriptedGitHub();
});
afterEach(() => github.close());

/** As GitHub does: only what has changed is told again. */
const tagged =
  (body: () => unknown) =>
  (seen: Seen): Answer => {
    const etag = `W/"${JSON.stringify(body()).length}"`;
    return seen.headers['if-none-match'] === etag ? { status: 304, headers: { etag } } : { body: body(), headers: { etag } };
  };

const aRun = (id: number) => ({
  id,
  name: `run ${id}`,
  status: 'completed',
  conclusion: 'success',
  external_id: '',
  completed_at: '',
  output: { title: null },
  app: { id: 4711 },
});
const ids = async (repo = github.rocket) => (await repo.ownChecks('abc')).map(({ id }) => id);

describe('a read that was made before', () => {
  test('is answered from memory where nothing has changed, as often as it is made', async () => {
    github.on(
      LIST,
      tagged(() => ({ total_count: 1, check_runs: [aRun(1)] })),
    );
    expect([await ids(), await ids(), await ids()]).toEqual([[1], [1], [1]]);
    expect(github.sent(LIST).map(({ headers }) => headers['if-none-match'] !== undefined)).toEqual([false, true, true]);
  });

  test('is told what has changed since, and remembers that', async () => {
    let runs = [aRun(1)];
    github.on(
      LIST,
      tagged(() => ({ total_count: runs.length, check_runs: runs })),
    );
    expect(await ids()).toEqual([1]);
    runs = [aRun(2), aRun(1)];
    expect([await ids(), await ids()]).toEqual([
      [2, 1],
      [2, 1],
    ]);
  });

  test('keeps the links to its other pages', async () => {
    const link = (seen: Seen) => `<http://${seen.headers.host}${seen.path}?page=2>; rel="next"`;
    github.on(LIST, (seen) => {
      const etag = `"${seen.query.page ?? 1}"`;
      if (seen.headers['if-none-match'] === etag) return { status: 304 };
      const { page } = seen.query;
      const headers = page ? { etag } : { etag, link: link(seen) };
      return { body: { total_count: 2, check_runs: [aRun(page ? 1 : 2)] }, headers };
    });
    expect([await ids(), await ids()]).toEqual([
      [2, 1],
      [2, 1],
    ]);
    expect(github.sent(LIST)).toHaveLength(4);
  });

  test('through another installation is another read', async () => {
    github.on('POST /app/installations/8/access_tokens', {
      status: 201,
      body: { token: 'ghs_other', expires_at: new Date(github.clock.now() + 3_600_000).toISOString(), permissions: {} },
    });
    github.on(
      LIST,
      tagged(() => ({ total_count: 1, check_runs: [aRun(1)] })),
    );
    await ids();
    await ids(github.forge.repository({ owner: 'acme', name: 'rocket', installation: 8 }));
    expect(github.sent(LIST).map(({ headers }) => headers['if-none-match'])).toEqual([undefined, undefined]);
  });

  test('of what is gone by now says so', async () => {
    const ref = 'GET /repos/acme/rocket/git/ref/heads/a';
    github.on(
      ref,
      tagged(() => ({ object: { sha: COMMIT } })),
      { status: 404, body: { message: 'Not Found' } },
    );
    expect([await github.rocket.branchHead('a'), await github.rocket.branchHead('a')]).toEqual([COMMIT, null]);
  });
});

describe('what a commit names', () => {
  test('is read once, however it is written', async () => {
    const route = `GET /repos/acme/rocket/compare/${COMMIT}...${OTHER}`;
    github.on(route, { body: { merge_base_commit: { sha: COMMIT }, status: 'ahead' } });
    for (let i = 0; i < 2; i++) expect(await github.rocket.mergeBase(COMMIT, OTHER)).toBe(COMMIT);
    expect(github.sent(route)).toHaveLength(1);
  });

  test('that is not there yet is asked for again', async () => {
    const route = `GET /repos/acme/rocket/git/blobs/${COMMIT}`;
    github.on(route, { status: 404, body: {} }, { body: { content: 'aGk=', encoding: 'base64' } });
    expect(await github.rocket.blobText(COMMIT)).toBeNull();
    for (let i = 0; i < 2; i++) expect(await github.rocket.blobText(COMMIT)).toBe('hi');
    expect(github.sent(route)).toHaveLength(2);
  });

  test('is read anew from a branch, which moves', async () => {
    const route = 'GET /repos/acme/rocket/compare/main...next';
    github.on(route, { body: { merge_base_commit: { sha: COMMIT }, status: 'ahead' } });
    for (let i = 0; i < 2; i++) await github.rocket.mergeBase('main', 'next');
    expect(github.sent(route)).toHaveLength(2);
  });
});

describe('memory', () => {
  /** What was sent for each of these addresses, one after the other; each answer has a hundred characters. */
  async function sentFor(paths: readonly string[], limits: { kept: number; largest: number }): Promise<string[]> {
    const sent: string[] = [];
    const fetched: typeof fetch = async (url, init) => {
      const known = new Headers(init?.headers).get('if-none-match');
      sent.push(`${new URL(String(url)).pathname}${known ? ' again' : ''}`);
      if (known) return new Response(null, { status: 304 });
      return new Response(JSON.stringify('x'.repeat(96).split(' ')), {
        headers: { etag: '"x"', 'content-type': 'application/json' },
      });
    };
    const octokit = new (Octokit.plugin(conditionalRequests(limits)))({ request: { fetch: fetched } });
    for (const path of paths) await octokit.request(`GET ${path}`);
    return sent;
  }

  test('forgets the answers that were not used for longest', async () => {
    expect(await sentFor(['/a', '/b', '/a', '/c', '/a', '/b'], { kept: 200, largest: 200 })).toEqual([
      '/a',
      '/b',
      '/a again',
      '/c',
      '/a again',
      '/b',
    ]);
  });

  test('keeps no answer that is too large', async () => {
    expect(await sentFor(['/a', '/a'], { kept: 200, largest: 99 })).toEqual(['/a', '/a']);
  });
});
