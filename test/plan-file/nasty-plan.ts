import fc from 'fast-check';
import { type Plan, planSchema } from '../../src/domain/plan/plan.ts';
import type { PlanMeta } from '../../src/plan-file/header.ts';

const FRAGMENTS = [
  ...[
    '|',
    '\\|',
    '\\\\|',
    '`',
    '``',
    '```',
    '~~~',
    '<!--',
    '-->',
    '<b>',
    '</b>',
    '<',
    '\\<',
    '\\\\<',
    '>',
    '<https://a.b/c>',
    '<br>',
    '<?',
    '<![CDATA[',
  ],
  ...[
    '- ',
    '* ',
    '+ ',
    '1. ',
    '1) ',
    '12\\. ',
    '# ',
    '## ',
    '###### ',
    '#',
    '##',
    '---',
    '***',
    '___',
    '===',
    '> ',
    '[ ] ',
    '[x] ',
    '[a]: b',
    '[^1]: c',
  ],
  ...[
    '$&',
    '$1',
    '$$',
    "$'",
    '$',
    '$x',
    'S$',
    '${',
    '\\le',
    '\\phantom{x}',
    '; style a',
    '%%',
    '&dollar;',
    '**',
    '__',
    '**Purpose.** ',
    '**Contract**',
    '\\**Contract**',
    '**Acceptance criteria**',
    '__purpose__:',
    '_',
    '*',
  ],
  ...['Because: ', 'Instead of: ', 'Mitigation: ', 'Assumed:', 'Plan: ', 'Issue #1 · revision 2', 'None.', 'none'],
  ...[
    '"',
    "'",
    '#quot;',
    '#35;',
    '&amp;',
    '&quot;',
    '%%{',
    '%',
    ': ',
    ' #',
    '@',
    '!',
    '&a',
    '*a',
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    ',',
    '?',
    '\\',
    '\\\\',
    '\\n',
  ],
  ...[
    '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
    'é',
    'e\u0301',
    'שלום',
    'مرحبا',
    '漢字',
    '\u200e',
    '#\ufe0f\u20e3',
    '*\ufe0f\u20e3',
    '❤\ufe0f',
    '葛\u{e0100}飾',
    '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
    'ب\u200cب',
    '\u200b',
    '&#8203;',
    '#8203;',
    '&zwj;',
    'null',
    'true',
    'no',
    '~',
    '1.0',
    '0x1',
    '=',
    '---|---',
    ':--',
  ],
  ...['http://a.b/`c', 'www.a.b', 'a@b.c', ' ', '  ', '\u00a0', 'word', 'two words', 'x.', 'end', '-->|', 'n0["a"]', '-'],
];

/** A gap at the beginning or the end of a field is none. */
const GAPS = [
  ' '.repeat(21),
  '\u00a0'.repeat(21),
  '\u2003'.repeat(21),
  '\u3000'.repeat(25),
  '&nbsp;'.repeat(21),
  '\u00a0'.repeat(20),
];

const BLOCKS = [
  ...[
    '```ts\n## inside a fence <T>\n```',
    '~~~\n**Contract**\n<!-- x -->\n~~~',
    '```` \n```\n````',
    '- a\n- b\n\n  c',
    '1. a\n   - b',
    '> quoted\n> > twice',
  ],
  ...[
    '| a | b |\n|---|---|\n| c \\| `<d>` | e |',
    '    indented <code>',
    '##### Five',
    '###### Six ######',
    '---',
    '**Contract**',
    '**Purpose.** x',
    '**acceptance  criteria**:',
  ],
  ...[
    '\\**Contract**',
    'a\\\nb',
    'a  \nb',
    '- [ ] task\n- [x] done',
    '<div>\n<!-- hidden -->\n</div>',
    '`multi\nline <code>`',
    '- ```\n  <x>\n  ```',
    '\tindented by tab',
  ],
];

const pieces = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...FRAGMENTS) },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 6 }) },
    { weight: 1, arbitrary: fc.constantFrom(...GAPS) },
  ),
  {
    minLength: 1,
    maxLength: 6,
  },
);

/** As the schema hands it on, or left out where the schema refuses it. */
const allowed = (
  field: { safeParse(value: string): { success: boolean; data?: string } },
  text: fc.Arbitrary<string>,
): fc.Arbitrary<string> => text.map((value) => field.safeParse(value).data).filter((value) => value !== undefined);

const { components, overview, title, constraints } = planSchema.shape;
const { id, title: componentTitle } = components.element.shape;
const raw = pieces.map((all) => all.join(''));

export const nastyLine = allowed(constraints.element, raw);
export const nastyMarkdown = allowed(
  overview,
  fc
    .array(
      fc.oneof(
        raw,
        fc.constantFrom(...BLOCKS),
        pieces.map((all) => all.join('\n')),
      ),
      { minLength: 1, maxLength: 4 },
    )
    .map((all) => all.join('\n\n')),
);

const ids = fc.uniqueArray(
  allowed(id, fc.constantFrom('a', 'b1', 'null', 'true', 'no', 'y', 'end', 'token-bucket', 'x-1-y', 'purpose', 'a'.repeat(40))),
  { minLength: 1, maxLength: 3 },
);

/** Any plan the schema allows, sound or not, made of text that is likely to break a Markdown file. */
export const nastyPlan: fc.Arbitrary<Plan> = ids.chain((known) => {
  const reference = fc.constantFrom(...known, 'elsewhere');
  const list = <T>(item: fc.Arbitrary<T>, minLength = 0): fc.Arbitrary<T[]> => fc.array(item, { minLength, maxLength: 3 });
  const component = (name: string) =>
    fc.record(
      {
        id: fc.constant(name),
        title: allowed(componentTitle, raw),
        purpose: nastyMarkdown,
        depends_on: list(reference),
        files: list(
          fc.record({
            path: nastyLine,
            action: fc.constantFrom('create' as const, 'modify' as const, 'delete' as const),
            change: nastyLine,
          }),
          1,
        ),
        contract: nastyMarkdown,
        acceptance_criteria: list(nastyLine, 1),
        type: fc.constantFrom('feat', 'fix', 'no', 'null', 'true'),
        scope: fc.constantFrom('api', '1.0', '0x10', 'y', 'src/Server', 'no'),
      },
      { requiredKeys: ['id', 'title', 'purpose', 'depends_on', 'files', 'contract', 'acceptance_criteria'] },
    );
  return fc.record({
    title: allowed(title, raw),
    overview: nastyMarkdown,
    constraints: list(nastyLine),
    components: fc.tuple(...known.map(component)),
    data_flow: list(fc.record({ from: nastyLine, to: nastyLine, what: nastyLine })),
    edge_cases: list(fc.record({ case: nastyLine, handling: nastyLine, component: reference }), 1),
    implementation_order: list(fc.record({ component: reference, rationale: nastyLine })),
    trade_offs: list(fc.record({ decision: nastyLine, alternatives: list(nastyLine), reason: nastyLine })),
    risks: list(fc.record({ risk: nastyLine, mitigation: nastyLine })),
    open_questions: list(fc.record({ question: nastyLine, assumption: nastyLine })),
  });
});

export const anyMeta: fc.Arbitrary<PlanMeta> = fc.record(
  {
    issue: fc.integer({ min: 1, max: 99_999 }),
    revision: fc.integer({ min: 1, max: 99 }),
    model: fc.constantFrom('anthropic/claude-opus-5-5', 'compatible/org/model:free', 'openai/o#1|x'),
    commit: fc.stringMatching(/^[0-9a-f]{40}$/),
    base: fc.constantFrom('release/2.x', 'develop', 'é/😀', '_a_', 'a|b', '1', 'x<y>'),
  },
  { requiredKeys: ['issue', 'revision', 'model', 'commit'] },
);
