import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';
import { aPlannedIssue, type Scene } from '../support/scenes.ts';
import { aComponent, contentOf, executing } from '../support/shop.ts';
import { openStage, type Stage } from '../support/stage.ts';
import type { PullPage } from '../support/task-page.ts';

const TOKEN = 'an-admin-token-of-many-characters';
const ATTACK = '<script>document.title="owned"</script><img src=x onerror=alert(1)>\u202eneddih \u001b[31mred';
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
        { calls: [{ name: 'create_file', input: { path: 'src/docs.js', content: contentOf('docs', 'src/docs.js') } }] },
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

type Look = Parameters<Browser['newContext']>[0];

async function signedInAs(login: string, look: Look = {}): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext(look);
  const page = await context.newPage();
  await page.goto(`${address}/dashboard`);
  await page.getByRole('link', { name: 'Sign in with GitHub' }).click();
  await page.getByLabel('Login').fill(login);
  await page.getByRole('button', { name: 'Authorize' }).click();
  await page.waitForURL(`${address}/dashboard`);
  return { page, context };
}

describe('a person with write access', () => {
  it('signs in with GitHub and sees in a moment what is awaited, why, and at what price', async () => {
    const { page, context } = await signedInAs('wanda');
    const row = page.getByRole('row').filter({ hasText: scene.plan.title });
    await row.getByText('executing').waitFor();
    await shot(page, 'tasks-desktop-light');
    await row.getByRole('link').first().click();
    await page.getByRole('heading', { level: 1, name: scene.plan.title }).waitFor();
    await shot(page, 'task-desktop-light');
    await page.getByRole('link', { name: 'Conversation of token-bucket, attempt 1' }).click();
    await page.getByRole('heading', { name: 'Turn 2' }).waitFor();
    await shot(page, 'conversation-desktop-light');
    expect(await page.getByText('export const token_bucket = true;').count()).toBeGreaterThan(0);
    for (const name of ['Repositories', 'Audit', 'System']) {
      await page.getByRole('link', { name, exact: true }).click();
      await page.getByRole('heading', { level: 1, name }).waitFor();
      await shot(page, `${name.toLowerCase()}-desktop-light`);
    }
    await context.close();
  });
});
