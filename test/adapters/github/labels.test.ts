import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ScriptedGitHub, startScriptedGitHub } from './scripted-github.ts';

let github: ScriptedGitHub;
beforeEach(async () => {
  github = await startScriptedGitHub();
});
afterEach(() => github.close());

describe('a label', () => {
  const FIND = 'GET /repos/acme/rocket/labels/plan';
  const MAKE = 'POST /repos/acme/rocket/labels';

  test('that another process made a moment ago counts as found', async () => {
    github.on(FIND, { status: 404 }, { body: { name: 'plan' } });
    github.on(MAKE, { status: 422, body: { message: 'Validation Failed', errors: [{ code: 'already_exists', field: 'name' }] } });
    await github.rocket.ensureLabel('plan', '#5319e7', 'Plan it');
    expect(github.sent(MAKE)[0]?.body).toEqual({ name: 'plan', color: '5319e7', description: 'Plan it' });
  });

  test('that GitHub does not take is an error', async () => {
    github.on(FIND, { status: 404 });
    github.on(MAKE, { status: 422 });
    await expect(github.rocket.ensureLabel('plan', '5319e7', '')).rejects.toMatchObject({ status: 422 });
  });
});
