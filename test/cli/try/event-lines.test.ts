import { describe, expect, it, test } from '@jest/globals';
import { tipsOf } from '../../../src/cli/try/build-components.ts';
import { type Decision, readDecision } from '../../../src/cli/try/decision.ts';
import { issueOf } from '../../../src/cli/try/issue-text.ts';
import { quoted } from '../../../src/cli/try/summarise.ts';
import { describeCalls, sanitizeForTerminal } from '../../../src/cli/try/terminal/event-lines.ts';

const ALL: readonly Decision['kind'][] = ['approve', 'ask', 'replan', 'edit', 'retry', 'stop'];

test.each<[line: string, decision: Decision | null]>([
  ['a', { kind: 'approve' }],
  ['  Approve ', { kind: 'approve' }],
  ['/execute', { kind: 'approve' }],
  ['approve but only the first', null],
  ['a big question', null],
  ['q why?', { kind: 'ask', text: 'why?' }],
  ['/ask why this: that?', { kind: 'ask', text: 'why this: that?' }],
  ['r', { kind: 'replan', text: '' }],
  ['replan: use a map', { kind: 'replan', text: 'use a map' }],
  ['e', { kind: 'edit' }],
  ['t', { kind: 'retry' }],
  ['no', { kind: 'stop' }],
  ['', null],
  ['42', null],
])('%j', (line, decision) => {
  expect(readDecision(line, ALL)).toEqual(decision);
});

it('a decision that is not offered is none', () => {
  expect(readDecision('approve', ['edit', 'stop'])).toBeNull();
});

describe('the issue', () => {
  test.each([
    ['Limit the orders', { title: 'Limit the orders', body: '' }],
    ['\n# Limit the orders\r\n\r\nToo many.\r\n', { title: 'Limit the orders', body: 'Too many.' }],
    ['', { title: '', body: '' }],
  ])('%j', (text, issue) => {
    expect(issueOf(text)).toEqual(issue);
  });

  it('loses nothing of a long first line', () => {
    const long = 'word '.repeat(100).trim();
    expect(issueOf(long)).toEqual({ title: expect.stringMatching(/^.{255}…$/), body: long });
  });
});

it('calls in words', () => {
  const call = (name: string, input: Record<string, string>) => ({ id: name, name, input });
  const calls = [
    call('list_files', { path: '' }),
    call('read_file', { path: 'a.ts' }),
    call('read_file', { path: 'b.ts' }),
    call('search', { pattern: 'x' }),
    call('move_file', { from: 'a', to: 'b' }),
    call('finish', { summary: 'Done.' }),
  ];
  expect(describeCalls(calls)).toBe('lists all files, reads a.ts and b.ts, searches for "x", moves a to b, finishes');
  expect(describeCalls([{ id: '1', name: 'read_file', malformed: '{' }])).toBe('reads');
  expect(describeCalls([])).toBe('answers in text');
});

it('nothing a model writes steers the terminal', () => {
  expect(sanitizeForTerminal('a\u001b]0;title\u0007b\u001b[2Jc\u009bd\u202ee\rf')).toBe('a]0;titleb[2Jcdef');
  expect(sanitizeForTerminal('\u001b[32mgreen\u001b[m\tand\nplain')).toBe('\u001b[32mgreen\u001b[m\tand\nplain');
});

it('a path is quoted for the shell only where it has to be', () => {
  expect([quoted('/home/olga/shop'), quoted("it's here"), quoted('$(x)')]).toEqual([
    '/home/olga/shop',
    "'it'\\''s here'",
    "'$(x)'",
  ]);
});

it('of the branches to build on, those that others contain are left out', () => {
  const built = { a: { contains: [] }, b: { contains: ['a'] }, c: { contains: [] } };
  expect(tipsOf(['a', 'b', 'c'], built)).toEqual(['b', 'c']);
});
