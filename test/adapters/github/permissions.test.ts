import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type ScriptedGitHub, startScriptedGitHub } from './scripted-github.ts';

const ROUTE = 'GET /repos/acme/rocket/collaborators/ada/permission';

let github: ScriptedGitHub;
beforeEach(async () => {
  github = await startScriptedGitHub();
});
afterEach(() => github.close());

test.each([
  ['admin', 'admin', 'admin'],
  ['write', 'maintain', 'maintain'],
  ['write', 'write', 'write'],
  ['read', 'triage', 'triage'],
  ['read', 'read', 'read'],
  ['none', 'none', 'none'],
  ['none', '', 'none'],
  // An organisation's own roles count as the level they are built on.
  ['write', 'Release engineer', 'write'],
  ['read', 'Issue gardener', 'read'],
  ['read', 'constructor', 'read'],
  // A role of somebody's making never widens its level by its name.
  ['read', 'admin', 'read'],
  // Older Enterprise Servers.
  ['write', undefined, 'write'],
  ['something new', 'something new', 'none'],
])('permission %s with the role %s is %s', async (permission, role_name, expected) => {
  github.on(ROUTE, { body: { permission, role_name } });
  expect(await github.rocket.permission('ada')).toBe(expected);
});

test('somebody GitHub does not know has none', async () => {
  github.on(ROUTE, { status: 404, body: { message: 'ada is not a user' } });
  expect(await github.rocket.permission('ada')).toBe('none');
});

test('a refusal is not an answer', async () => {
  github.on(ROUTE, { status: 403, body: { message: 'Resource not accessible by integration' } });
  await expect(github.rocket.permission('ada')).rejects.toMatchObject({ name: 'ForgeError', status: 403 });
});

const ADA = { id: 5, login: 'ada' };
test.each([
  ['the same account', { body: { permission: 'write', role_name: 'write', user: { id: 5 } } }, 'write'],
  ['another account of the name', { body: { permission: 'admin', role_name: 'admin', user: { id: 6 } } }, 'none'],
  ['nobody any more', { body: { permission: 'admin', role_name: 'admin', user: null } }, 'none'],
  ['an installation that is gone', { status: 404, body: { message: 'Not Found' } }, 'none'],
  ['one that is suspended', { status: 403, body: { message: 'This installation has been suspended' } }, 'none'],
])('through one installation, %s: %s', async (_, answer, expected) => {
  github.on(ROUTE, answer);
  expect(await github.forge.permissionThrough(github.rocket.repository, ADA)).toBe(expected);
});

test('through one installation, no answer is no answer', async () => {
  github.on(ROUTE, { status: 502, body: {} });
  await expect(github.forge.permissionThrough(github.rocket.repository, ADA)).rejects.toMatchObject({ status: 502 });
});

test('a person is credited by an address that is not their own', async () => {
  github.on(ROUTE, { body: { permission: 'write', role_name: 'write', user: { id: 7, login: 'Ada' } } });
  expect(await github.rocket.noReplyAddress('ada')).toMatch(/^7\+Ada@users\.noreply\./);
  github.on(ROUTE, { status: 404, body: { message: 'Not Found' } });
  expect(await github.rocket.noReplyAddress('ada')).toBeNull();
});
