import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { runCli } from '../cli/run-cli.ts';
import { openBrowser } from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';
import { aPlannedIssue, type Scene } from '../support/scenes.ts';
import { aComponent, contentOf, executing } from '../support/shop.ts';
import { openStage, type Stage } from '../support/stage.ts';
import type { PullPage } from '../support/task-page.ts';

const TOKEN = 'an-admin-token-of-many-characters';
const ATTACK =
  '<script>document.title="owned"</script><img src=x onerror=alert(1)><svg onload=alert(2)> [x](javascript:alert(3)) \u202eneddih \u001b[31mred';
const LONG = 'x'.repeat(5_000_000);
const bucket = aComponent('token-bucket', { title: 'Add a token bucket for each client' });
const routes = aComponent('limit-routes', { title: 'Refuse orders beyond the limit', depends_on: ['token-bucket'] });
const docs = aComponent('docs', { title: 'Say what the limit is' });

let stage: Stage;
let browser: Browser;
let address: string;
let scene: Scene & { readonly pullOfPlan: PullPage };

beforeAll(async () => {
  const port = await freePort();
  address = `http://localhost:${port}`;
  [stage, browser] = await Promise.all([
    openStage(({ github }) => {
      github.app.callbackUrls.push(`${address}/auth/callback`);
      const { clientId, clientSecret } = github.app;
      return Promise.resolve({
        ADMIN_PORT: String(port),
        PUBLIC_URL: address,
        CLIENT_ID: clientId,
        CLIENT_SECRET: clientSecret,
        ADMIN_TOKEN: TOKEN,
      });
    }),
    openBrowser(),
  ]);
  scene = await aPlannedIssue(stage, {
    components: [bucket, routes, docs],
    executors: {
      'token-bucket': [
        {
          reasoning: 'I look first.',
          calls: [{ name: 'read_file', input: { path: 'src/orders.js', from_line: null, to_line: null } }],
        },
        ...executing(bucket),
      ],
      docs: [
        {
          text: LONG,
          calls: [{ name: 'create_file', input: { path: 'src/docs.js', content: contentOf('docs', 'src/docs.js') } }],
        },
        {
          calls: [
            {
              name: 'flag_blocker',
              input: {
                kind: 'contradiction',
                plan_clause: 'The limit is known.',
                evidence: ATTACK,
                proposal: 'Say it in the plan.',
              },
            },
          ],
        },
      ],
    },
  });
  await scene.approve('wanda', scene.pullOfPlan.number);
  await scene.componentsAre('2 open, 1 blocked');
  await stage.github.idle();
});
afterAll(async () => {
  await browser?.close();
  await stage?.close();
});

async function shot(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** The status of that page in this browser, without loading it: waiting asks often. */
const statusFor = async (context: BrowserContext, path: string): Promise<number> =>
  (await context.request.get(address + path)).status();

type Look = Parameters<Browser['newContext']>[0];

const DESKTOP: Look = { viewport: { width: 1280, height: 900 } };
const PHONE: Look = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

type Visit = { readonly page: Page; readonly context: BrowserContext };

async function openPage(look: Look): Promise<Visit> {
  const context = await browser.newContext(look);
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  return { page, context };
}

let desktop: Promise<Visit> | undefined;

/** The one page on a desktop, with nobody signed in: another browser for each test would take half of the processor time of this file. */
async function onDesktop(): Promise<Visit> {
  desktop ??= openPage(DESKTOP);
  const { page, context } = await desktop;
  // What the test before has changed, also where it failed.
  await page.unrouteAll();
  for (const event of ['console', 'pageerror', 'dialog']) page.removeAllListeners(event);
  await page.emulateMedia({ colorScheme: null });
  await context.setExtraHTTPHeaders({});
  await page.goto('about:blank');
  await context.clearCookies();
  return { page, context };
}

async function signInAs(login: string, path = '/dashboard'): Promise<Visit> {
  const { page, context } = await onDesktop();
  await page.goto(address + path);
  await page.getByRole('link', { name: 'Sign in with GitHub' }).click();
  await page.getByLabel('Login').fill(login);
  await page.getByRole('button', { name: 'Authorize' }).click();
  await page.waitForURL(address + path);
  return { page, context };
}

let wandas: Awaited<ReturnType<BrowserContext['cookies']>> | undefined;

/** wanda has signed in before; with a look of its own it is a browser of its own, which the test closes. */
async function asWanda(path = '/dashboard', look?: Look): Promise<Visit> {
  wandas ??= await (await signInAs('wanda')).context.cookies();
  const { page, context } = look ? await openPage(look) : await onDesktop();
  await context.addCookies(wandas);
  await page.goto(address + path);
  return { page, context };
}

async function asOperator(path: string): Promise<Visit> {
  const { page, context } = await onDesktop();
  await page.goto(address + path);
  await page.getByLabel('Admin token').fill(TOKEN);
  await page.getByRole('button', { name: 'Sign in' }).click();
  return { page, context };
}

const pathOfTask = () => `/dashboard/olga/${scene.repository.name}/${scene.issue}`;

/** Roles and names as a screen reader is told them. */
async function namesOn(page: Page): Promise<{ role: string; name: string }[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  return nodes.map(({ role, name }) => ({ role: String(role?.value), name: String(name?.value ?? '') }));
}

describe('a person with write access', () => {
  it('signs in with GitHub and sees in a moment what is awaited, why, and at what price', async () => {
    const { page } = await signInAs('wanda');
    const problems: string[] = [];
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('dialog', (dialog) => problems.push(dialog.message()));
    const row = page.getByRole('row').filter({ hasText: scene.plan.title });
    await row.getByText('executing').waitFor();
    expect(await row.getByText('@wanda').count()).toBe(1);
    await shot(page, 'tasks-desktop-light');
    await row.getByRole('link').first().click();
    await page.getByRole('heading', { level: 1, name: scene.plan.title }).waitFor();
    // A blocker's text is shown, and does nothing.
    expect(await page.getByText('<script>document.title="owned"</script>').count()).toBeGreaterThan(1);
    expect([
      await page.title(),
      await page.locator('main img, main script, main [onload], a[href^="javascript"]').count(),
    ]).toEqual([`${scene.plan.title} · Planwright`, 0]);
    const what = page.getByRole('region', { name: 'What happened' });
    await what.getByText('wanda approved the plan by review').waitFor();
    await shot(page, 'task-desktop-light');
    await page.getByRole('link', { name: 'Conversation of token-bucket, attempt 1' }).click();
    await page.getByRole('heading', { name: 'Turn 2' }).waitFor();
    expect(await page.getByText('export const token_bucket = true;').count()).toBeGreaterThan(0);
    await page.getByText('What it was thinking').click();
    await page.getByText('I look first.').waitFor();
    await shot(page, 'conversation-desktop-light');
    await page.goto(`${address}${pathOfTask()}/component/docs/1`);
    await page.getByText('more characters are in the export').waitFor();
    expect((await page.content()).length).toBeLessThan(200_000);
    for (const name of ['Repositories', 'Audit', 'System']) {
      await page.getByRole('link', { name, exact: true }).click();
      await page.getByRole('heading', { level: 1, name }).waitFor();
      await shot(page, `${name.toLowerCase()}-desktop-light`);
    }
    expect(problems).toEqual([]);
  });

  it('reads it on a phone in the dark, without scrolling sideways', async () => {
    const { page, context } = await asWanda('/dashboard', { ...PHONE, colorScheme: 'dark' });
    const paths = [
      '/dashboard',
      pathOfTask(),
      `${pathOfTask()}/component/token-bucket/1`,
      '/dashboard/audit',
      '/dashboard/system',
    ];
    for (const path of paths) {
      await page.goto(address + path);
      const seen = await page.evaluate<[number, string]>(
        '[document.documentElement.scrollWidth, getComputedStyle(document.body).backgroundColor]',
      );
      expect([path, ...seen]).toEqual([path, 390, 'rgb(15, 18, 22)']);
      await shot(page, `${path.split('/').slice(2).join('-') || 'tasks'}-phone-dark`);
    }
    // Tables are laid out as cards there, and are tables to a screen reader all the same.
    await page.goto(address + pathOfTask());
    await page.getByRole('cell', { name: 'Refuse orders beyond the limit' }).waitFor();
    await context.close();
  });

  it('works without JavaScript, by keyboard, and with a screen reader', async () => {
    const { page, context } = await asWanda('/dashboard', { ...DESKTOP, javaScriptEnabled: false });
    expect(await page.locator('noscript').first().innerHTML()).toContain('http-equiv="refresh"');
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').innerText()).toBe('Skip to the content');
    await page.goto(address + pathOfTask());
    const names = await namesOn(page);
    const operable = names.filter(({ role }) => ['link', 'button', 'textbox', 'DisclosureTriangle'].includes(role));
    expect(operable.length).toBeGreaterThan(20);
    expect(operable.filter(({ name }) => name.trim() === '')).toEqual([]);
    const landmarks = names.filter(({ role }) => ['main', 'banner', 'navigation'].includes(role)).map(({ role }) => role);
    expect(landmarks).toEqual(expect.arrayContaining(['banner', 'navigation', 'main']));
    await context.close();
  });

  it('follows a link from GitHub, signs in on the way, and arrives', async () => {
    const links = /\((http:\/\/localhost[^)]+)\)/g;
    const [onIssue] = [...(await scene.status()).matchAll(links)].map((match) => match[1]);
    expect(onIssue).toBe(address + pathOfTask());
    const pull = await scene.pull('token-bucket');
    expect([...pull.body.matchAll(links)].map((match) => match[1])).toEqual([
      address + pathOfTask(),
      `${address}${pathOfTask()}/component/token-bucket/1`,
    ]);
    expect(scene.pullOfPlan.body).toContain(`${pathOfTask()}/plan/1.1.1)`);
    const { page } = await signInAs('wanda', `${pathOfTask()}/component/token-bucket/1`);
    await page.getByRole('heading', { level: 1, name: 'token-bucket, attempt 1' }).waitFor();
  });
});

describe('others', () => {
  it('with read access see the same as where there is nothing', async () => {
    const { page } = await signInAs('rita');
    await page.getByText('No tasks yet.').waitFor();
    const seen = async (path: string) => [(await page.goto(address + path))?.status(), await page.locator('main').innerHTML()];
    expect(await seen(pathOfTask())).toEqual(await seen('/dashboard/olga/no-such-shop/1'));
    expect((await seen(pathOfTask()))[0]).toBe(404);
  });

  it('who lost access are shut out within the time that it is remembered', async () => {
    const { page, context } = await asWanda(pathOfTask());
    stage.github.setCollaborator(scene.repository.fullName, 'wanda', null);
    await stage.github.until('wanda to be shut out', async () => (await statusFor(context, pathOfTask())) === 404);
    expect((await page.goto(address + pathOfTask()))?.status()).toBe(404);
    stage.github.setCollaborator(scene.repository.fullName, 'wanda', 'write');
    await stage.github.until('wanda to be let in', async () => (await statusFor(context, pathOfTask())) === 200);
    expect((await page.goto(address + pathOfTask()))?.status()).toBe(200);
  });

  it('whose sign-in took too long, or who declined, are told so', async () => {
    const { page, context } = await onDesktop();
    await page.goto(`${address}/auth/sign-in`);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('GitHub did not sign you in.').waitFor();
    await page.goto(`${address}/auth/sign-in`);
    await page.getByLabel('Login').fill('wanda');
    const exchange = stage.github.hold({ method: 'POST', path: /\/login\/oauth\/access_token$/, when: 'before' });
    const arrived = page.getByRole('button', { name: 'Authorize' }).click();
    await exchange.reached;
    stage.github.expireCodes();
    exchange.release();
    await arrived;
    await page.getByText('GitHub refused the sign-in').waitFor();
    expect(await context.cookies()).toEqual([]);
  });

  it('on another site cannot sign anybody out nor frame a page, and paths lead nowhere else', async () => {
    const { page } = await signInAs('wanda');
    await page.route('http://127.0.0.1:9/**', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<iframe src="${address}/dashboard"></iframe><form method="post" action="${address}/auth/sign-out"><button>Win</button></form>`,
      }),
    );
    await page.goto('http://127.0.0.1:9/');
    expect(await page.frameLocator('iframe').getByText('Tasks').count()).toBe(0);
    await page.getByRole('button', { name: 'Win' }).click();
    await page.waitForURL(/sign-out|dashboard/);
    expect((await page.goto(`${address}/dashboard`))?.status()).toBe(200);
    for (const path of [
      '%2e%2e/%2e%2e/etc/passwd',
      '/evil.example',
      'olga%2Fshop/1',
      'olga/..%2f..%2fmetrics/1',
      '%00',
      'assets/x/style.css',
    ])
      expect([path, (await page.goto(`${address}/dashboard/${path}`))?.status()]).toEqual([path, 404]);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('with a session of their own making see the sign-in', async () => {
    const forged = `${Buffer.from(JSON.stringify({ id: 'x', viewer: { kind: 'operator' }, until: 9e15 })).toString('base64url')}.AAAA`;
    const { page, context } = await onDesktop();
    await context.setExtraHTTPHeaders({ cookie: `__Host-planwright=${forged}` });
    expect((await page.goto(`${address}/dashboard/system`))?.status()).toBe(401);
  });
});

describe('the operator', () => {
  it('signs in with the token and sees the queues and what went wrong', async () => {
    const { page } = await onDesktop();
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(`${address}/dashboard/system`);
    await shot(page, 'sign-in-desktop-dark');
    await asOperator('/dashboard/system');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.getByRole('heading', { level: 1, name: 'System' }).waitFor();
    await page.getByText('is not protected by a certificate').waitFor();
    await shot(page, 'system-desktop-dark');
    await page.goto(address + pathOfTask());
    await shot(page, 'task-desktop-dark');
  });

  it('exports a task and the audit from a terminal', async () => {
    const env = { env: stage.variables };
    const exported = await runCli(
      ['export', `${scene.repository.fullName}#${scene.issue}`, '--format', 'json', '--output', '-'],
      env,
    );
    const { task, conversations, audit } = JSON.parse(exported.stdout);
    expect([task.title, conversations.length, task.state]).toEqual([scene.plan.title, 4, 'executing']);
    expect(audit.map(({ kind }: { kind: string }) => kind)).toEqual([
      'started',
      'planned',
      'approved',
      ...Array(3).fill(expect.anything()),
    ]);
    const printed = await runCli(['audit', '--since', '1h'], env);
    expect(printed.stdout).toMatch(
      new RegExp(`^${scene.repository.fullName}#1 .* approved by wanda: by review, #2, plan [0-9a-f]{40}`, 'm'),
    );
  });
});

it('a page that is open shows what happens, without being loaded again', async () => {
  const { page } = await asWanda(pathOfTask());
  await page.evaluate('window.loadedOnce = true');
  await page.locator('summary').filter({ hasText: 'What was approved' }).click();
  await scene.comment('wanda', '/cancel');
  await scene.statusIs('cancelled');
  // As when the reader comes back to it; left alone it looks every few seconds.
  await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
  await page.getByRole('region', { name: 'Now' }).getByText('cancelled', { exact: true }).waitFor();
  expect(await page.evaluate('window.loadedOnce')).toBe(true);
  expect(await page.locator('details[open]').count()).toBe(1);
});

it('an account that removed the App holds up nobody, and what was before is for the operator when it comes back', async () => {
  const { page, context } = await asWanda(pathOfTask());
  stage.github.uninstall('olga');
  await stage.github.until('the task to be hidden', async () => (await statusFor(context, pathOfTask())) === 404);
  expect((await page.goto(address + pathOfTask()))?.status()).toBe(404);
  expect((await page.goto(`${address}/dashboard`))?.status()).toBe(200);
  stage.github.reinstall('olga');
  await stage.github.until('the task to be there again', async () => (await statusFor(context, pathOfTask())) === 200);
  expect((await page.goto(address + pathOfTask()))?.status()).toBe(200);
  expect(await page.getByRole('link', { name: 'Plan, revision 1' }).count()).toBe(0);
  await asOperator(pathOfTask());
  await page.getByRole('link', { name: 'Plan, revision 1' }).waitFor();
});

/** These reach into the database, which an embedded one lets nobody do. */
const withServer = process.env.TEST_POSTGRES ? describe : describe.skip;

withServer('the database', () => {
  const run = async (statement: string): Promise<void> => {
    const url = new URL(stage.variables.DATABASE_URL ?? '');
    const client = new pg.Client({ connectionString: url.href.replace(url.pathname, '/postgres') });
    await client.connect();
    await client.query(statement.replaceAll('$DATABASE', url.pathname.slice(1)));
    await client.end();
  };

  it('is gone: the page says so and no more, and is there again with it', async () => {
    const { page, context } = await asWanda();
    // The work keeps its connections, the pages get none.
    await run('ALTER DATABASE $DATABASE ALLOW_CONNECTIONS false');
    await run(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$DATABASE' AND application_name = 'planwright pages'",
    );
    expect((await page.goto(`${address}/dashboard`))?.status()).toBe(503);
    expect(await page.locator('main').innerText()).toMatch(
      /^This page cannot be shown\s+The database does not answer, or something else is wrong\. The log has the reason\.$/,
    );
    await run('ALTER DATABASE $DATABASE ALLOW_CONNECTIONS true');
    await stage.github.until('the page to be there again', async () => (await statusFor(context, '/dashboard')) === 200);
    expect((await page.goto(`${address}/dashboard`))?.status()).toBe(200);
  });

  it('forgets what is old, and the task goes on all the same', async () => {
    const own = new pg.Client({ connectionString: stage.variables.DATABASE_URL });
    await own.connect();
    const count = async (from: string): Promise<number> =>
      Number((await own.query(`SELECT count(*) AS n FROM ${from}`)).rows[0].n);
    await stage.bot.stop();
    await own.query("UPDATE planwright.transcript SET at = now() - interval '31 days'");
    await own.query("DELETE FROM planwright.round WHERE what = 'retention'");
    await stage.restart();
    await stage.github.until('the old rows to be gone', async () => (await count('planwright.transcript')) === 0);
    await own.end();
    scene.executorDoes('docs', executing(docs));
    await scene.comment('wanda', '/execute docs');
    await scene.componentsAre('3 open');
    const { page } = await asWanda(pathOfTask());
    await page.getByRole('link', { name: 'Conversation of docs, attempt 2' }).waitFor();
  });
});
