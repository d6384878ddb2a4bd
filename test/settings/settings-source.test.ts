import { describe, expect, test } from '@jest/globals';
import type { Clock } from '../../src/ports/clock.ts';
import type { RepositoryForge } from '../../src/ports/forge/forge.ts';
import type { Entry } from '../../src/ports/forge/git-data.ts';
import type { GoodSettings } from '../../src/ports/shared-memory.ts';
import { settingsSource } from '../../src/settings/settings-source.ts';

const REPOSITORY = { owner: 'olga', name: 'shop' };
const operator = { planner: 'anthropic/deep', executor: 'anthropic/fast', allowed: null, providers: ['anthropic' as const] };
const clock = { now: () => 0 } as Clock;

function inMemory(): GoodSettings {
  const good = new Map<string, { readonly text: string | null }>();
  return {
    put: async (repository, text) => void good.set(repository, { text }),
    get: async (repository) => good.get(repository) ?? null,
  };
}

type Files = Readonly<Record<string, string | Entry>>;

/** A repository with these files, by `repository/path`. */
function withFiles(files: Files, good = inMemory()) {
  const repository = (name: string) => ({
    repository: { ...REPOSITORY, name },
    ofOwner: () => repository('.github'),
    entry: async (path: string): Promise<Entry | null> => {
      const there = files[`${name}/${path}`];
      return typeof there === 'string' ? { kind: 'file', sha: `sha of ${there}`, text: there } : (there ?? null);
    },
  });
  return { source: settingsSource(operator, clock, good), repo: repository('shop') as unknown as RepositoryForge };
}

const labelsOf = async (files: Files) => {
  const { source, repo } = withFiles(files);
  const loaded = await source.load(repo);
  return loaded.ok ? loaded.value.trigger.labels : loaded.reason;
};

const ai = 'trigger: { labels: [ai] }';
const other = 'trigger: { labels: [other] }';

describe('field case 23-settings-yaml: the settings are read from', () => {
  test.each<[name: string, files: Record<string, string>, labels: string[]]>([
    ['nowhere', {}, ['plan']],
    ['an empty file', { 'shop/.github/planwright.yml': '' }, ['plan']],
    ['planwright.yml', { 'shop/.github/planwright.yml': ai }, ['ai']],
    ['planwright.yaml', { 'shop/.github/planwright.yaml': ai }, ['ai']],
    ["the owner's planwright.yml", { '.github/.github/planwright.yml': ai }, ['ai']],
    ["the owner's planwright.yaml", { '.github/.github/planwright.yaml': ai }, ['ai']],
    [
      "the repository's before the owner's",
      { 'shop/.github/planwright.yaml': ai, '.github/.github/planwright.yml': other },
      ['ai'],
    ],
  ])('%s', async (_, files, labels) => {
    expect(await labelsOf(files)).toEqual(labels);
  });

  test.each(['shop', '.github'])('neither file of %s where it has both', async (name) => {
    const files = { [`${name}/.github/planwright.yml`]: ai, [`${name}/.github/planwright.yaml`]: ai };
    expect(await labelsOf(files)).toEqual([
      { line: 1, message: 'Both `.github/planwright.yml` and `.github/planwright.yaml` are there; remove one of them.' },
    ]);
  });

  test.each<[string, string, Entry]>([
    ['shop', 'yml', { kind: 'link', sha: 'abc' }],
    ['shop', 'yaml', { kind: 'directory', sha: null }],
    ['.github', 'yml', { kind: 'submodule', sha: 'abc' }],
  ])('no file of %s whose planwright.%s is none, which is said', async (name, ending, entry) => {
    const files = {
      [`${name}/.github/planwright.${ending}`]: entry,
      '.github/.github/planwright.yaml': name === 'shop' ? ai : entry,
    };
    expect(await labelsOf(files)).toEqual([
      {
        line: 1,
        message: expect.stringMatching(
          new RegExp(`^\`.github/planwright.${ending}\` is a (symbolic link|directory|submodule), `),
        ),
      },
    ]);
  });

  test.each(['yml', 'yaml'])('the file where the other ending is a link, which may lead to it (%s)', async (ending) => {
    const other = ending === 'yml' ? 'yaml' : 'yml';
    const files = {
      [`shop/.github/planwright.${ending}`]: ai,
      [`shop/.github/planwright.${other}`]: { kind: 'link', sha: 'abc' },
    } as const;
    expect(await labelsOf(files)).toEqual(['ai']);
  });

  test('what is wrong in planwright.yaml is said', async () => {
    const wrong = 'trigger: { labels: [ai] }\nexecution: { max_parallel: nine }';
    expect(await labelsOf({ 'shop/.github/planwright.yaml': wrong })).toMatchObject([{ line: 2 }]);
  });
});

test('the blob that is remembered tells the two files apart from one', async () => {
  const { source, repo } = withFiles({ 'shop/.github/planwright.yaml': ai });
  expect(await source.recentBlob(repo)).toBe(`sha of ${ai}`);
});

test('the last good settings are those that another process has read', async () => {
  const files: Record<string, string> = { 'shop/.github/planwright.yml': ai };
  const good = inMemory();
  const [first, second] = [withFiles(files, good), withFiles(files, good)];
  expect(await second.source.lastGood(second.repo)).toBeNull();
  await first.source.load(first.repo);
  files['shop/.github/planwright.yml'] = 'trigger: 7';
  expect((await second.source.load(second.repo)).ok).toBe(false);
  expect((await second.source.lastGood(second.repo))?.trigger.labels).toEqual(['ai']);
});
