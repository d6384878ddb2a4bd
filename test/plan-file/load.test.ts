import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { expect, test } from '@jest/globals';
import { loadPlanFile } from '../../src/plan-file/load.ts';
import { parsePlanFile } from '../../src/plan-file/parse.ts';

const text = readFileSync(new URL('vectors/as-written.md', import.meta.url), 'utf8');

test('a short plan is read', async () => {
  expect(await loadPlanFile(text)).toEqual(parsePlanFile(text));
});

test('a long plan is read in a thread, with the same result', async () => {
  const table = `\n| a | b |\n|---|---|\n${'| `c` | [d](e) |\n'.repeat(200)}`;
  const long = text.replace('**Acceptance criteria**', `${table}\n**Acceptance criteria**`);
  expect(await loadPlanFile(long)).toEqual(parsePlanFile(long));
});

test('a plan made to keep the parser busy is refused at its first line', async () => {
  for (const piece of ['*_a', 'a*', '**_', '~~a', '](', '_*', '*[a](']) {
    const slow = text.replace('**Acceptance criteria**', `${piece.repeat(30_000 / piece.length)}\n\n**Acceptance criteria**`);
    const started = performance.now();
    expect(await loadPlanFile(slow)).toEqual({
      ok: false,
      reason: [{ line: 1, message: expect.stringContaining('too many emphasis signs') }],
    });
    expect(performance.now() - started).toBeLessThan(5_000);
  }
});

test('a plan that is far too long is refused', async () => {
  expect(await loadPlanFile('a'.repeat(500_001))).toMatchObject({ ok: false, reason: [{ line: 1 }] });
});
