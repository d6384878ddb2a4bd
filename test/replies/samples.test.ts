import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { SAMPLES } from '../../scripts/replies/samples.ts';

const FOLDER = join(import.meta.dirname, '../../src/replies');
/** They shape the texts of the others and say nothing themselves. */
const SHAPING = ['phrases/figures.ts', 'pages/truncate-record.ts'];
/** Not texts: figures inside sentences, names, and readers of what was written. */
const NO_TEXT = [
  ...[
    'limitFigure',
    'shareOfLimit',
    'joinNames',
    'approvalWays',
    'approvers',
    'answeringModels',
    'disputedCriteria',
    'checkNames',
    'findingList',
    'PLAN_CHECK',
    'SCOPE_CHECK',
    'SETTINGS_CHECK',
  ],
  ...['howClosed', 'updateContext', 'readCriteriaReport', 'namedAs', 'namedAsPlan'],
  // Parts of the status comment and of descriptions, which the operator's pages show as well.
  ...['headline', 'nextStep', 'allSpend', 'dashboardLinks'],
  ...['planCheckId', 'PLAN_SCOPE_ID', 'scopeCheckId'],
];

const FILES = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

const all = Object.values(SAMPLES).flat();

describe('npm run replies', () => {
  it.each(FILES.filter((file) => !SHAPING.includes(file)))('shows every text of %s', async (file) => {
    const names = Object.keys(await import(join(FOLDER, file))).filter((name) => !NO_TEXT.includes(name));
    expect(names.filter((name) => all.every((sample) => sample.says !== name))).toEqual([]);
  });

  it.each(all.map((sample) => [`${sample.says}: ${sample.when}`, sample.text] as const))('%s says something whole', (_, text) => {
    const said = typeof text === 'string' ? text : `${text.title}\n${text.summary}`;
    expect(said.trim()).not.toBe('');
    expect(said).not.toMatch(/undefined|\[object|NaN/);
  });
});
