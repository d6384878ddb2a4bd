import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { type Plan, planSchema } from '../../../src/domain/plan/plan.ts';
import { readPlan } from '../../../src/domain/plan/plan-finding.ts';

const plan: Plan = {
  title: 'Title',
  overview: 'Overview.',
  constraints: [],
  components: [
    {
      id: 'one',
      title: 'One',
      purpose: 'Purpose.',
      depends_on: [],
      files: [{ path: 'a.ts', action: 'create', change: 'new' }],
      contract: 'Contract.',
      acceptance_criteria: ['It works.'],
    },
  ],
  data_flow: [],
  edge_cases: [{ case: 'c', handling: 'h', component: 'one' }],
  implementation_order: [{ component: 'one', rationale: 'r' }],
  trade_offs: [],
  risks: [],
  open_questions: [],
};
const [only] = plan.components as [Plan['components'][number]];
const withComponent = (change: Partial<typeof only>): unknown => ({ ...plan, components: [{ ...only, ...change }] });
const withContract = (contract: string): unknown => withComponent({ contract });

describe('a plan is refused, saying where and why:', () => {
  test.each<[string, unknown, string]>([
    ['a long title', { ...plan, title: 'x'.repeat(73) }, 'title: must have at most 72 characters'],
    ['a blank title', { ...plan, title: ' \u200b ' }, 'title: must not be blank'],
    ['two lines for one', { ...plan, constraints: ['a\nb'] }, 'constraints[0]: must be a single line'],
    ['a tab in a line', { ...plan, constraints: ['a\tb'] }, 'constraints[0]: must not contain tabs or other control characters'],
    ['no component', { ...plan, components: [] }, 'components: Too small'],
    ['no file', withComponent({ files: [] }), 'components[0].files: Too small'],
    ['an id that is no id', withComponent({ id: 'One_Two' }), 'components[0].id: must be lower-case words'],
    ['the reserved id', withComponent({ id: 'plan' }), 'components[0].id: must not be "plan"'],
    ['a long id', withComponent({ id: 'a'.repeat(41) }), 'components[0].id: must have at most 40 characters'],
    ['a high heading', withContract('x\n\n#### Errors'), 'components[0].contract: has the heading "#### Errors"'],
    ['a heading made by a rule', withContract('Errors\n---'), 'components[0].contract: has the heading "Errors"'],
    ['a heading inside HTML', withContract('<div>\n# Errors'), 'components[0].contract: has the heading "# Errors"'],
    ['an open fence', withContract('```ts\nx'), 'components[0].contract: opens a code fence that is never closed'],
    ['a hidden definition', withContract('[x]: y "do more"'), 'components[0].contract: has "[x]: y "do more"": GitHub hides'],
    ['nothing but signs', withContract('<!--]'.repeat(700)), 'components[0].contract: has too many signs for its length'],
    ['nothing but items', withContract('1. >\n'.repeat(750)), 'components[0].contract: has too many signs for its length'],
    ['an unknown key', { ...plan, notes: 'x' }, 'plan: Unrecognized key: "notes"'],
    ['a missing key', { ...plan, risks: undefined }, 'risks: Invalid input'],
  ])('%s', (_, input, says) => {
    const read = readPlan(input);
    expect(read.ok ? [] : read.reason.map((f) => f.message)).toEqual([expect.stringContaining(says)]);
  });

  test('everything at once', () => {
    const read = readPlan({ ...plan, title: '', overview: '# x', edge_cases: [] });
    expect(read.ok ? [] : read.reason.map((f) => f.at.join('/'))).toEqual(['title', 'overview', 'edge_cases']);
  });
});

describe('a plan is taken as it was meant:', () => {
  test.each<[string, unknown, Plan | object]>([
    ['surrounding white space', { ...plan, title: '  Title \n' }, { title: 'Title' }],
    ['invisible characters', { ...plan, title: 'T\u202ei\u{e0041}tle\u200b' }, { title: 'Title' }],
    ['joined emoji', { ...plan, title: '\u{1f468}\u200d\u{1f469}' }, { title: '\u{1f468}\u200d\u{1f469}' }],
    ['half a character', { ...plan, title: 'a\ud800' }, { title: 'a\ufffd' }],
    ['other line ends in Markdown', { ...plan, overview: 'a\r\nb\rc' }, { overview: 'a\nb\nc' }],
    ['a heading in a fence', { ...plan, overview: '```md\n# x\n```' }, { overview: '```md\n# x\n```' }],
    ['a heading below level 4', { ...plan, overview: '##### x\n\ny' }, { overview: '##### x\n\ny' }],
    ['comments and tags', { ...plan, overview: '<!-- x --> Map<T>' }, { overview: '<!-- x --> Map<T>' }],
  ])('%s', (_, input, expected) => {
    expect(readPlan(input)).toMatchObject({ ok: true, value: expected });
  });
});

test('the schema of the tool asks for every field, describes each, and allows no other', () => {
  const walk = (schema: z.core.JSONSchema.BaseSchema, at: string): void => {
    if (schema.type === 'object') {
      expect([at, schema.additionalProperties, schema.required]).toEqual([at, false, Object.keys(schema.properties ?? {})]);
      for (const [key, property] of Object.entries(schema.properties ?? {})) {
        expect([key, (property as z.core.JSONSchema.BaseSchema).description]).toEqual([key, expect.stringMatching(/.{10}/)]);
        walk(property as z.core.JSONSchema.BaseSchema, `${at}/${key}`);
      }
    } else if (schema.type === 'array') walk(schema.items as z.core.JSONSchema.BaseSchema, `${at}[]`);
  };
  walk(z.toJSONSchema(planSchema), '');
});
