import { expect, test } from '@jest/globals';
import { createVisibility } from '../../src/dashboard/access/visibility.ts';
import type { Permission } from '../../src/ports/forge/people.ts';

const REPOSITORIES = ['shop', 'engine', 'secret'].map((name) => ({ owner: 'olga', name, installation: 7 }));
const WANDA = { kind: 'person', id: 5, login: 'wanda' } as const;

function open(levels: Record<string, Permission | Error>) {
  let now = 0;
  const asked: string[] = [];
  const visibleTo = createVisibility({
    repositories: async () => REPOSITORIES,
    permission: async ({ name }) => {
      asked.push(name);
      const level = levels[name] ?? 'none';
      if (level instanceof Error) throw level;
      return level;
    },
    now: () => now,
    keptMs: 60_000,
  });
  return { visibleTo, asked, levels, pass: (ms: number) => (now += ms) };
}

test.each([
  ['admin', true],
  ['maintain', true],
  ['write', true],
  ['triage', false],
  ['read', false],
  ['none', false],
] as const)('%s sees it: %s', async (level, sees) => {
  expect(await open({ shop: level }).visibleTo(WANDA)).toEqual(sees ? ['olga/shop'] : []);
});

test('GitHub is asked again after a minute, and a person who lost access is shut out', async () => {
  const { visibleTo, asked, levels, pass } = open({ shop: 'write' });
  expect(await visibleTo(WANDA)).toEqual(['olga/shop']);
  levels.shop = 'read';
  pass(59_999);
  expect(await visibleTo(WANDA)).toEqual(['olga/shop']);
  expect(asked).toHaveLength(3);
  pass(1);
  expect(await visibleTo(WANDA)).toEqual([]);
});

test('an answer is for one person', async () => {
  const { visibleTo, asked } = open({ shop: 'write' });
  await visibleTo(WANDA);
  await visibleTo({ ...WANDA, id: 6 });
  expect(asked).toHaveLength(6);
});

test('what GitHub does not answer is not remembered, and nothing is shown meanwhile', async () => {
  const down = new Error('down');
  const { visibleTo, levels } = open({ shop: down, engine: down, secret: down });
  await expect(visibleTo(WANDA)).rejects.toThrow('down');
  Object.assign(levels, { shop: 'write', engine: 'read', secret: 'none' });
  expect(await visibleTo(WANDA)).toEqual(['olga/shop']);
});

test('one repository that GitHub does not answer for hides none of the others', async () => {
  const { visibleTo, levels } = open({ shop: new Error('limit'), engine: 'write' });
  expect(await visibleTo(WANDA)).toEqual(['olga/engine']);
  levels.shop = 'write';
  expect([...((await visibleTo(WANDA)) as string[])].sort()).toEqual(['olga/engine', 'olga/shop']);
});

test('the operator sees everything, and GitHub is not asked', async () => {
  const { visibleTo, asked } = open({});
  expect([await visibleTo({ kind: 'operator' }), asked]).toEqual(['all', []]);
});
