import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { answersIn } from '../../../src/executor/briefs/point-answers.ts';

describe('what a summary says for each numbered point', () => {
  it.each<[string, string, Record<number, string>]>([
    ['nothing', '', {}],
    ['no numbers', 'All done.', {}],
    ['one a line', '1. Renamed.\n2. Kept, because it is used.', { 1: 'Renamed.', 2: 'Kept, because it is used.' }],
    ['with brackets or colons', '1) Renamed.\n2: Kept.', { 1: 'Renamed.', 2: 'Kept.' }],
    ['in bold or as bullets', '**1.** Renamed.\n- 2. Kept.\n* 3) Gone.', { 1: 'Renamed.', 2: 'Kept.', 3: 'Gone.' }],
    ['with words around them', 'Summary:\n\n1. Renamed.\n2. Kept.\n\nNothing else was changed.', { 1: 'Renamed.', 2: 'Kept.' }],
    [
      'over several lines',
      '1. Renamed\n   everywhere.\n\n   Also in tests.\n2. Kept.',
      { 1: 'Renamed\n   everywhere.\n\n   Also in tests.', 2: 'Kept.' },
    ],
    ['with a list of its own', '1. Did:\n   1. this\n   2. that\n2. Kept.', { 1: 'Did:\n   1. this\n   2. that', 2: 'Kept.' }],
    ['with a list that is not indented', '2. Did:\n1. this\n3. Kept.', { 2: 'Did:\n1. this', 3: 'Kept.' }],
    ['some missing', '2. Kept.', { 2: 'Kept.' }],
    ['numbers nobody asked about', '1. Renamed.\n9. Free.', { 1: 'Renamed.\n9. Free.' }],
    ['a number twice', '1. Renamed.\n1. Really.', { 1: 'Renamed.\n1. Really.' }],
    ['code that looks like a point', '1. Wrote\n```\n2. x\n\ny\n```\n2. Kept.', { 1: 'Wrote\n```\n2. x\n\ny\n```', 2: 'Kept.' }],
    ['decimals and dates', '1.5 times faster\n2026. a year', {}],
    ['Windows line ends', '1. Renamed.\r\n2. Kept.\r\n', { 1: 'Renamed.', 2: 'Kept.' }],
  ])('%s', (_, summary, answers) => {
    expect(Object.fromEntries(answersIn(summary, 3))).toEqual(answers);
  });

  it('gives back every answer of one line that was written as asked for', () => {
    const word = fc.stringMatching(/^[A-Za-z][A-Za-z `*_.,-]{0,20}[A-Za-z]$/);
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (answers) => {
        const summary = answers.map((answer, i) => `${i + 1}. ${answer}`).join('\n');
        expect([...answersIn(summary, answers.length).values()]).toEqual(answers);
      }),
    );
  });
});
