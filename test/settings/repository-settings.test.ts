import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import type { OperatorModels } from '../../src/settings/operator-models.ts';
import { defaultSettings, parseSettings } from '../../src/settings/repository-settings.ts';
import { ALL_KEYS } from '../../src/settings/settings-issue.ts';
import { processorTime } from '../support/processor-time.ts';
import { runs } from '../support/runs.ts';

const operator: OperatorModels = {
  planner: 'anthropic/deep',
  executor: 'anthropic/fast',
  allowed: null,
  providers: ['anthropic', 'openai'],
};

const findings = (text: string, models = operator) => {
  const settings = parseSettings(text, models);
  return settings.ok ? [] : settings.reason.map(({ line, message }) => `${line}: ${message}`);
};
const settings = (text: string, models = operator) => {
  const parsed = parseSettings(text, models);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.reason));
  return parsed.value;
};

describe('defaults', () => {
  test.each(['', '\n', '# nothing yet\n', '---\n', '\ufeff', '{}', 'version: 1\r\n'])('%j means the defaults', (text) => {
    expect(settings(text)).toEqual(defaultSettings(operator));
  });

  test('are what the program does today', () => {
    expect(defaultSettings(operator)).toEqual({
      version: 1,
      trigger: { labels: ['plan'], ignore_labels: ['no-plan'], bots: [], roles: ['write'] },
      models: {
        planner: { model: 'anthropic/deep', effort: 'high', fallback: [] },
        executor: { model: 'anthropic/fast', effort: 'low', fallback: [] },
      },
      plan: { path: 'PLAN.md', self_review: true, final_review: true, max_components: 8, instructions: '' },
      approval: { by: ['review', 'merge', 'command'], required: 1, allow_issue_author: true },
      execution: {
        strategy: 'stacked',
        draft: true,
        max_parallel: 4,
        amend: 'auto',
        ci_fix_attempts: 2,
        max_turns: 40,
        review: 'off',
        workflow: null,
        generated_paths: [],
        extra_paths: [],
        protected_paths: [],
        instructions: '',
      },
      budget: { usd_per_task: 10, tokens_per_task: null, usd_per_month: null },
      branches: { prefix: 'planwright/', base: null },
      pull_requests: { title: '{title}', labels: ['planwright'], reviewers: 'requester' },
      commits: { message: '{title}', sign_off: false, co_author: 'none' },
      checks: { all_pull_requests: false },
    });
  });

  test('are not shared: changing one copy leaves the next alone', () => {
    defaultSettings(operator).trigger.labels.push('oops');
    expect(defaultSettings(operator).trigger.labels).toEqual(['plan']);
  });
});

test('what is set is taken, the rest keeps its default', () => {
  const text = `
version: 1
trigger: { labels: [design, "needs: plan"] }
models:
  planner: { effort: medium }
plan: { path: "plans/{issue}/PLAN.md", max_components: 3, instructions: "Speak German." }
approval: { by: [command], required: 2, allow_issue_author: false }
execution: { max_parallel: 1, max_turns: 10, extra_paths: [docs/**], protected_paths: ["*.lock", "infra/"] }
`;
  expect(settings(text)).toMatchObject({
    trigger: { labels: ['design', 'needs: plan'], ignore_labels: ['no-plan'] },
    models: { planner: { model: 'anthropic/deep', effort: 'medium' }, executor: { effort: 'low' } },
    plan: { path: 'plans/{issue}/PLAN.md', max_components: 3, instructions: 'Speak German.' },
    approval: { by: ['command'], required: 2, allow_issue_author: false },
    execution: { max_parallel: 1, max_turns: 10, extra_paths: ['docs/**'], protected_paths: ['*.lock', 'infra/'] },
  });
});

describe('a finding names the line and what would be right', () => {
  test.each([
    ['version: 2', '1: `version` must be `1`, not `2`.'],
    ['\nexecutoin:\n  draft: false', '2: Unknown key `executoin` at the top level. Did you mean `execution`?'],
    ['trigger:\n  lables: [plan]', '2: Unknown key `lables` in `trigger`. Did you mean `labels`?'],
    ['models:\n  planner:\n    modle: x', '3: Unknown key `modle` in `models.planner`. Did you mean `model`?'],
    ['max_parallel: 2', '1: Unknown key `max_parallel` at the top level. It belongs at `execution.max_parallel`.'],
    ['checks:\n  zzz: 1', '2: Unknown key `zzz` in `checks`. The keys here are `all_pull_requests`.'],
    [
      'branch_prefix: x',
      '1: Unknown key `branch_prefix` at the top level. The keys here are `version`, `trigger`, `models`, `plan`, `approval`, `execution`, `budget`, `branches`, `pull_requests`, `commits`, `checks`.',
    ],
    [
      'branches: { prefix: "a..b/" }',
      '1: `branches.prefix` must be what a branch\'s name can begin with, by the rules of `git check-ref-format`, not under `refs/` or `gh-readonly-queue/`, not `"a..b/"`.',
    ],
    [
      'branches: { base: "main/" }',
      '1: `branches.base` must be the name of a branch, by the rules of `git check-ref-format`, not under `refs/` or `gh-readonly-queue/`, not `"main/"`.',
    ],
    [
      'pull_requests: { title: "{typ}: {title}" }',
      '1: `pull_requests.title` names `{typ}`, which is not known; did you mean `{type}`?',
    ],
    [
      'commits: { message: "{title} {zzzzzz}" }',
      '1: `commits.message` names `{zzzzzz}`, which is not known; the fields are `{title}`, `{id}`, `{issue}`, `{type}`, `{scope}`.',
    ],
    [
      'pull_requests: { title: "Planned" }',
      '1: `pull_requests.title` must be one line that holds `{title}`; braces are for fields only (`{title}`, `{id}`, `{issue}`, `{type}`, `{scope}`), not `"Planned"`.',
    ],
    [
      'commits:\n  message: "{title}\\n\\nFixes #{issue}"',
      '2: `commits.message` would close the issue with the first component that is merged, as well as in a squash. Write `Refs #{issue}`; Planwright closes the issue when everything is merged.',
    ],
    [
      'trigger: { bots: [renovate] }',
      '1: `trigger.bots.0` must be the login of an App, such as `renovate[bot]`, not `"renovate"`.',
    ],
    [
      'pull_requests: { title: "{type}: #{issue} {title}" }',
      '1: `pull_requests.title` would close the issue with the first component that is merged, as well as in a squash. Write `Refs #{issue}`; Planwright closes the issue when everything is merged.',
    ],
    [
      'branches:\n  prefix: develop/\n  base: develop',
      '3: `branches.base` as well as `branches.prefix`: git cannot have both, because one is a folder of the other. Change one of them.',
    ],
    ['trigger: { roles: [read] }', '1: `trigger.roles.0` must be `write` or `triage`, not `"read"`.'],
    ['pull_requests: { reviewers: everyone }', '1: `pull_requests.reviewers` must be `requester` or `none`, not `"everyone"`.'],
    ['plan:\n  max_paralel: 2', '2: Unknown key `max_paralel` in `plan`. Did you mean `execution.max_parallel`?'],
    ['trigger: [plan]', '1: `trigger` must be a section with keys of its own, not `["plan"]`.'],
    ['trigger:', '1: `trigger` must be a section with keys of its own, not empty.'],
    ['trigger:\n  labels: plan', '2: `trigger.labels` must be a list, not `"plan"`.'],
    ['trigger:\n  labels:\n    - plan\n    - 3', '4: `trigger.labels.1` must be text, not `3`.'],
    ['trigger: { labels: [""] }', '1: `trigger.labels.0` must not be empty.'],
    [
      'models: { planner: { effort: hihg } }',
      '1: `models.planner.effort` must be `low` or `medium` or `high`, not `"hihg"`; did you mean `high`?',
    ],
    ['plan: { max_components: 0 }', '1: `plan.max_components` must be at least 1, not `0`.'],
    ['plan: { max_components: 99 }', '1: `plan.max_components` must be at most 20, not `99`.'],
    ['plan: { max_components: 2.5 }', '1: `plan.max_components` must be a whole number, not `2.5`.'],
    ['budget: { usd_per_task: 0 }', '1: `budget.usd_per_task` must be more than 0, not `0`.'],
    ['budget: { tokens_per_task: 0.5 }', '1: `budget.tokens_per_task` must be a whole number, not `0.5`.'],
    ['approval: { by: [] }', '1: `approval.by` must not be empty.'],
    ['approval: { allow_issue_author: "yes" }', '1: `approval.allow_issue_author` must be `true` or `false`, not `"yes"`.'],
    [
      'trigger:\n  labels: [plan]\n  ignore_labels:\n    - Plan',
      '4: `Plan` is in `trigger.labels` as well as in `trigger.ignore_labels`, which wins: it would start nothing. Remove it from one of them.',
    ],
    [
      'execution:\n  extra_paths: [docs/**, gen/]',
      '2: `execution.extra_paths.1` must match files, and `"gen/"` names a folder: write `gen/**` for everything in it.',
    ],
    [
      'execution: { workflow: .github/workflows/gen.yml }',
      '1: `execution.workflow` must be the name of a file in `.github/workflows/`, such as `generate.yml`, not `".github/workflows/gen.yml"`; did you mean `gen.yml`?',
    ],
    [
      'execution: { workflow: generate }',
      '1: `execution.workflow` must be the name of a file in `.github/workflows/`, such as `generate.yml`, not `"generate"`; did you mean `generate.yml`?',
    ],
    [
      'execution: { workflow: "my workflow/" }',
      '1: `execution.workflow` must be the name of a file in `.github/workflows/`, such as `generate.yml`, not `"my workflow/"`.',
    ],
    [
      'execution: { protected_paths: [/infra/] }',
      '1: `execution.protected_paths.0` must be relative to the root of the repository: write `infra/`, without `/` in front.',
    ],
    [
      'execution: { extra_paths: [/gen/] }',
      '1: `execution.extra_paths.0` must be relative to the root of the repository: write `gen/**`, without `/` in front.',
    ],
    [
      'execution: { generated_paths: [./dist/*.js] }',
      '1: `execution.generated_paths.0` must be relative to the root of the repository: write `dist/*.js`, without `./` in front.',
    ],
    [
      'execution: { protected_paths: ["!infra/"] }',
      '1: `execution.protected_paths.0` must be a path or glob relative to the root of the repository, without `..` and without `!` in front, not `"!infra/"`.',
    ],
    [
      'execution: { extra_paths: ["../gen/"] }',
      '1: `execution.extra_paths.0` must be a path or glob relative to the root of the repository, without `..` and without `!` in front, not `"../gen/"`.',
    ],
    ['executor: anthropic/b', '1: Unknown key `executor` at the top level. It belongs at `models.executor`.'],
    ['plan:\n  planner: {}', '2: Unknown key `planner` in `plan`. It belongs at `models.planner`.'],
    ['execution:\n  budget: {}', '2: Unknown key `budget` in `execution`. It belongs at the top level.'],
    ['plan:\n  version: 1', '2: Unknown key `version` in `plan`. It belongs at the top level.'],
    ['label: ai', '1: Unknown key `label` at the top level. Did you mean `trigger.labels` or `pull_requests.labels`?'],
    ['labels: [ai]', '1: Unknown key `labels` at the top level. It belongs at `trigger.labels` or `pull_requests.labels`.'],
    [
      'effort: low',
      '1: Unknown key `effort` at the top level. It belongs at `models.planner.effort` or `models.executor.effort`.',
    ],
    ['approval: { allow_issue_author: yes }', '1: `approval.allow_issue_author` must be `true` or `false`, not `"yes"`.'],
  ])('%j', (text, finding) => {
    expect(findings(text)).toEqual([finding]);
  });

  test('several, in the order of the lines', () => {
    const text = 'exection: {}\nplan:\n  max_components: many\n  paht: x\nversion: 3\n';
    expect(findings(text).map((finding) => finding.split(':')[0])).toEqual(['1', '3', '4', '5']);
  });

  test('names from the file mention nobody and format nothing', () => {
    const [finding] = findings('"@octocat `**boo**`": 1');
    expect(finding).toContain('`@octocat **boo** `');
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', '<<'])('"%s" is just another unknown key', (key) => {
    expect(findings(`${key}: 1`)).toEqual([expect.stringContaining(`Unknown key \`${key}\``)]);
    expect(findings(`execution: { ${key}: {} }`)).toEqual([expect.stringContaining(`Unknown key \`${key}\` in \`execution\``)]);
  });
});

test('every default may be written out', () => {
  const { models: _, ...rest } = defaultSettings(operator);
  expect(findings(stringify(rest))).toEqual([]);
});

describe('models', () => {
  const open: OperatorModels = { ...operator, allowed: ['openai/gpt-*'] };

  test.each(['anthropic/deep', 'anthropic/fast', 'openai/gpt-6'])('%s may be chosen', (model) => {
    expect(settings(`models: { executor: { model: ${model} } }`, open).models.executor.model).toBe(model);
  });

  test('what the operator does not allow is refused at its line, with the choice', () => {
    expect(findings('models:\n  executor:\n    model: openai/o9', open)).toEqual([
      '3: `models.executor.model`: the operator of this Planwright does not allow `openai/o9`; choose from `anthropic/deep`, `anthropic/fast`, `openai/gpt-*`.',
    ]);
  });

  test('of a provider the operator gave no key for are refused at their line, fallbacks too', () => {
    const wide: OperatorModels = { ...operator, allowed: ['*'] };
    expect(
      findings('models:\n  planner:\n    model: gemini/gemini-x\n    fallback: [openai/gpt-6, compatible/llama]', wide),
    ).toEqual([
      '3: `models.planner.model`: this Planwright has no access to gemini; choose a model of anthropic or openai, or have its operator set `GEMINI_API_KEY`.',
      '4: `models.planner.fallback.1`: this Planwright has no access to compatible; choose a model of anthropic or openai, or have its operator set `COMPATIBLE_BASE_URL`.',
    ]);
  });

  test('without ALLOWED_MODELS only the two of the operator', () => {
    expect(findings('models: { planner: { model: anthropic/fast } }')).toEqual([]);
    expect(findings('models: { planner: { model: openai/gpt-6 } }')).toHaveLength(1);
  });

  test('a name without provider is no name', () => {
    expect(findings('models: { planner: { model: gpt-6 } }', open)).toEqual([expect.stringContaining('provider/model-id')]);
  });
});

describe('paths', () => {
  test.each(['PLAN.md', 'docs/plans/{issue}.md', '.github/PLAN.md', 'a..b/c.md', 'Pläne/Plan {issue}.md', '.gitplans/x.md'])(
    'the plan may be at %s',
    (path) => {
      expect(settings(stringify({ plan: { path } })).plan.path).toBe(path);
    },
  );
  test.each([
    '',
    'PLAN',
    'PLAN.txt',
    '.md',
    '/PLAN.md',
    '../PLAN.md',
    'a/../PLAN.md',
    './PLAN.md',
    'a//PLAN.md',
    'a\\PLAN.md',
    'C:\\PLAN.md',
    '.github/workflows/plan.md',
    '.GitHub/Workflows/plan.md',
    '.git/PLAN.md',
    'a/.GIT/PLAN.md',
    '{isue}.md',
    '{}.md',
    'a\nb.md',
    'a\0.md',
  ])('the plan may not be at %j', (path) => {
    expect(findings(stringify({ plan: { path } }))).toEqual([expect.stringMatching(/`plan\.path` must /)]);
  });
  test.each(['**/*.snap', 'docs', '*.{json,yml}', 'a/[bc]?.ts', 'app/(admin)/**', 'a b, c+d'])('%s is a glob', (glob) => {
    expect(settings(stringify({ execution: { extra_paths: [glob], protected_paths: [glob] } })).execution.extra_paths).toEqual([
      glob,
    ]);
  });
  test.each(['', '/etc', '../x', 'a/../b', '!docs/**', 'a\\b'])('%j is not', (glob) => {
    expect(findings(stringify({ execution: { protected_paths: [glob] } }))).toHaveLength(1);
  });
  test.each([
    '/',
    '//',
    '/infra/',
    './infra/',
    '/./infra',
    '/../infra',
    '!infra/',
    '!/infra',
    '/!infra',
    '/a/../b/',
    'infra//',
    '/a\\b/',
  ])('what is proposed instead of %j is allowed', (glob) => {
    for (const key of ['extra_paths', 'generated_paths', 'protected_paths']) {
      const found = findings(stringify({ execution: { [key]: [glob] } })).join();
      const proposed = /write `([^`]*)`/.exec(found)?.[1];
      if (proposed !== undefined) expect(findings(stringify({ execution: { [key]: [proposed] } }))).toEqual([]);
    }
  });
  test.each(['/infra', './infra/x.ts'])('%j is not, and what is meant is said', (glob) => {
    expect(findings(stringify({ execution: { protected_paths: [glob] } }))).toEqual([expect.stringContaining('write `infra')]);
  });
});

describe('whatever the file holds, there are findings and no exception', () => {
  const bomb = [
    'a: &a [x, x]',
    ...Array.from({ length: 25 }, (_, i) => `b${i}: &b${i} [*${i === 0 ? 'a' : `b${i - 1}`}, *a]`),
  ].join('\n');
  test.each([
    ['a tab', 'trigger:\n\tlabels: [a]', /^2: Not valid YAML: `Tabs/],
    ['a duplicate key', 'version: 1\nplan: {}\nversion: 1', /^3: The key `version` is there twice, first in line 1\./],
    ['a list', '- version', /^1: The file must be a mapping/],
    ['a word', 'version', /^1: The file must be a mapping/],
    ['two documents', 'version: 1\n---\nversion: 1\n', /multiple documents/],
    ['an empty document before the settings', '---\n---\nversion: 1\n', /multiple documents/],
    ['an alias', 'plan: &p {}\nexecution: *p', /^2: Aliases/],
    ['a bomb of aliases', bomb, /Aliases/],
    ['a merge key', 'a: &a {}\nplan:\n  <<: *a', /^3: Aliases/],
    ['an unknown tag', 'version: !js/function x', /Unresolved tag/],
    ['a key that is a mapping', '? { a: 1 }\n: 2', /plain word/],
    ['a key that is a number', '1: 2', /plain word/],
    ['an unclosed quote', 'plan: { instructions: "oops }', /Not valid YAML/],
    ['control characters', '\u0000\u0001', /^1: /],
    ['deep brackets', '['.repeat(20_000), /^1: /],
    ['deep lists', '- '.repeat(20_000), /^1: /],
    ['deep mappings', '{a: '.repeat(10_000), /^1: /],
    ['a huge file', `# ${'x'.repeat(16_400)}`, /^1: The file has more than 16 KB/],
    ['a huge file of few characters', `# ${'漢'.repeat(6_000)}`, /^1: The file has more than 16 KB/],
    ['nothing but signs', '}'.repeat(16_000), /^1: The file has more than 2000 lines, entries and signs/],
    ['thousands of entries', '- a\n'.repeat(4_000), /^1: The file has more than 2000/],
    ['a key that is there a thousand times', 'a: 1\n'.repeat(1_000), /^2: The key `a` is there twice/],
  ])('%s', (_, text, finding) => {
    const found = findings(text);
    expect(found[0]).toMatch(finding);
    expect(found.length).toBeLessThanOrEqual(20);
    expect(found.join('').length).toBeLessThan(10_000);
  });

  test('any text at all', () => {
    const line = fc.oneof(
      fc.constantFrom(...ALL_KEYS.flatMap((key) => key.split('.').map((part, depth) => `${'  '.repeat(depth)}${part}:`))),
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom(
        '- a',
        ' &x',
        ' *x',
        '? ',
        ': ',
        '{',
        '[',
        '"',
        "'",
        '|',
        '>',
        '!!map',
        '%YAML 1.1',
        '---',
        '...',
        '\t',
        '#',
      ),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', ' ', '\r\n', ''), (lines, separator) => {
        const text = lines.join(separator);
        const parsed = parseSettings(text, operator);
        if (parsed.ok) return;
        const count = text.split('\n').length;
        for (const { line, message } of parsed.reason) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(count);
          expect(message).not.toBe('');
        }
        expect(parsed.reason.length).toBeGreaterThan(0);
      }),
      { numRuns: runs(300, 1_500) },
    );
  });
});

test('as many protected paths as there may be, each with a comment, are no hostile file', () => {
  const paths = Array.from({ length: 100 }, (_, i) => `  # Part {${i}}, "src"; see [docs]: do not touch.\n  - "src/${i}/**"\n`);
  expect(findings(`execution:\n  protected_paths:\n${paths.join('')}`)).toEqual([]);
});

test('a file of a stranger holds up nothing', () => {
  const nested = (open: string, close: string): string => `${open.repeat(500)}${close.repeat(500)}`;
  const made = [
    ...[
      'a: 1\n',
      'k: {}\n',
      '- a\n',
      '? a\n',
      '{a: ',
      '[',
      '- ',
      '? ',
      '&a ',
      '*a ',
      '!!a ',
      '"',
      "'",
      '|\n',
      '>\n ',
      '# x\n',
      ': ',
      ',',
      '\t',
      '---\n',
    ],
  ].map((piece) => piece.repeat(16_384 / piece.length));
  const keys = Array.from({ length: 2_500 }, (_, i) => `k${i}: 1`)
    .join('\n')
    .slice(0, 16_384);
  for (const text of [...made, keys, `{${keys.replaceAll('\n', ', ')}`, nested('[', ']'), nested('{a: ', '}')]) {
    expect([text.slice(0, 20), processorTime(() => parseSettings(text, operator), 250) < 250]).toEqual([text.slice(0, 20), true]);
  }
});
