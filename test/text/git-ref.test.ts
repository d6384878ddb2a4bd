import { spawnSync } from 'node:child_process';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BRANCH, BRANCH_PREFIX } from '../../src/text/git-ref.ts';
import { runs } from '../support/runs.ts';

/** What git itself says, of many names in one process: a name on each line, and the lines of those that it takes. */
function takenByGit(names: readonly string[]): Set<string> {
  const script =
    'while IFS= read -r name; do git check-ref-format --branch "$name" >/dev/null 2>&1 && printf "%s\\n" "$name"; done; true';
  const { stdout } = spawnSync('sh', ['-c', script], { input: names.map((name) => `${name}\n`).join(''), encoding: 'utf8' });
  return new Set(stdout.split('\n').filter((name) => name !== ''));
}

const piece = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('a', 'bot', 'release', '2.x', '-', 'issue-1', 'é', '😀', '_') },
  fc.constantFrom(
    '/',
    '/',
    '/',
    '.',
    '..',
    '.lock',
    '@',
    '@{',
    '~',
    '^',
    ':',
    '?',
    '*',
    '[',
    '\\',
    ' ',
    '\t',
    '\u007f',
    '//',
    'refs/',
    '{',
    '}',
    '#',
    '"',
    "'",
    '$',
  ),
);
const names = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''));

it('takes the branches and prefixes that git takes', () => {
  // Git reads `@` as another name of HEAD, which is no branch.
  const samples = fc.sample(names, runs(150, 1_000)).filter((name) => !name.startsWith('refs/') && name !== '@');
  const taken = takenByGit([...samples, ...samples.map((name) => `${name}issue-1/plan`)]);
  for (const name of samples) {
    expect([name, BRANCH.test(name)]).toEqual([name, taken.has(name)]);
    expect([name, BRANCH_PREFIX.test(name)]).toEqual([name, taken.has(`${name}issue-1/plan`)]);
  }
});

it.each(['refs/heads/x/', 'gh-readonly-queue/', 'a`b/', '', '-x/', 'a..b/', '.a/', 'x/.', 'a.lock/', 'a b/', '/a/'])(
  'takes no prefix %j',
  (prefix) => {
    expect(BRANCH_PREFIX.test(prefix)).toBe(false);
  },
);

it.each([
  'refs/heads/main',
  'gh-readonly-queue',
  'gh-readonly-queue/main/pr-1-abc',
  'HEAD',
  '@',
  'a/',
  'a.',
  'a.lock',
  '--force',
  '',
])('takes no branch %j', (name) => {
  expect(BRANCH.test(name)).toBe(false);
});
