import { describe, expect, test } from '@jest/globals';
import { workspaceOf } from '../../src/agent/files/workspace.ts';
import type { FileMode } from '../../src/domain/change/change-set.ts';
import type { Component, Plan, PlannedFile } from '../../src/domain/plan/plan.ts';
import { specHash } from '../../src/domain/plan/spec-hash.ts';
import { checkSoundness, type SoundnessContext } from '../../src/planner/soundness.ts';
import { checkText } from '../../src/planner/text-soundness.ts';
import { memorySnapshot } from '../executor/memory-snapshot.ts';
import { aComponent, aPlan } from '../support/shop.ts';

const COMPOSED = 'docs/résumé.md'.normalize('NFC');
const DECOMPOSED = COMPOSED.normalize('NFD');

const context: SoundnessContext = {
  paths: new Set([
    'src/server.ts',
    'src/orders.ts',
    'README.md',
    'infra/main.tf',
    '.github/CODEOWNERS',
    'docs/Guide.md',
    'package-lock.json',
    DECOMPOSED,
    'docs/références/index.md'.normalize('NFD'),
    'docs/à/composed.md'.normalize('NFC'),
    'docs/à/decomposed.md'.normalize('NFD'),
  ]),
  planPath: 'PLAN.md',
  settingsPath: '.github/planwright.yml',
  protectedPaths: ['infra/**'],
  mayChangeWorkflows: false,
  maxComponents: 3,
};

const create = (path: string): PlannedFile => ({ path, action: 'create', change: 'new' });
const modify = (path: string): PlannedFile => ({ path, action: 'modify', change: 'other' });
const remove = (path: string): PlannedFile => ({ path, action: 'delete', change: 'gone' });

const component = (id: string, files: PlannedFile[], depends_on: string[] = []): Component => ({
  id,
  title: id,
  purpose: 'p',
  depends_on,
  files,
  contract: 'c',
  acceptance_criteria: ['a'],
});

/** A plan of these components in this order; `changes` makes it wrong elsewhere. */
const planOf = (components: Component[], changes: Partial<Plan> = {}): Plan => ({
  title: 't',
  overview: 'o',
  constraints: [],
  components,
  data_flow: [],
  edge_cases: [{ case: 'c', handling: 'h', component: components[0]?.id ?? '' }],
  implementation_order: components.map((c) => ({ component: c.id, rationale: 'r' })),
  trade_offs: [],
  risks: [],
  open_questions: [],
  ...changes,
});

const order = (...ids: string[]): Partial<Plan> => ({
  implementation_order: ids.map((id) => ({ component: id, rationale: 'r' })),
});
const edge = (id: string): Partial<Plan> => ({ edge_cases: [{ case: 'c', handling: 'h', component: id }] });

const store = component('store', [create('src/store.ts')]);
const api = component('api', [modify('src/server.ts')], ['store']);
const one = (...files: PlannedFile[]): Plan => planOf([component('one', files)]);
const two = (first: PlannedFile, second: PlannedFile): Plan =>
  planOf([component('first', [first]), component('second', [second], ['first'])]);
const apart = (first: PlannedFile, second: PlannedFile): Plan =>
  planOf([component('first', [first]), component('second', [second])]);

describe('a sound plan', () => {
  test.each<[string, Plan]>([
    ['has as many files as a component may change', one(...Array.from({ length: 300 }, (_, i) => create(`src/n${i}.ts`)))],
    ['creates, modifies and deletes what it may', planOf([store, api, component('end', [remove('README.md')])])],
    [
      'modifies what a dependency of a dependency creates',
      planOf([store, api, component('end', [modify('src/store.ts')], ['api'])]),
    ],
    ['creates another file than its dependency', two(create('src/a.ts'), create('src/b.ts'))],
    ['deletes what a dependency creates', two(create('src/new.ts'), remove('src/new.ts'))],
    ['shares a file along a chain of dependencies', planOf([store, api, component('end', [modify('src/server.ts')], ['api'])])],
    ['lists sensitive files exactly', one(modify('.github/CODEOWNERS'), modify('package-lock.json'))],
    ['puts a folder where a file was, once the file is deleted', two(remove('src/orders.ts'), create('src/orders.ts/index.ts'))],
    ['renames a file in its case only', one(remove('docs/Guide.md'), create('docs/guide.md'))],
    ['changes a file by the name it is stored with', one(modify(DECOMPOSED), create('docs/références/new.md'.normalize('NFD')))],
    ['puts a file into a folder that is there in both forms', one(create('docs/à/new.md'.normalize('NFC')))],
    ['renames a file into the other form', one(remove(DECOMPOSED), create(COMPOSED))],
    ['has paths with spaces, dots and brackets', one(create('src/[id]/...page (1).ts'), create('src/ünï.ts'))],
    [
      'orders independent components as it likes',
      planOf([store, api, component('end', [create('x')])], order('end', 'store', 'api')),
    ],
  ])('%s', (_, plan) => {
    expect(checkSoundness(plan, context)).toEqual([]);
  });

  test('may change workflows where the App may', () => {
    const plan = one(create('.github/workflows/ci.yml'));
    expect(checkSoundness(plan, { ...context, mayChangeWorkflows: true })).toEqual([]);
  });
});

describe('the findings of an unsound plan say what to fix:', () => {
  test.each<[rule: string, says: string, at: string, plan: Plan]>([
    [
      'max-components',
      'at most 3 are allowed',
      'components',
      planOf(['a', 'b', 'c', 'd'].map((id) => component(id, [create(id)]))),
    ],
    ['unique-id', 'are both called store', 'components/1/id', planOf([store, component('store', [create('x')])], order('store'))],
    [
      'reference',
      'depends_on of api names stor, which is no component; did you mean store?',
      'components/1/depends_on/0',
      planOf([store, { ...api, depends_on: ['stor'] }]),
    ],
    ['reference', 'names store twice', 'components/1/depends_on/1', planOf([store, { ...api, depends_on: ['store', 'store'] }])],
    ['reference', 'the components are store, api', 'edge_cases/0/component', planOf([store, api], edge('elsewhere'))],
    [
      'reference',
      'implementation_order names apis',
      'implementation_order/2/component',
      planOf([store, api], order('store', 'api', 'apis')),
    ],
    ['cycle', 'depends on itself', 'components/0/depends_on', planOf([{ ...store, depends_on: ['store'] }])],
    ['cycle', 'store -> api -> store', 'components/0/depends_on', planOf([{ ...store, depends_on: ['api'] }, api])],
    ['implementation-order', 'does not name api', 'implementation_order', planOf([store, api], order('store'))],
    [
      'implementation-order',
      'names store more than once',
      'implementation_order/2',
      planOf([store, api], order('store', 'api', 'store')),
    ],
    ['implementation-order', 'has api before store', 'implementation_order/0', planOf([store, api], order('api', 'store'))],
    ['existence', 'did you mean src/server.ts?', 'components/0/files/0/path', one(modify('src/sever.ts'))],
    ['existence', 'did you mean src/orders.ts?', 'components/0/files/0/path', one(remove('lib/orders.ts'))],
    ['existence', 'its action is create', 'components/0/files/0/path', one(modify('nothing/like/it.txt'))],
    [
      'existence',
      'is created by second: add second to depends_on of first',
      'components/0/files/0/path',
      apart(modify('src/new.ts'), create('src/new.ts')),
    ],
    ['existence', 'is a directory: list the files', 'components/0/files/0/path', one(modify('src'))],
    ['existence', 'is deleted by first', 'components/1/files/0/path', two(remove('src/orders.ts'), modify('src/orders.ts'))],
    ['existence', 'exists already: its action is modify', 'components/0/files/0/path', one(create('src/server.ts'))],
    ['existence', 'is created by first already', 'components/1/files/0/path', two(create('src/new.ts'), create('src/new.ts'))],
    ['collision', 'is a directory (it holds src/orders.ts)', 'components/0/files/0/path', one(create('src'))],
    [
      'collision',
      'lies below src/server.ts, which is a file',
      'components/0/files/0/path',
      one(create('src/server.ts/limit.ts')),
    ],
    ['collision', 'lies below src/a, which is a file', 'components/0/files/1/path', one(create('src/a'), create('src/a/b'))],
    ['collision', 'differs from README.md only in case', 'components/0/files/0/path', one(create('readme.md'))],
    [
      'existence',
      'exists with its accents in another Unicode form: copy the path',
      'components/0/files/0/path',
      one(modify(COMPOSED)),
    ],
    [
      'existence',
      'exists with its accents in another Unicode form: copy the path',
      'components/0/files/0/path',
      one(remove(COMPOSED)),
    ],
    ['existence', `does not exist; did you mean ${DECOMPOSED}?`, 'components/0/files/0/path', one(modify('docs/Résumé.md'))],
    [
      'collision',
      'exists with its accents in another Unicode form: its action is modify',
      'components/0/files/0/path',
      one(create(COMPOSED)),
    ],
    ['collision', `differs from ${DECOMPOSED} only in case`, 'components/0/files/0/path', one(create('docs/RÉSUMÉ.md'))],
    [
      'collision',
      'exists with its accents in another Unicode form: its action is modify',
      'components/0/files/0/path',
      one(create(COMPOSED), modify(DECOMPOSED)),
    ],
    [
      'collision',
      'is created twice, each with its accents in another Unicode form',
      'components/0/files/0/path',
      one(create('docs/né.md'), create('docs/né.md'.normalize('NFD'))),
    ],
    [
      'collision',
      'lies below docs/références, which exists with its accents in another Unicode form',
      'components/0/files/0/path',
      one(create('docs/références/new.md')),
    ],
    ['collision', 'differs from src/server.ts only in case', 'components/0/files/0/path', one(create('src/Server.ts'))],
    [
      'collision',
      'differs from src/new.ts only in case',
      'components/0/files/0/path',
      one(create('src/New.ts'), create('src/new.ts')),
    ],
    [
      'collision',
      'differs from src/New.ts only in case',
      'components/0/files/1/path',
      one(create('src/New.ts'), create('src/new.ts')),
    ],
    [
      'existence',
      'does not exist. If it is new, its action is create.',
      'components/0/files/0/path',
      apart(modify('nothing/like/it.txt'), create('src/z.ts')),
    ],
    [
      'shared-file',
      'is touched by first, too',
      'components/1/files/0/path',
      apart(modify('src/server.ts'), modify('src/server.ts')),
    ],
    ['shared-file', 'is listed twice', 'components/0/files/1/path', one(modify('src/server.ts'), modify('src/server.ts'))],
    ['path', 'leaves the repository', 'components/0/files/0/path', one(create('../up.ts'))],
    ['path', 'is absolute', 'components/0/files/0/path', one(create('/etc/passwd'))],
    ['path', 'is absolute', 'components/0/files/0/path', one(create('C:/x.ts'))],
    ['path', 'has a backslash', 'components/0/files/0/path', one(create('src\\x.ts'))],
    ['path', 'shortest form', 'components/0/files/0/path', one(create('./src//x.ts'))],
    ['path', 'shortest form', 'components/0/files/0/path', one(create('src/new/'))],
    ['path', "inside git's own folder", 'components/0/files/0/path', one(create('sub/.GIT/hooks/pre-commit'))],
    ['path', 'is a pattern', 'components/0/files/0/path', one(create('src/**/*.ts'))],
    ['path', 'cannot be seen', 'components/0/files/0/path', one(create('src/a\u202ets.js'))],
    ['path', 'ends in a space or a dot', 'components/0/files/0/path', one(create('.gitmodules.'))],
    [
      'max-files',
      'one lists 301 files, and one component may change 300',
      'components/0/files',
      one(...Array.from({ length: 301 }, (_, i) => create(`gen/${i}`))),
    ],
    ['protected-path', 'is the plan itself', 'components/0/files/0/path', one(create('PLAN.md'))],
    ['protected-path', "holds Planwright's settings", 'components/0/files/0/path', one(create('.github/Planwright.yml'))],
    ['protected-path', 'execution.protected_paths: infra/**', 'components/0/files/0/path', one(modify('infra/main.tf'))],
    ['protected-path', 'not permitted to change', 'components/0/files/0/path', one(create('.github/workflows/ci.yml'))],
  ])('%s: %s', (rule, says, at, plan) => {
    const findings = checkSoundness(plan, context);
    // Both components of a doubled creation also share the file; what is asked for must be there.
    const found = findings.find((f) => f.rule === rule && f.message.includes(says));
    expect(found?.at.join('/') ?? findings).toBe(at);
    expect(findings.every((f) => f.message.endsWith('.') || f.message.endsWith('?'))).toBe(true);
  });

  test('what is to be deleted and is not there is not taken for new', () => {
    expect(checkSoundness(one(remove('nothing/like/it.txt')), context).map(({ message }) => message)).toEqual([
      'nothing/like/it.txt (one) does not exist.',
    ]);
  });

  test('what was merged is not held against the repository as it is now, unless the component has changed', () => {
    const plan = one(create('src/server.ts'));
    const rules = (merged: Record<string, string>) => checkSoundness(plan, { ...context, merged }).map(({ rule }) => rule);
    expect(rules({ one: specHash(plan, 'one') })).toEqual([]);
    expect(rules({ one: 'another' })).toEqual(['existence']);
    expect(rules({ other: specHash(plan, 'one') })).toEqual(['existence']);
    // A file that a merged component has deleted is in nobody's way.
    const gone = apart(remove('src/gone'), create('src/gone/x.ts'));
    expect(checkSoundness(gone, { ...context, merged: { first: specHash(gone, 'first') } })).toEqual([]);
  });

  test('a cycle has no right order, so none is asked for', () => {
    const plan = planOf([{ ...store, depends_on: ['api'] }, api]);
    expect(checkSoundness(plan, context).filter(({ rule }) => rule !== 'existence')).toMatchObject([{ rule: 'cycle' }]);
  });

  test.each<[mode: FileMode, file: PlannedFile, says: string | null]>([
    ['120000', modify('link'), 'is a symbolic link, which cannot be edited'],
    ['120000', remove('link'), null],
    ['160000', modify('link'), 'is a submodule'],
    ['160000', remove('link'), 'is a submodule'],
    ['100755', modify('link'), null],
  ])('what cannot be edited: mode %s, %j', (mode, file, says) => {
    const found = checkSoundness(one(file), { ...context, paths: new Map([['link', { mode }]]) });
    expect(found.map(({ message }) => message)).toEqual(says === null ? [] : [expect.stringContaining(says)]);
  });

  test('everything at once, in the order of the plan', () => {
    const plan = planOf([
      { ...store, files: [create('README.md'), modify('src/sever.ts')] },
      { ...api, depends_on: ['stor'] },
    ]);
    expect(checkSoundness(plan, context).map(({ rule, component: id, path }) => [rule, id, path])).toEqual([
      ['reference', 'api', undefined],
      ['existence', 'store', 'README.md'],
      ['existence', 'store', 'src/sever.ts'],
    ]);
  });

  test('every one of them against 80,000 paths', () => {
    const paths = new Set(Array.from({ length: 80_000 }, (_, i) => `drivers/net/dir${i % 900}/file${i}.c`));
    const plan = one(...Array.from({ length: 30 }, (_, i) => modify(`drivers/net/dir3/fil${i}x.c`)));
    expect(checkSoundness(plan, { ...context, paths })).toHaveLength(30);
  });
});

describe('by what is in a file', () => {
  const files = {
    'a.txt': 'text\n',
    'logo.png': Buffer.from([0x89, 0, 1]),
    'data.bin': 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n',
    'latin1.txt': Buffer.from([0x67, 0xfc, 10]),
    link: { mode: '120000', content: 'a.txt' },
    'vendor/lib': { mode: '160000', content: '' },
  } as const;
  const workspace = workspaceOf(memorySnapshot(files));
  const planWith = (action: PlannedFile['action'], path: string) =>
    aPlan([aComponent('limiter', { files: [{ path, action, change: 'it' }] })]);

  test.each([
    ['logo.png', 'logo.png (limiter) is a binary file of 3 bytes; it cannot be edited as text: leave it out.'],
    ['data.bin', /^data\.bin \(limiter\) is a Git LFS pointer: .*; it cannot be edited as text: leave it out\.$/],
    ['latin1.txt', /^latin1\.txt \(limiter\) is not valid UTF-8 \(3 bytes in another encoding\); it cannot/],
  ])('%s cannot be modified', async (path, message) => {
    const found = await checkText(planWith('modify', path), workspace, {});
    expect(found).toEqual([expect.objectContaining({ rule: 'not-text', component: 'limiter', path })]);
    expect(found[0]?.message).toMatch(message);
    expect(await checkText(planWith('delete', path), workspace, {})).toEqual([]);
    const plan = planWith('modify', path);
    expect(await checkText(plan, workspace, { merged: { limiter: specHash(plan, 'limiter') } })).toEqual([]);
  });

  test.each(['a.txt', 'not-there.txt', 'link', 'vendor/lib'])('%s is text, or a matter of other rules', async (path) => {
    expect(await checkText(planWith('modify', path), workspace, {})).toEqual([]);
  });
});
