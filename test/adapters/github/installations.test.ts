import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { RepositoryRef } from '../../../src/domain/repository.ts';
import { page, type ScriptedGitHub, type Seen, startScriptedGitHub } from './scripted-github.ts';

const REPOSITORIES = 'GET /installation/repositories';
const token = (installation: number) => ({
  status: 201,
  body: { token: `ghs_${installation}`, expires_at: '2099-01-01T00:00:00Z' },
});
const names = (owner: string, ...all: string[]) => all.map((name) => ({ owner: { login: owner }, name }));
const wrap = (items: readonly unknown[]) => ({ total_count: 99, repositories: items });

let github: ScriptedGitHub;
beforeEach(async () => {
  github = await startScriptedGitHub();
  for (const id of [7, 8, 9]) github.on(`POST /app/installations/${id}/access_tokens`, token(id));
});
afterEach(() => github.close());

test('every page of every installation is read; the suspended one and the broken one do not hide the rest', async () => {
  github.on(
    'GET /app/installations',
    page([
      [
        { id: 7, suspended_at: null },
        { id: 6, suspended_at: '2026-01-01T00:00:00Z' },
      ],
      [{ id: 8 }, { id: 9 }],
    ]),
  );
  github.on(REPOSITORIES, (seen: Seen) => {
    const who = seen.headers.authorization;
    if (who === 'token ghs_8') return { status: 403, body: { message: 'This installation has been suspended' } };
    if (who === 'token ghs_7') return page([names('acme', 'rocket', 'docs'), names('acme', 'site')], wrap)(seen);
    return page([names('bob', 'dotfiles')], wrap)(seen);
  });
  const found: RepositoryRef[] = [];
  for await (const ref of github.forge.repositories()) found.push(ref);
  expect(found).toEqual([
    { owner: 'acme', name: 'rocket', installation: 7 },
    { owner: 'acme', name: 'docs', installation: 7 },
    { owner: 'acme', name: 'site', installation: 7 },
    { owner: 'bob', name: 'dotfiles', installation: 9 },
  ]);
});

test('repositories in which GitHub refuses every write are left out', async () => {
  github.on('GET /app/installations', page([[{ id: 7 }]]));
  const [rocket, museum, closed] = names('acme', 'rocket', 'museum', 'closed');
  const all = [rocket, { ...museum, archived: true, disabled: false }, { ...closed, archived: false, disabled: true }];
  github.on(REPOSITORIES, page([all], wrap));
  const found: RepositoryRef[] = [];
  for await (const ref of github.forge.repositories()) found.push(ref);
  expect(found).toEqual([{ owner: 'acme', name: 'rocket', installation: 7 }]);
});

test('when the installations themselves cannot be listed, that is an error and not an empty list', async () => {
  github.on('GET /app/installations', { status: 401, body: { message: 'Bad credentials' } });
  await expect(github.forge.repositories()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ status: 401 });
});
