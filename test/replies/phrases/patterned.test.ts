import { describe, expect, it } from '@jest/globals';
import { namedAs, namedAsPlan, patternedMessage, patternedTitle } from '../../../src/replies/phrases/patterned.ts';

const API = namedAs({ id: 'limiter', type: 'fix', scope: 'api' }, 12);
const PLAIN = namedAs({ id: 'limiter' }, 12);

describe('a title by a pattern', () => {
  it.each([
    ['{title}', API, 'Add a limit'],
    ['{type}({scope}): {title}', API, 'fix(api): Add a limit'],
    ['{type}({scope}): {title}', PLAIN, 'feat: Add a limit'],
    ['[#{issue}] {id}: {title}', API, '[#12] limiter: Add a limit'],
    ['{scope}: {title}', PLAIN, ': Add a limit'],
    ['{type}({scope}): {title}', namedAsPlan(12), 'docs(plan): Add a limit'],
  ])('%s', (pattern, named, title) => {
    expect(patternedTitle(pattern, 'Add a limit', named)).toBe(title);
  });

  it('is not filled a second time by what a model has written, and fits', () => {
    expect(patternedTitle('{id}: {title}', 'Replace {issue} and $& by {title}', API)).toBe(
      'limiter: Replace {issue} and $& by {title}',
    );
    expect(patternedTitle('{title}', 'x'.repeat(300), API).length).toBeLessThanOrEqual(256);
  });
});

it('closes no issue, whatever the title ends with', () => {
  expect(patternedTitle('{title} #{issue}', 'Add a quick fix', API)).toBe('Add a quick fix\u200b #12');
});

describe('a commit message by a pattern', () => {
  const written = 'Add a limit\n\nComponent limiter of the plan for #12.\n\nPlanwright-Attempt: 1\n';
  const trailers = ['Co-authored-by: mara <7+mara@users.noreply.github.com>'];

  it.each([
    ['as it is', { pattern: '{title}', trailers: [] }, API, written],
    [
      'with a type, a line of its own below, and trailers among ours',
      { pattern: '{type}({scope}): {title}\n\nRefs #{issue}', trailers },
      API,
      `fix(api): Add a limit\n\nRefs #12\n\nComponent limiter of the plan for #12.\n\nPlanwright-Attempt: 1\n${trailers[0]}\n`,
    ],
    ['of a merge, as git writes it', { pattern: '{type}: {title}', trailers: [] }, null, written],
  ])('%s', (_, rules, named, message) => {
    expect(patternedMessage(written, rules, named)).toBe(message);
  });
});
