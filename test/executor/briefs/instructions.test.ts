import { expect, test } from '@jest/globals';
import { repositoryInstructions } from '../../../src/executor/briefs/instructions.ts';
import { aComponent } from '../../support/shop.ts';
import { memorySnapshot } from '../memory-snapshot.ts';

const FILES = {
  'AGENTS.md': 'Root rules.<!-- hidden --> Be\u200b kind.',
  'CLAUDE.md': { mode: '120000', content: 'AGENTS.md' },
  'packages/AGENTS.md': 'Packages.',
  'packages/api/AGENTS.md': 'The api.',
  'packages/api/src/index.ts': '',
  'docs/AGENTS.md': 'Docs.',
} as const;

const shownFor = async (...paths: string[]): Promise<string[]> => {
  const component = aComponent('any', { files: paths.map((path) => ({ path, action: 'create', change: 'it' })) });
  const parts = await repositoryInstructions(component, memorySnapshot(FILES));
  return parts.map((part) => part.replace(/<(\/?)file-\w+>/g, '<$1file>'));
};

const ROOT = ['AGENTS.md:\n<file>\nRoot rules. Be kind.\n</file>', 'CLAUDE.md says the same as AGENTS.md.'];
const fenced = (path: string, text: string): string => `${path}:\n<file>\n${text}\n</file>`;

test.each<[string, string[], string[]]>([
  ['a file at the root', ['index.ts'], []],
  ['a file beside instructions', ['packages/api/a.ts'], [fenced('packages/api/AGENTS.md', 'The api.')]],
  ['a file in a directory that is yet to be', ['packages/web/new/a.ts'], [fenced('packages/AGENTS.md', 'Packages.')]],
  ['a directory that only begins alike', ['packages-old/a.ts'], []],
  [
    'files here and there',
    ['packages/api/src/a.ts', 'docs/a.md', 'packages/api/b.ts'],
    [fenced('packages/api/AGENTS.md', 'The api.'), fenced('docs/AGENTS.md', 'Docs.')],
  ],
])('%s has the nearest instructions, then those of the root; nothing hidden', async (_, paths, nearest) => {
  expect(await shownFor(...paths)).toEqual([...nearest, ...ROOT]);
});

test('however much a repository has to say, it says it in 5,000 characters', async () => {
  const files = { 'AGENTS.md': 'a rule\n'.repeat(2_000), 'src/AGENTS.md': 'a nearer rule\n'.repeat(2_000) };
  const text = (await repositoryInstructions(aComponent('any'), memorySnapshot(files))).join('\n');
  expect(text).toMatch(/^src\/AGENTS\.md:[\s\S]*\[cut here: \d+ more characters; read_file shows them\][\s\S]*\nAGENTS\.md:\n/);
  expect(text.length).toBeLessThan(5_400);
});
