import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Octokit } from '@octokit/rest';
import { parse } from 'yaml';
import { objectionsToAnswer, objectionsToDelivery, objectionsToRequest } from './description.ts';
import { ENDPOINTS, EVENTS } from './endpoints.ts';
import { DESCRIPTION } from './extract.ts';

const manifest = parse(readFileSync('app.yml', 'utf8')) as {
  default_permissions: Record<string, 'read' | 'write'>;
  default_events: string[];
};

/** Not enabled for Apps by the description; Apps use it all the same, GitHub Actions' own token among them (github/gh-aw). */
const FLAGGED_WRONGLY = 'POST /repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies';

const grants = (need: string): boolean => {
  const [name = '', level] = need.split(':');
  if (level === undefined) return true;
  const given = manifest.default_permissions[name];
  return given === 'write' || given === level;
};

describe('the endpoints in use', () => {
  it.each(Object.entries(ENDPOINTS))(
    '%s: Apps may use it, it is not deprecated, and the manifest asks for a permission that is enough',
    (name, { needs }) => {
      expect(DESCRIPTION.endpoints[name]?.deprecated).toBe(false);
      // The App's own token is no installation's, and the flag is about those.
      if (!needs.includes('app') && name !== FLAGGED_WRONGLY) expect(DESCRIPTION.endpoints[name]?.forApps).toBe(true);
      expect(needs.some(grants)).toBe(true);
    },
  );

  it('are all that the adapter calls', () => {
    const { rest } = new Octokit() as unknown as {
      rest: Record<string, Record<string, { endpoint: { DEFAULTS: { method: string; url: string } } }>>;
    };
    const folder = 'src/adapters/github';
    const files = (readdirSync(folder, { recursive: true }) as string[]).filter((file) => file.endsWith('.ts'));
    const text = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
    const calls = [...text.matchAll(/\b(actions|apps|checks|git|issues|pulls|reactions|repos)\.(\w+)(?=[(,)])/g)].flatMap(
      ([, scope = '', name = '']) => rest[scope]?.[name]?.endpoint.DEFAULTS ?? [],
    );
    const inUse = new Set(calls.map(({ method, url }) => `${method} ${url}`));
    expect(inUse.size).toBeGreaterThan(35);
    expect([...inUse].filter((endpoint) => !(endpoint in ENDPOINTS))).toEqual([]);
  });

  it('need every permission that the manifest asks for', () => {
    const needed = new Set(Object.values(ENDPOINTS).flatMap(({ needs }) => needs));
    const asked = Object.entries(manifest.default_permissions).map(([name, level]) => `${name}:${level}`);
    expect(asked.filter((permission) => !needed.has(permission as never))).toEqual([]);
  });

  it('have described fields only', () => {
    for (const [name, { reads }] of Object.entries(ENDPOINTS))
      for (const field of reads) expect([name, field, isDescribed(name, field)]).toEqual([name, field, true]);
  });
});

/** Whether a field that has a wrong value is objected to. */
function isDescribed(endpoint: string, field: string): boolean {
  const answers = Object.entries(DESCRIPTION.endpoints[endpoint]?.answers ?? {}).filter(([, { schema }]) => schema);
  return answers.every(([status, { examples }]) =>
    Object.values(examples ?? {}).every((example) =>
      objectionsToAnswer(endpoint, Number(status), example).every(
        (text) => !text.includes('is not described') || !text.includes(field),
      ),
    ),
  );
}

describe('the events in use', () => {
  it('are the ones the manifest subscribes to', () => {
    const always = ['installation', 'installation_repositories'];
    const subscribed = [...manifest.default_events, ...always].map((name) => name.replaceAll('_', '-'));
    const unread = subscribed.filter(
      (name) => !Object.keys(EVENTS).some((event) => event === name || event.startsWith(`${name}-`)),
    );
    expect(unread).toEqual([]);
    const unsubscribed = Object.keys(EVENTS).filter(
      (event) => !subscribed.some((name) => event === name || event.startsWith(`${name}-`)),
    );
    expect(unsubscribed).toEqual([]);
    const source = readFileSync('src/webhooks/receive.ts', 'utf8');
    const received = [...source.slice(0, source.indexOf('async (context)')).matchAll(/^ {6}'(\w+)',$/gm)].map(([, name]) => name);
    expect(received.sort()).toEqual([...manifest.default_events, ...always].sort());
  });
});

describe('a request', () => {
  const REPO = '/repos/ada/engine';
  it.each<[string, string, string, unknown, RegExp]>([
    ['to an unknown endpoint', 'POST', `${REPO}/merges`, {}, /not in the table/],
    ['with an unknown query parameter', 'GET', `${REPO}/pulls?status=open`, undefined, /no query parameter status/],
    ['with a wrong word in the query', 'GET', `${REPO}/pulls?state=merged`, undefined, /state: .*allowed values/],
    ['with a number that is none', 'GET', `${REPO}/issues/seven`, undefined, /issue_number: .*integer/],
    ['with an unknown field', 'POST', `${REPO}/pulls`, { head: 'a', base: 'b', titel: 'x' }, /body .*additional properties/],
    ['without a required field', 'POST', `${REPO}/git/refs`, { ref: 'refs/heads/a' }, /body .*'sha'/],
    ['with a field of another type', 'POST', `${REPO}/issues/1/labels`, { labels: 'plan' }, /body/],
    ['with a body where none is taken', 'GET', `${REPO}`, { a: 1 }, /takes no body/],
    ['with a word that is not allowed', 'PATCH', `${REPO}/check-runs/1`, { conclusion: 'fine' }, /body/],
  ])('%s is objected to', (_, method, path, body, objection) => {
    expect(objectionsToRequest(method, path, body).join('\n')).toMatch(objection);
  });

  it.each<[string, string, unknown]>([
    ['GET', `${REPO}/pulls?head=ada%3Aplan&state=all&per_page=100&page=2`, undefined],
    ['GET', `${REPO}/contents/docs/a%20b.md?ref=main`, undefined],
    ['POST', `${REPO}/issues/1/labels`, { labels: ['plan'] }],
    ['PATCH', `${REPO}/git/refs/heads/planwright/issue-1/plan`, { sha: 'a'.repeat(40), force: false }],
    [
      'POST',
      `${REPO}/check-runs`,
      { name: 'a', head_sha: 'b', status: 'completed', conclusion: 'success', output: { title: 't', summary: 's' } },
    ],
  ])('as the bot makes it passes: %s %s', (method, path, body) => {
    expect(objectionsToRequest(method, path, body)).toEqual([]);
  });
});

describe('an answer and a delivery', () => {
  it("pass when they are GitHub's own examples", () => {
    for (const [name, { answers }] of Object.entries(DESCRIPTION.endpoints))
      for (const [status, { examples }] of Object.entries(answers))
        for (const example of Object.values(examples ?? {}))
          expect(objectionsToAnswer(name, Number(status), example).filter((text) => !KNOWN.includes(text))).toEqual([]);
  });

  it('are objected to in the fields that are read', () => {
    const issue = { number: '7', title: null };
    const objections = objectionsToAnswer('GET /repos/{owner}/{repo}/issues/{issue_number}', 200, issue).join('\n');
    expect(objections).toMatch(/\.number is "7"/);
    expect(objections).toMatch(/\.title is null/);
    expect(objections).toMatch(/\.state is missing/);
    expect(objectionsToDelivery('issues', 'labeled', { issue: {}, sender: {} }).join('\n')).toMatch(/\.issue\.number is missing/);
  });
});

/** GitHub's example disagrees with its own schema. */
const KNOWN: readonly string[] = [
  'GET /repos/{owner}/{repo}/activity 200: [].timestamp is missing',
  'GET /repos/{owner}/{repo}/activity 200: [].activity_type is missing',
];
