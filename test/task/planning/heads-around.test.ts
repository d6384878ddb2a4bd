import { describe, expect, it } from '@jest/globals';
import type { BranchMove } from '../../../src/ports/forge/branches.ts';
import { headsAround } from '../../../src/task/planning/heads-around.ts';

const second = (n: number): string => new Date(Date.UTC(2026, 10, 23, 10, 0, n)).toISOString();
/** `-` stands for no branch: `'10 - a, 20 a b'` is made at second 10 and moved at second 20. */
const log = (text: string): BranchMove[] =>
  text
    .split(', ')
    .map((move) => move.split(' '))
    .map(([n, before, after]) => ({
      at: second(Number(n)),
      mine: false,
      before: before === '-' ? null : String(before),
      after: after === '-' ? null : String(after),
    }))
    .reverse();

describe("what was at a branch's head when something was written", () => {
  it.each<[string, string, number, string, boolean, string[] | null]>([
    ['the only text there ever was', '10 - a', 20, 'a', true, ['a']],
    ['the former text', '10 - a, 30 a b', 20, 'b', true, ['a']],
    ['the text there is', '10 - a, 30 a b', 40, 'b', true, ['b']],
    ['a text that came back', '10 - a, 20 a b, 30 b a, 40 a b', 35, 'b', true, ['a']],
    ['two texts, of which it is not certain which was seen', '10 - a, 30 a b', 31, 'b', true, ['a', 'b']],
    ['three in two seconds', '10 - a, 29 a b, 31 b c', 30, 'c', true, ['a', 'b', 'c']],
    ['the first text, a moment before the log has it', '10 - a', 9, 'a', true, ['a']],
    ['nothing, before there was a branch', '10 - a', 5, 'a', true, null],
    ['the text of a branch that is gone', '10 - a, 20 a -', 25, 'a', true, ['a']],
    ['nothing, while it was deleted', '10 - a, 20 a -, 30 - b', 25, 'b', true, null],
    ['unknown, where the log does not go back so far', '10 x a, 30 a b', 5, 'b', false, null],
    ['unknown, where the log ends with another head', '10 - a', 20, 'b', true, null],
    ['unknown, where the log has a gap', '10 - a, 30 b c', 20, 'c', true, null],
  ])('%s', (_, moves, at, head, whole, expected) => {
    expect(headsAround({ moves: log(moves), whole }, { at: second(at), slackMs: 2_000, head })).toEqual(expected);
  });

  it('is unknown where there is no log', () => {
    expect(headsAround({ moves: [], whole: true }, { at: second(1), slackMs: 2_000, head: 'a' })).toBeNull();
  });
});
