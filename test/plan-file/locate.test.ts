import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { locateFindings } from '../../src/plan-file/load.ts';

const text = readFileSync(new URL('vectors/as-written.md', import.meta.url), 'utf8');
const lines = text.split('\n');

test.each([
  [['title'], '# Plan:'],
  [['constraints', 0], '- No new runtime'],
  [['components', 1], '### 2. Middleware'],
  [['components', 1, 'id'], 'id: middleware'],
  [['components', 1, 'depends_on', 0], 'depends_on: [token-bucket]'],
  [['components', 1, 'files', 0, 'path'], '- modify: src/server.ts'],
  [['components', 1, 'acceptance_criteria', 1], '- [ ] `Retry-After`'],
  [['components', 0, 'contract'], '**Contract**'],
  [['data_flow', 1], 'n1 -->|"take(now)"'],
  [['edge_cases', 0, 'component'], '| Clock goes back'],
  [['implementation_order', 1, 'component'], '2. `middleware`'],
  [['implementation_order'], '## Implementation order'],
  [['components', 7, 'id'], '## Components'],
])('a finding about %j is shown where the file says it', async (at, begins) => {
  const [located] = await locateFindings(text, [{ rule: 'any', message: 'Fix it.', at }]);
  expect(located?.message).toBe('Fix it.');
  expect(lines[(located?.line ?? 0) - 1]?.trim().startsWith(begins)).toBe(true);
});
