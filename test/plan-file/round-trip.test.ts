import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyPlanSchema } from '../../src/domain/plan/plan.ts';
import { readMarkdown, renderMarkdown } from '../../src/plan-file/component-section.ts';
import { readLabel, renderLabel } from '../../src/plan-file/data-flow.ts';
import { readHeading, readLine, readStrong, renderHeading, renderLine, renderStrong } from '../../src/plan-file/line.ts';
import { parsePlanFile } from '../../src/plan-file/parse.ts';
import { renderPlanFile } from '../../src/plan-file/render.ts';
import { readCell, renderCell } from '../../src/plan-file/table.ts';
import { descendants, parseMarkdown } from '../../src/text/parse-markdown.ts';
import { readAngles, readAnglesInLine, showAngles, showAnglesInLine } from '../../src/text/visible-angles.ts';
import { anyMeta, nastyLine, nastyMarkdown, nastyPlan } from './nasty-plan.ts';

describe('a text read back is the text that was written', () => {
  test.each([
    ['a line', renderLine, readLine],
    ['a heading', renderHeading, readHeading],
    ['a strong line', renderStrong, readStrong],
    ['a table cell', renderCell, readCell],
    ['a diagram label', renderLabel, readLabel],
    ['a line with angles', showAnglesInLine, readAnglesInLine],
  ])('%s', (_, render, read) => {
    fc.assert(
      fc.property(nastyLine, (text) => expect(read(render(text))).toBe(text)),
      { numRuns: 500 },
    );
  });

  test.each(['@{', 'a@{b}', '%%', '%{', '%%{init: {}}%%', '@%{', 'classDef a', ':::a', 'style a', 'a;b'])(
    'a data flow that looks like an instruction to the diagram: %s',
    (what) => {
      const [plan] = fc.sample(nastyPlan, { numRuns: 1, seed: 1 });
      const [meta] = fc.sample(anyMeta, { numRuns: 1, seed: 1 });
      if (!plan || !meta) throw new Error('no sample');
      const flowing = { ...plan, data_flow: [{ from: what, to: `to ${what}`, what }] };
      expect(parsePlanFile(renderPlanFile(flowing, meta))).toEqual({ ok: true, value: { plan: flowing, meta } });
    },
  );

  test.each(['--', '- -', '---', '-- ', '--\\', '\\--', '**', '***', '__', '_ _', '++', '-', '--a'].map((text) => [text.trim()]))(
    'items that are nothing but signs: %s',
    (text) => {
      const [plan] = fc.sample(nastyPlan, { numRuns: 1, seed: 1 });
      const [meta] = fc.sample(anyMeta, { numRuns: 1, seed: 1 });
      if (!plan || !meta) throw new Error('no sample');
      const components = plan.components.map((c) => ({ ...c, title: text, acceptance_criteria: [text] }));
      const signs = { ...plan, title: text, constraints: [text, text], components };
      expect(parsePlanFile(renderPlanFile(signs, meta))).toEqual({ ok: true, value: { plan: signs, meta } });
    },
  );

  test('a Markdown field', () => {
    fc.assert(
      fc.property(nastyMarkdown, (text) => {
        expect(readAngles(showAngles(text))).toBe(text);
        expect(readMarkdown(renderMarkdown(text))).toBe(text);
      }),
      { numRuns: 150 },
    );
  });
});

describe('a plan', () => {
  test('for every plan the schema allows: read back it is the same, and the file hides nothing from those who approve it', () => {
    fc.assert(
      fc.property(nastyPlan, anyMeta, (plan, meta) => {
        const text = renderPlanFile(plan, meta);
        expect(parsePlanFile(text)).toEqual({ ok: true, value: { plan, meta } });
        const kinds = [...descendants(parseMarkdown(text))].map((node) => node.type);
        for (const hidden of ['html', 'definition', 'footnoteDefinition']) expect(kinds).not.toContain(hidden);
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    ['no-break spaces', `a${'\u00a0'.repeat(21)}b`],
    ['wide spaces', `a${'\u2003'.repeat(21)}b`],
    ['wider spaces', `a${'\u3000'.repeat(25)}b`],
    ['spaces behind a pipe', `a |${' '.repeat(21)}b`],
  ])('is not allowed with words that are off the screen in any field: %s', (_, text) => {
    const [plan] = fc.sample(nastyPlan, { numRuns: 1, seed: 1 });
    if (!plan) throw new Error('no sample');
    const [component] = plan.components;
    const [edge] = plan.edge_cases;
    if (!component || !edge) throw new Error('no component');
    for (const changed of [
      { constraints: [text] },
      { title: text },
      { edge_cases: [{ ...edge, case: text }] },
      { data_flow: [{ from: 'a', to: 'b', what: text }] },
      { components: [{ ...component, acceptance_criteria: [text] }] },
      { components: [{ ...component, files: [{ path: 'a', action: 'create', change: text }] }] },
    ]) {
      const messages = anyPlanSchema.safeParse({ ...plan, ...changed }).error?.issues.map((issue) => issue.message) ?? [];
      expect(messages.filter((message) => !message.startsWith('must have at most'))).toEqual([
        expect.stringContaining('20 spaces'),
      ]);
    }
  });

  test('survives the Windows line ends of an editor', () => {
    fc.assert(
      fc.property(nastyPlan, anyMeta, (plan, meta) => {
        const edited = `\ufeff${renderPlanFile(plan, meta).replaceAll('\n', '\r\n')}`;
        expect(parsePlanFile(edited)).toEqual({ ok: true, value: { plan, meta } });
      }),
      { numRuns: 10 },
    );
  });

  test('once allowed stays as it is', () => {
    fc.assert(
      fc.property(nastyPlan, (plan) => expect(anyPlanSchema.parse(plan)).toEqual(plan)),
      { numRuns: 15 },
    );
  });
});
