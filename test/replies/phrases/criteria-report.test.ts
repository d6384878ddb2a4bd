import { expect, test } from '@jest/globals';
import { readCriteriaReport } from '../../../src/replies/phrases/criteria-report.ts';

test.each<[summary: string, notMet: string[], rest: string]>([
  ['Made it.', [], 'Made it.'],
  ['Made it.\nNot met: it answers 429.', ['it answers 429.'], 'Made it.'],
  ['Made it.\r\n\r\n- **Not met:** A\r\n- not met: B\r\nMore.', ['A', 'B'], 'Made it.\n\nMore.'],
  ['Not met:\n- A\n2. B\n\n- C is done', ['A', 'B'], '- C is done'],
  ['Not met: none.', [], ''],
  ['Not met:\nnothing of note', [], 'nothing of note'],
  ['The old test is not met: see below.', [], 'The old test is not met: see below.'],
])('%j', (summary, notMet, rest) => {
  expect(readCriteriaReport(summary)).toEqual({ notMet, rest });
});
