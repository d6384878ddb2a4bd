import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse, stringify } from 'yaml';
import { PROVIDER_NAMES } from '../../src/domain/model/providers.ts';
import { defaultSettings, parseSettings } from '../../src/settings/repository-settings.ts';
import { ALL_KEYS } from '../../src/settings/settings-issue.ts';

const operator = { planner: 'anthropic/deep', executor: 'anthropic/fast', allowed: ['*'], providers: PROVIDER_NAMES };
const file = JSON.parse(readFileSync('schema/planwright.schema.json', 'utf8'));
// Built from the committed file alone, as an editor does.
const fits = new Ajv().compile(file);

test('the committed schema is the one the program has', () => {
  execFileSync(process.execPath, ['scripts/generate-schema.ts', '--check']);
});

const texts = [
  '',
  '# Nothing yet.\n',
  '{}',
  'version: 1',
  stringify(defaultSettings(operator)),
  'trigger: { labels: [a, b], ignore_labels: [] }',
  'models: { planner: { model: openai/gpt-6, effort: medium, fallback: [] } }',
  'plan: { path: "plans/{issue}.md", max_components: 20 }',
  'approval: { by: [merge], required: 10 }',
  'execution: { max_turns: 200, protected_paths: ["**/*.lock"] }',
  'budget: { usd_per_task: null }',
  'version: 2',
  'unknown: 1',
  'trigger: { unknown: 1 }',
  'trigger: plan',
  'trigger: { labels: [""] }',
  'models: { planner: { model: gpt-6 } }',
  'models: { planner: { fallback: [openai/gpt-6] } }',
  'models: { planner: { effort: huge } }',
  'plan: { path: ../PLAN.md }',
  'plan: { path: .github/workflows/plan.md }',
  'plan: { self_review: true }',
  'plan: { max_components: 0 }',
  'plan: { max_components: 1.5 }',
  'approval: { by: [] }',
  'execution: { strategy: stacked }',
  'execution: { protected_paths: ["!a"] }',
  'budget: { usd_per_task: 3 }',
];
test.each(texts)('an editor and the program agree on %j', (text) => {
  expect(fits(parse(text))).toBe(parseSettings(text, operator).ok);
});

test('docs/settings.md has a row for every key, with its default', () => {
  const rows = new Map(
    readFileSync('docs/settings.md', 'utf8')
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .filter((cells) => ALL_KEYS.includes(cells[1]?.replaceAll('`', '') ?? ''))
      .map((cells) => [cells[1]?.replaceAll('`', ''), cells[3] ?? '']),
  );
  expect([...rows.keys()].sort()).toEqual([...ALL_KEYS].sort());
  for (const key of ALL_KEYS) {
    if (key.endsWith('.model')) continue;
    const value = key
      .split('.')
      .reduce<unknown>((inner, part) => (inner as Record<string, unknown>)[part], defaultSettings(operator));
    expect([key, parse(rows.get(key)?.replaceAll('`', '') ?? '')]).toEqual([key, value]);
  }
});
