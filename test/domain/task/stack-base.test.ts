import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ComponentState } from '../../../src/domain/task/component-record.ts';
import { containedIn, stackBaseOf } from '../../../src/domain/task/stack-base.ts';

/** `on` is the component whose branch it stands on. */
const standing = (state: ComponentState, on?: string) => ({
  state,
  stack: on === undefined ? null : { component: on, pull: 1, sha: 'a'.repeat(40) },
});
const BASE = { kind: 'base' };
const WAIT = { kind: 'wait' };
const on = (component: string) => ({ kind: 'on', component });

describe('what a component may be built on', () => {
  it.each([
    ['nothing to depend on', [], {}, BASE],
    ['all merged', ['a', 'b'], { a: standing('merged'), b: standing('merged') }, BASE],
    ['one open', ['a'], { a: standing('open') }, on('a')],
    ['one not there yet', ['a'], {}, WAIT],
    ['one at work', ['a'], { a: standing('running') }, WAIT],
    ['one failed', ['a'], { a: standing('failed') }, WAIT],
    ['two open side by side', ['a', 'b'], { a: standing('open'), b: standing('open') }, WAIT],
    ['one open, one merged', ['a', 'b'], { a: standing('open'), b: standing('merged') }, on('a')],
    ['one open on the other', ['a', 'b'], { a: standing('open'), b: standing('open', 'a') }, on('b')],
    [
      'three in a row, named in any order',
      ['b', 'c', 'a'],
      { a: standing('open'), b: standing('open', 'a'), c: standing('open', 'b') },
      on('c'),
    ],
    ['two on the same third', ['b', 'c'], { a: standing('open'), b: standing('open', 'a'), c: standing('open', 'a') }, WAIT],
    [
      'on one that is merged by now',
      ['a', 'b'],
      { x: standing('merged'), a: standing('open', 'x'), b: standing('open', 'x') },
      WAIT,
    ],
  ] as const)('%s', (_, depends_on, components, stackBase) => {
    expect(stackBaseOf({ depends_on: [...depends_on] }, components, 'stacked')).toEqual(stackBase);
  });

  it('waits for every merge where branches are not to be stacked', () => {
    expect(stackBaseOf({ depends_on: ['a'] }, { a: standing('open') }, 'merged')).toEqual(WAIT);
    expect(stackBaseOf({ depends_on: ['a'] }, { a: standing('merged') }, 'merged')).toEqual(BASE);
  });

  it('contains, itself included, every unmerged dependency, whatever the stacks look like', () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const state = fc.constantFrom<ComponentState>('open', 'merged', 'waiting', 'running', 'held');
    const stacks = fc.tuple(...ids.map((_, i) => fc.record({ state, below: fc.option(fc.nat(Math.max(0, i - 1))) })));
    fc.assert(
      fc.property(stacks, fc.subarray(ids), (rows, depends_on) => {
        const components = Object.fromEntries(
          rows.map(({ state, below }, i) => [ids[i], standing(state, i > 0 && below !== null ? ids[below] : undefined)]),
        );
        const stackBase = stackBaseOf({ depends_on }, components, 'stacked');
        if (stackBase.kind !== 'on') return;
        const held = new Set([stackBase.component, ...containedIn(stackBase.component, components)]);
        for (const id of depends_on) if (components[id]?.state !== 'merged') expect(held).toContain(id);
      }),
    );
  });
});
