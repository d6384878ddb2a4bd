import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Plan } from '../../src/domain/plan/plan.ts';
import type { PlanMeta } from '../../src/plan-file/header.ts';
import { parsePlanFile } from '../../src/plan-file/parse.ts';
import { renderPlanFile } from '../../src/plan-file/render.ts';

/** What a PLAN.md says, or the lines that cannot be read and a fragment of what is said about each. */
type Expected =
  | { readonly plan: Plan; readonly meta: PlanMeta; readonly findings?: never }
  | { readonly findings: readonly { readonly line: number; readonly says: string }[] };

const folder = new URL('vectors/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
const names = readdirSync(folder).flatMap((file) => (file.endsWith('.md') ? [file.slice(0, -'.md'.length)] : []));

describe('a PLAN.md of the vectors', () => {
  test.each(names)('%s', (name) => {
    const expected = JSON.parse(read(`${name}.json`)) as Expected;
    const result = parsePlanFile(read(`${name}.md`));
    if (!expected.findings) {
      expect(result).toEqual({ ok: true, value: expected });
      return;
    }
    const said = result.ok ? [] : result.reason;
    expect(said).toEqual(expected.findings.map(({ line, says }) => ({ line, message: expect.stringContaining(says) })));
  });

  test.each(['as-written', 'every-escape', 'base-and-type'])('%s is what the program itself writes', (name) => {
    const { plan, meta } = JSON.parse(read(`${name}.json`)) as { plan: Plan; meta: PlanMeta };
    expect(renderPlanFile(plan, meta)).toBe(read(`${name}.md`));
  });
});
