import { describe, expect, test } from '@jest/globals';
import { deviationsOf, undoneActions, unplannedAction } from '../../../src/domain/change/planned-action.ts';
import type { PlannedFile } from '../../../src/domain/plan/plan.ts';
import { aComponent } from '../../support/shop.ts';

const planned = (...files: [PlannedFile['action'], string][]) =>
  aComponent('limiter', { files: files.map(([action, path]) => ({ action, path, change: 'it' })) });
const written = (path: string) => ({ path, content: Buffer.from('x') });
const deleted = (path: string) => ({ path, content: null });

describe('what becomes of a path, by the action the plan gives it', () => {
  test.each<[action: PlannedFile['action'] | null, before: boolean | null, after: boolean, reason: RegExp | null]>([
    ['modify', true, true, null],
    ['modify', true, false, /to be modified by the plan, not deleted/],
    ['modify', false, true, /to be modified by the plan, but it did not exist/],
    ['modify', null, true, null],
    ['modify', null, false, /to be modified by the plan, not deleted/],
    ['delete', true, false, null],
    ['delete', true, true, /to be deleted by the plan, not written/],
    ['delete', false, true, /to be deleted by the plan, not written/],
    ['delete', null, true, /to be deleted by the plan, not written/],
    ['create', false, true, null],
    ['create', true, true, /to be created by the plan, but it existed/],
    ['create', true, false, /to be created by the plan, but it existed/],
    ['create', null, true, null],
    ['create', null, false, /to be created by the plan, not deleted/],
    [null, true, false, null],
    [null, false, true, null],
  ])('%s, before %p, after %p', (action, before, after, reason) => {
    const component = planned(...(action === null ? [] : [[action, 'a.js'] as [typeof action, string]]));
    const found = unplannedAction(component, 'a.js', { before, after });
    if (reason === null) expect(found).toBeNull();
    else expect(found).toMatch(reason);
  });
});

test('what is left undone', () => {
  const component = planned(['create', 'new.js'], ['delete', 'old.js'], ['modify', 'a.js']);
  expect(undoneActions(component, new Set(['new.js', 'a.js']))).toEqual([]);
  expect(undoneActions(component, new Set(['old.js']))).toEqual([
    'new.js is to be created by the plan, and is not there.',
    'old.js is to be deleted by the plan, and is still there.',
  ]);
});

describe('deviations are the difference between plan and change', () => {
  const base = new Set(['a.js', 'old.js', 'other.js']);
  const component = planned(['modify', 'a.js'], ['delete', 'old.js'], ['create', 'new.js']);
  test.each<[name: string, changes: { path: string; content: object | null }[], expected: string[]]>([
    ['none', [written('a.js'), deleted('old.js'), written('new.js')], []],
    [
      'nothing was done',
      [],
      [
        '`a.js` was to be modified, and was left as it was.',
        '`old.js` was to be deleted, and is still there.',
        '`new.js` was to be created, and is not there.',
      ],
    ],
    [
      'the other way round',
      [deleted('a.js'), written('old.js'), written('new.js')],
      ['`a.js` was to be modified, and was deleted.', '`old.js` was to be deleted, and was changed.'],
    ],
    [
      'more than the plan lists',
      [written('a.js'), deleted('old.js'), written('new.js'), written('other.js'), written('gen/x'), deleted('z')],
      [
        '`other.js` was changed; the plan does not list it.',
        '`gen/x` was created; the plan does not list it.',
        '`z` was deleted; the plan does not list it.',
      ],
    ],
  ])('%s', (_, changes, expected) => {
    expect(deviationsOf(component, changes, base)).toEqual(expected);
  });

  test('what was there, or was gone, before', () => {
    const late = planned(
      ['create', 'a.js'],
      ['modify', 'gone.js'],
      ['modify', 'made.js'],
      ['delete', 'gone-too.js'],
      ['create', 'old.js'],
      ['create', 'other.js'],
    );
    expect(deviationsOf(late, [written('a.js'), written('made.js'), deleted('old.js')], base)).toEqual([
      '`a.js` was to be created, and existed before.',
      '`gone.js` was to be modified, and is not there.',
      '`made.js` was to be modified, and was created.',
      '`old.js` was to be created, and was deleted.',
      '`other.js` was to be created, and existed before; it was left as it was.',
    ]);
  });
});
