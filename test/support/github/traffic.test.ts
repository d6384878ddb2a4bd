import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalGitHub, startLocalGitHub } from './local-github.ts';

describe('traffic', () => {
  const repo = { owner: 'ada', repo: 'engine' };
  let github: LocalGitHub;

  beforeAll(async () => {
    github = await startLocalGitHub();
    await github.addRepository({ owner: 'ada', name: 'engine', files: { 'README.md': 'hello\n' } });
  });
  afterAll(() => github.close());

  const titles = async () => (await github.as('ada').issues.listForRepo({ ...repo })).data.map((issue) => issue.title);

  it('is recorded with who sent it', async () => {
    const listening = Promise.withResolvers<string>();
    github.onRequest((request) => listening.resolve(request.path));
    await github.as('ada').issues.create({ ...repo, title: 'Seen' });
    expect(github.requests.at(-1)).toMatchObject({
      method: 'POST',
      path: '/repos/ada/engine/issues',
      body: { title: 'Seen' },
      status: 201,
      by: { kind: 'user', login: 'ada' },
    });
    expect(await listening.promise).toBe('/repos/ada/engine/issues');
  });

  it('can be answered with a fault, as often as asked', async () => {
    github.fault({ method: 'GET', path: /\/issues$/, times: 2, respond: { status: 502, body: { message: 'Bad gateway' } } });
    await expect(titles()).rejects.toMatchObject({ status: 502 });
    await expect(titles()).rejects.toMatchObject({ status: 502 });
    expect(await titles()).toContain('Seen');
  });

  it('can be dropped before it is performed, and after', async () => {
    github.fault({ method: 'POST', path: /\/issues$/, respond: 'drop' });
    await expect(github.as('ada').issues.create({ ...repo, title: 'Never' })).rejects.toThrow();
    github.fault({ method: 'POST', path: /\/issues$/, respond: 'drop-after' });
    await expect(github.as('ada').issues.create({ ...repo, title: 'Unanswered' })).rejects.toThrow();
    const now = await titles();
    expect(now).not.toContain('Never');
    expect(now).toContain('Unanswered');
  });

  it('can be held before it is performed', async () => {
    const held = github.hold({ method: 'POST', path: /\/issues$/, by: 'ada' });
    const pending = github.as('ada').issues.create({ ...repo, title: 'Held' });
    await held.reached;
    expect(await titles()).not.toContain('Held');
    held.release();
    expect((await pending).status).toBe(201);
  });

  it('can be held after it was performed, and abandoned either way', async () => {
    const after = github.hold({ method: 'POST', path: /\/issues$/, when: 'after' });
    const answered = expect(github.as('ada').issues.create({ ...repo, title: 'Done but unanswered' })).rejects.toThrow();
    await after.reached;
    expect(await titles()).toContain('Done but unanswered');
    after.abandon();
    await answered;
    const before = github.hold({ method: 'POST', path: /\/issues$/ });
    const refused = expect(github.as('ada').issues.create({ ...repo, title: 'Abandoned' })).rejects.toThrow();
    await before.reached;
    before.abandon();
    await refused;
    expect(await titles()).not.toContain('Abandoned');
  });

  it('of an unknown token is refused', async () => {
    const answer = await fetch(`${github.url}/api/v3/repos/ada/engine`, { headers: { authorization: 'token ghp_made_up' } });
    expect(answer.status).toBe(401);
    expect(github.requests.at(-1)).toMatchObject({ status: 401, by: { kind: 'unknown token' } });
  });

  it('tells its story when a wait fails', async () => {
    const waiting = github.until('a miracle', () => false, { timeoutMs: 50 });
    await expect(waiting).rejects.toThrow(/Waited 50 ms for a miracle[\s\S]*POST \/repos\/ada\/engine\/issues -> /);
  });

  it('waits for whatever the condition yields', async () => {
    const seen = github.until('a late issue', async () => (await titles()).find((title) => title === 'Late'));
    await github.as('ada').issues.create({ ...repo, title: 'Late' });
    expect(await seen).toBe('Late');
  });

  it('is not cut off after 5,000 requests of one token', async () => {
    const read = () =>
      fetch(`${github.url}/zen`, { headers: { authorization: `token ${github.tokenOf('ada')}` } }).then(
        (answer) => answer.status,
      );
    const statuses = new Set<number>();
    for (let round = 0; round < 51; round += 1)
      for (const status of await Promise.all(Array.from({ length: 100 }, read))) statuses.add(status);
    expect([...statuses]).toEqual([200]);
  });
});
