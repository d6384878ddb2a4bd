import { expect, it } from '@jest/globals';
import { commitSignedOff, signedOff } from '../../../../src/adapters/github/client/sign-off.ts';

const BOT = 'planwright[bot] <7+planwright[bot]@users.noreply.github.com>';

it.each([
  [
    'below other trailers',
    'Add it\n\nWhy.\n\nPlanwright-Attempt: 1\n',
    'Add it\n\nWhy.\n\nPlanwright-Attempt: 1\nSigned-off-by: A <a@b>\n',
  ],
  ['as a paragraph of its own', 'Merge it\n\nIt is needed.\n', 'Merge it\n\nIt is needed.\n\nSigned-off-by: A <a@b>\n'],
  ['below a title that looks like a trailer', 'Fix: it\n', 'Fix: it\n\nSigned-off-by: A <a@b>\n'],
])('a sign-off stands %s', (_, message, expected) => {
  expect(signedOff(message, 'A <a@b>')).toBe(expected);
});

/** GitHub names these authors, one after the other, the last for ever. */
function committing(authors: readonly string[]) {
  const messages: string[] = [];
  const create = async (message: string) => {
    messages.push(message);
    return { sha: `commit ${messages.length}`, author: authors[Math.min(messages.length, authors.length) - 1] as string };
  };
  return { messages, create };
}

it('is in the name that GitHub gives the author, who is learnt from the first commit', async () => {
  const author = { current: null };
  const { messages, create } = committing([BOT]);
  expect(await commitSignedOff('Add it\n', author, create)).toBe('commit 2');
  expect(await commitSignedOff('More\n', author, create)).toBe('commit 3');
  expect(messages).toEqual(['Add it\n', `Add it\n\nSigned-off-by: ${BOT}\n`, `More\n\nSigned-off-by: ${BOT}\n`]);
});

it('is made again when the App is called otherwise by now, and never left wrong', async () => {
  const { messages, create } = committing(['New <n@x>']);
  expect(await commitSignedOff('Add it\n', { current: 'Old <o@x>' }, create)).toBe('commit 2');
  expect(messages.at(-1)).toContain('Signed-off-by: New <n@x>');
  const restless = committing(['A <a@x>', 'B <b@x>', 'C <c@x>']);
  await expect(commitSignedOff('Add it\n', { current: null }, restless.create)).rejects.toThrow('another author');
});
