import { describe, expect, test } from '@jest/globals';
import {
  failingBelow,
  type HeadCheck,
  isFixable,
  runState,
  settledChecks,
  statusState,
  verdictOn,
} from '../../../src/domain/task/checks.ts';

const check = (name: string, state: HeadCheck['state'], conclusion: string | null = null): HeadCheck => ({
  name,
  state,
  conclusion,
  run: 1,
  job: true,
  said: '',
});
const [GREEN, RED, RUNS] = [check('build', 'passing', 'success'), check('test', 'failing', 'failure'), check('lint', 'pending')];
const GRACE = 60_000;

describe('checks settle', () => {
  test.each<[string, HeadCheck[], number, string]>([
    ['nothing there, within the grace', [], 59_999, 'unsettled'],
    ['nothing there, after it', [], 60_000, 'nothing ran'],
    ['all green, within the grace: another may begin', [GREEN], 10_000, 'unsettled'],
    ['all green, after it', [GREEN], 60_000, 'green'],
    ['one running, long after it', [GREEN, RUNS], 9_000_000, 'unsettled'],
    ['one red and one running', [RED, RUNS], 60_000, 'unsettled'],
    ['one red', [GREEN, RED], 60_000, 'red'],
    ['a head seen this very moment', [], 0, 'unsettled'],
  ])('%s: %4$s', (_, checks, age, kind) => {
    expect(settledChecks(checks, age, GRACE).kind).toBe(kind);
  });

  test('without a grace at once', () => {
    expect(settledChecks([], 0, 0)).toEqual({ kind: 'nothing ran' });
  });

  test('and tell what runs and what fails', () => {
    expect(settledChecks([GREEN, RUNS], GRACE, GRACE)).toEqual({ kind: 'unsettled', running: ['lint'] });
    expect(settledChecks([GREEN, RED], GRACE, GRACE)).toEqual({ kind: 'red', failing: [RED] });
  });
});

test.each<[string, string | null, HeadCheck['state'], boolean]>([
  ['queued', null, 'pending', false],
  ['in_progress', null, 'pending', false],
  ['waiting', null, 'pending', false],
  ['completed', 'success', 'passing', false],
  ['completed', 'neutral', 'passing', false],
  ['completed', 'skipped', 'passing', false],
  ['completed', 'failure', 'failing', true],
  ['completed', 'timed_out', 'failing', true],
  ['completed', 'cancelled', 'failing', false],
  ['completed', 'action_required', 'failing', false],
  ['completed', 'stale', 'failing', false],
  ['completed', 'something GitHub may add', 'failing', false],
  ['completed', null, 'failing', false],
])('a check run that is %s with %s is %s, and mendable: %s', (status, conclusion, state, mendable) => {
  expect(runState(status, conclusion)).toBe(state);
  expect(isFixable({ conclusion })).toBe(mendable);
});

test.each<[string, HeadCheck['state'], boolean]>([
  ['pending', 'pending', false],
  ['success', 'passing', false],
  ['failure', 'failing', true],
  ['error', 'failing', true],
])('a commit status %s is %s, and mendable: %s', (state, expected, mendable) => {
  expect(statusState(state)).toBe(expected);
  expect(isFixable({ conclusion: state })).toBe(mendable);
});

describe('a check that fails at a head fails on its base as well', () => {
  const failing = (conclusion: string, name = 'test') => check(name, 'failing', conclusion);
  const passing = (name = 'test') => check(name, 'passing', 'success');
  test.each<[string, HeadCheck[], HeadCheck[][], string[]]>([
    ['where it failed at one of the commits', [RED], [[passing()], [RED]], ['test']],
    ['where it failed there in another way', [RED], [[failing('timed_out')]], ['test']],
    ['not where it passed', [RED], [[passing()]], []],
    ['not where it was never run', [RED], [[failing('failure', 'docs')], []], []],
    ['not where it runs', [RED], [[check('test', 'pending')]], []],
    ['not where its run was cancelled by the next push', [RED], [[failing('cancelled')]], []],
    ['nor where it went stale, or waits for a person', [RED], [[failing('stale')], [failing('action_required')]], []],
    ['where it was cancelled at one commit and failed at the other', [RED], [[failing('cancelled')], [RED]], ['test']],
    ['not where another workflow has failed under its name', [RED], [[failing('failure'), passing()]], []],
    ['where all of that name have failed', [RED], [[failing('failure'), failing('failure')]], ['test']],
    ['not where only one of two was excused', [RED, failing('cancelled')], [[failing('cancelled')]], []],
    // Neither says anything about the code, so that neither is the component's fault.
    ['where both wait for a person', [failing('action_required')], [[failing('action_required')]], ['test']],
    ['where it was cancelled here and failed there', [failing('cancelled')], [[RED]], ['test']],
    ['each by itself', [RED, failing('failure', 'docs')], [[RED, passing('docs')]], ['test']],
    ['in order', [RED, failing('failure', 'docs')], [[RED], [failing('failure', 'docs')]], ['docs', 'test']],
    ['not where nothing fails at the head', [GREEN, RUNS], [[RED]], []],
  ])('%s', (_, head, below, expected) => {
    expect(failingBelow(head, below)).toEqual(expected);
  });
});

describe('seen against the base', () => {
  const red = settledChecks([GREEN, RED, check('docs', 'failing', 'failure')], GRACE, GRACE);

  test('what fails there as well is not held against a head', () => {
    expect(verdictOn(red, ['docs', 'test', 'else'])).toEqual({ kind: 'green', failingBelow: ['test', 'docs'] });
  });
  test('what fails here only is', () => {
    expect(verdictOn(red, ['docs'])).toEqual({ kind: 'red', failing: [RED] });
  });
  test('nothing else is changed by it', () => {
    expect(verdictOn({ kind: 'nothing ran' }, ['test'])).toEqual({ kind: 'nothing ran' });
    expect(verdictOn({ kind: 'green' }, ['test'])).toEqual({ kind: 'green', failingBelow: [] });
  });
});
