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

  const PUT = 'POST /repos/acme/rocket/issues/1/labels';
  const LOOK = { color: '5319e7', description: 'Plan it' };
  test.each([
    ['that GitHub made because an issue is to carry it gets its look', { color: 'ededed', description: null }, [PUT, 'PATCH']],
    ['that people gave a colour keeps it', { color: 'fbca04', description: null }, [PUT]],
    ['that people described keeps that', { color: 'ededed', description: 'Ours' }, [PUT]],
  ])('%s', async (_, shown, calls) => {
    github.on(PUT, {
      body: [
        { name: 'bug', color: 'ededed', description: null },
        { name: 'Plan', ...shown },
      ],
    });
    github.on('PATCH /repos/acme/rocket/labels/plan', { body: {} });
    await github.rocket.addLabel(1, 'plan', LOOK);
    expect(github.calls()).toEqual(calls.map((call) => (call === 'PATCH' ? `PATCH /repos/acme/rocket/labels/plan` : call)));
    for (const { body } of github.sent('PATCH /repos/acme/rocket/labels/plan')) expect(body).toEqual(LOOK);
  });

  test('that GitHub does not take is an error', async () => {
    github.on(FIND, { status: 404 });
    github.on(MAKE, { status: 422 });
    await expect(github.rocket.ensureLabel('plan', '5319e7', '')).rejects.toMatchObject({ status: 422 });
  });
});
