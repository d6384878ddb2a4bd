import { describe, expect, test } from '@jest/globals';
import { readCriteriaReport } from '../../../src/replies/phrases/criteria-report.ts';

const CRITERIA = ['It answers 429.', 'A client may make `burst` links at once.'];

describe('what is not met', () => {
  test.each<[summary: string, notMet: string[], rest: string]>([
    ['Made it.', [], 'Made it.'],
    ['Made it.\nNot met: it answers 429.', ['it answers 429.'], 'Made it.'],
    ['Made it.\r\n\r\n- **Not met:** A\r\n- not met: B\r\nMore.', ['A', 'B'], 'Made it.\n\nMore.'],
    ['Not met:\n- A\n2. B\n\n- C is done', ['A', 'B'], '- C is done'],
    ['Not met: none.', [], ''],
    ['Not met:\nnothing of note', [], 'nothing of note'],
    ['The old test is not met: see below.', [], 'The old test is not met: see below.'],
    ['Made it.\n- [ ] It answers 429: no clock.', ['It answers 429: no clock.'], 'Made it.'],
    ['- [ ] 1: no clock.', ['It answers 429.: no clock.'], ''],
  ])('%j', (summary, notMet, rest) => {
    expect(readCriteriaReport(summary, CRITERIA)).toMatchObject({ notMet, rest });
  });
});

describe('what is met', () => {
  test.each<[summary: string, met: [number, string][], rest: string]>([
    ['- [x] It answers 429. (shown by test/limit.test.js)', [[0, 'test/limit.test.js']], ''],
    ['- [X] it answers **429** (shown by `a.test.js`, "refuses").', [[0, '`a.test.js`, "refuses"']], ''],
    ['* [x] A client may make burst links at once: shown by b.test.js', [[1, 'b.test.js']], ''],
    ['Done.\n- [x] 2 (shown by b.test.js)', [[1, 'b.test.js']], 'Done.'],
    ['- [x] It answers 429.', [], '- [x] It answers 429.'],
    ['- [x] It is fast (shown by a.js)', [], '- [x] It is fast (shown by a.js)'],
    ['- [x] 3 (shown by a.js)', [], '- [x] 3 (shown by a.js)'],
    ['- [x] It answers 429. (shown by a.js)\nNot met: it answers 429, mostly.', [], ''],
  ])('%j', (summary, met, rest) => {
    const report = readCriteriaReport(summary, CRITERIA);
    expect([...report.met]).toEqual(met);
    expect(report.rest).toBe(rest);
  });
});
