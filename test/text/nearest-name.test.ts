import { expect, test } from '@jest/globals';
import { nearestName } from '../../src/text/nearest-name.ts';

test.each<[written: string, known: string[], meant: string | null]>([
  ['lables', ['labels', 'ignore_labels'], 'labels'],
  ['executoin', ['execution', 'approval'], 'execution'],
  ['branch_prefix', ['version', 'approval', 'plan'], null],
  ['hihg', ['low', 'medium', 'high'], 'high'],
  ['id', ['by'], null],
  ['Plan', ['plan'], 'plan'],
  ['x', [], null],
])('%s among %j is %s', (written, known, meant) => {
  expect(nearestName(written, known)).toBe(meant);
});
