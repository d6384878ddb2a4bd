import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appClient, appJwt, asApp } from './app-client.ts';
import { type LocalGitHub, startLocalGitHub } from './local-github.ts';

describe('the App', () => {
  let github: LocalGitHub;

  beforeAll(async () => {
    github = await startLocalGitHub();
    await github.addRepository({ owner: 'ada', name: 'open', files: { 'a.txt': 'a\n' } });
    await github.addRepository({ owner: 'ada', name: 'secret', private: true, files: { 'b.txt': 'b\n' } });
    await github.addRepository({ owner: 'grace', name: 'other', files: { 'c.txt': 'c\n' } });
  });
  afterAll(() => github.close());

  it('knows itself and where it is installed', async () => {
    const app = asApp(github);
    expect((await app.apps.getAuthenticated()).data).toMatchObject({
      id: github.app.id,
      slug: 'planwright',
      permissions: { contents: 'write' },
    });
    expect(
      (await app.apps.listInstallations()).data.map(({ account }) => account && 'login' in account && account.login),
    ).toEqual(['ada', 'grace']);
    const { data } = await app.apps.getRepoInstallation({ owner: 'grace', repo: 'other' });
    expect(data).toMatchObject({ app_slug: 'planwright', target_type: 'User', account: { login: 'grace' } });
    await expect(github.as('ada').apps.getAuthenticated()).rejects.toMatchObject({ status: 401 });
    await expect(github.as('ada').apps.getRepoInstallation({ owner: 'grace', repo: 'other' })).rejects.toMatchObject({
      status: 401,
    });
  });

  it('is told that its signature has expired in the words by which Octokit signs again', async () => {
    const ask = (token: string) => fetch(`${github.url}/api/v3/app`, { headers: { authorization: `bearer ${token}` } });
    const expired = await ask(appJwt(github, Date.now() - 3_600_000));
    expect(expired.status).toBe(401);
    expect(await expired.json()).toMatchObject({ message: expect.stringContaining("'Expiration time' claim ('exp')") });
    expect(await (await ask(appJwt(github).slice(0, -8))).json()).toMatchObject({
      message: 'A JSON web token could not be decoded',
    });
    expect((await ask(appJwt(github))).status).toBe(200);
  });

  it('gets tokens for some repositories and some permissions, and no more', async () => {
    const reader = await appClient(github, 'ada', { repositories: ['secret'], permissions: { contents: 'read' } });
    expect((await reader.repos.getContent({ owner: 'ada', repo: 'secret', path: 'b.txt' })).status).toBe(200);
    const { data } = await reader.apps.listReposAccessibleToInstallation();
    expect(data.repositories.map(({ full_name }) => full_name)).toEqual(['ada/secret']);
    const { data: ref } = await reader.git.getRef({ owner: 'ada', repo: 'secret', ref: 'heads/main' });
    const write = reader.git.createRef({ owner: 'ada', repo: 'secret', ref: 'refs/heads/x', sha: ref.object.sha });
    await expect(write).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining('Resource not accessible by integration'),
    });
    await expect(reader.issues.create({ owner: 'ada', repo: 'secret', title: 'x' })).rejects.toMatchObject({ status: 403 });
    await expect(reader.issues.listForRepo({ owner: 'ada', repo: 'secret' })).rejects.toMatchObject({ status: 403 });
    await expect(reader.issues.create({ owner: 'grace', repo: 'other', title: 'x' })).rejects.toMatchObject({ status: 403 });
    const elsewhere = await appClient(github, 'grace');
    await expect(elsewhere.repos.get({ owner: 'ada', repo: 'secret' })).rejects.toMatchObject({ status: 404 });
    await expect(appClient(github, 'ada', { permissions: { workflows: 'write' } })).rejects.toMatchObject({ status: 422 });
  });

  it('has tokens that expire', async () => {
    const bot = await appClient(github, 'ada');
    const { token } = (await bot.auth()) as { token: string };
    expect(token.length).toBeGreaterThan(100);
    github.expireTokens();
    await expect(bot.repos.get({ owner: 'ada', repo: 'open' })).rejects.toMatchObject({ status: 401 });
  });

  it('reads its deliveries and asks for another attempt', async () => {
    await github.idle();
    const app = asApp(github);
    const lost = (await app.apps.listWebhookDeliveries({ per_page: 1 })).data[0];
    expect(lost).toMatchObject({ event: 'repository', action: 'created', status_code: 0, redelivery: false });
    await app.apps.redeliverWebhookDelivery({ delivery_id: lost?.id ?? 0 });
    await github.idle();
    const again = (await app.apps.listWebhookDeliveries({ per_page: 1 })).data[0];
    expect(again).toMatchObject({ guid: lost?.guid, redelivery: true });
  });

  it('is led from page to page below the address it uses', async () => {
    await github.idle();
    const app = asApp(github);
    const below = expect.stringMatching(new RegExp(`^<${github.url}/api/v3/app/`));
    expect((await app.apps.listWebhookDeliveries({ per_page: 1 })).headers.link).toEqual(below);
    expect(await app.paginate(app.apps.listWebhookDeliveries, { per_page: 1 })).toHaveLength(github.deliveries.length);
  });

  it('can be suspended and uninstalled', async () => {
    const bot = await appClient(github, 'grace');
    github.suspend('grace', true);
    await expect(bot.repos.get({ owner: 'grace', repo: 'other' })).rejects.toMatchObject({ status: 401 });
    await expect(appClient(github, 'grace')).rejects.toMatchObject({ status: 403 });
    github.suspend('grace', false);
    expect((await (await appClient(github, 'grace')).repos.get({ owner: 'grace', repo: 'other' })).status).toBe(200);
    github.uninstall('grace');
    await expect(asApp(github).apps.getRepoInstallation({ owner: 'grace', repo: 'other' })).rejects.toMatchObject({
      status: 404,
    });
    await github.idle();
    const told = github.deliveries.filter(
      ({ event, payload }) =>
        event === 'installation' && (payload.installation as { account: { login: string } }).account.login === 'grace',
    );
    expect(told.map(({ action }) => action)).toEqual(['created', 'suspend', 'unsuspend', 'deleted']);
  });
});
