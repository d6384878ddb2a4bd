import { expect, test } from '@jest/globals';
import { readCall } from '../../../src/adapters/models/read-call.ts';
import { processorTime } from '../../support/processor-time.ts';

const read = (json: string) => readCall('1', 'search', json);
const nested = (levels: number) => `${'{"a":['.repeat(levels / 2)}${']}'.repeat(levels / 2)}`;

test.each(['', ' ', '\n'])('%j is a call without arguments', (json) => {
  expect(read(json)).toEqual({ id: '1', name: 'search', input: {} });
});

test('arguments may be nested, and brackets in texts are no levels', () => {
  expect(read(nested(100))).toMatchObject({ input: JSON.parse(nested(100)) });
  const text = { text: `${'['.repeat(500)}"\\` };
  expect(read(JSON.stringify(text))).toMatchObject({ input: text });
});

test.each([102, 9_000])('arguments of %d levels are malformed, and can be recorded', (levels) => {
  const call = read(nested(levels));
  expect(call).toEqual({ id: '1', name: 'search', malformed: nested(levels) });
  expect(JSON.parse(JSON.stringify(call))).toEqual(call);
});

test('a long broken text is read in no time', () => {
  for (const text of [`{"a": "${'\\"'.repeat(200_000)}`, '"'.repeat(400_001)]) {
    expect(read(text)).toHaveProperty('malformed');
    expect(processorTime(() => read(text), 1_000)).toBeLessThan(1_000);
  }
});
