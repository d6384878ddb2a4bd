import { expect, it } from '@jest/globals';
import type { RepositoryForge } from '../../src/ports/forge/forge.ts';
import { coAuthorTrailer } from '../../src/publishing/co-author.ts';

const repo = {
  noReplyAddress: async (login: string) => (login === 'ghost' ? null : `7+${login}@users.noreply.github.com`),
} as unknown as RepositoryForge;
const mayWrite = async (login: string): Promise<boolean> => login !== 'rita';

it.each([
  ['the person who asked', 'mara', 'Co-authored-by: mara <7+mara@users.noreply.github.com>'],
  ['nobody where that is not known', null, null],
  ['no bot', 'renovate[bot]', null],
  ['no person without write access, whom anybody could have written into the record', 'rita', null],
  ['nobody who is gone', 'ghost', null],
])('names %s', async (_, requester, trailer) => {
  expect(await coAuthorTrailer(repo, requester, mayWrite)).toBe(trailer);
});
