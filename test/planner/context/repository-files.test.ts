import { describe, expect, test } from '@jest/globals';
import { workspaceOf } from '../../../src/agent/files/workspace.ts';
import { instructions } from '../../../src/planner/context/instructions.ts';
import { manifestDigest } from '../../../src/planner/context/manifest-digest.ts';
import { manifests } from '../../../src/planner/context/manifests.ts';
import { mentionedDirectories } from '../../../src/planner/context/mentions.ts';
import { readme } from '../../../src/planner/context/readme.ts';
import { type MemoryFile, memorySnapshot } from '../../executor/memory-snapshot.ts';

const over = (files: Record<string, MemoryFile>) => workspaceOf(memorySnapshot(files));

describe('instruction files', () => {
  const FILES = {
    'AGENTS.md': 'Root rules.<!-- hidden --> Be\u200b kind.',
    'CLAUDE.md': { mode: '120000', content: './AGENTS.md' },
    'CONTRIBUTING.md': 'Sign off.',
    'packages/AGENTS.md': 'Packages.',
    'packages/api/CLAUDE.md': 'The api.',
    'packages/api/src/index.ts': '',
    'packages/web/src/page.ts': '',
    'docs/AGENTS.md': 'Docs.',
  } as const;

  test('of the root, and the nearest ones of what the issue names; the others by path; nothing hidden', async () => {
    const text = (await instructions(over(FILES), 'The bug is in packages/api/src/index.ts.', 5_000)).join('\n');
    expect(text).toContain('Root rules. Be kind.');
    expect(text).toContain('CLAUDE.md says the same as AGENTS.md.');
    expect(text).toContain('The api.');
    expect(text).not.toContain('Packages.');
    expect(text).toContain('also in docs/AGENTS.md, packages/AGENTS.md.');
  });

  test('of a directory without any: those above it', async () => {
    expect((await instructions(over(FILES), 'See page.ts', 5_000)).join('\n')).toContain('Packages.');
  });

  test('are cut to the budget, and say where the rest is', async () => {
    const files = { 'AGENTS.md': 'a rule\n'.repeat(2_000), 'CONTRIBUTING.md': 'sign\n'.repeat(2_000) };
    const text = (await instructions(over(files), '', 3_000)).join('\n');
    expect(text.length).toBeLessThan(3_400);
    expect(text).toMatch(/\[cut here: \d+ more characters; read_file shows them\]\n<\/file-\w+>\nCONTRIBUTING\.md:\n/);
  });

  test.each<[string, MemoryFile]>([
    ['is no text', Buffer.from([0, 1])],
    ['is a link out of the repository', { mode: '120000', content: '../../etc/passwd' }],
    ['is a link to itself', { mode: '120000', content: 'AGENTS.md' }],
    ['is empty', ''],
  ])('that %s are left out', async (_, file) => {
    expect(await instructions(over({ 'AGENTS.md': file }), '', 5_000)).toEqual([]);
  });
});

test('directories are named by a path, by a file in them, or by a file name only one directory has', () => {
  const paths = ['src/a/b.ts', 'src/a/index.ts', 'lib/index.ts', 'lib/c/d.ts', 'docs/x.md', 'top.ts'];
  const dirs = (text: string) => mentionedDirectories(text, paths).sort();
  expect(dirs('in `./src/a/`, (docs/)')).toEqual(['docs', 'src/a']);
  expect(dirs('lib/c/d.ts. And index.ts, top.ts')).toEqual(['lib/c']);
  expect(dirs('b.ts:12 fails')).toEqual(['src/a']);
  expect(dirs('docs lib src')).toEqual([]);
  expect(dirs('a/'.repeat(30_000))).toEqual([]);
});

describe('manifests', () => {
  test('of node: scripts and dependencies', () => {
    const json = JSON.stringify({ name: 'x', scripts: { test: 'jest' }, dependencies: { zod: '4' }, eslintConfig: { a: 1 } });
    expect(manifestDigest('package.json', json, 500)).toBe('name: x\nscripts:\n  test: jest\ndependencies: zod 4');
  });

  test.each([
    ['broken', '{ "name": '],
    ['null', 'null'],
    ['odd', '{"scripts": [1], "dependencies": "none", "workspaces": {"packages": ["a"]}}'],
  ])('%s JSON is shown all the same', (_, text) => {
    expect(manifestDigest('package.json', text, 500)).not.toBe('');
  });

  test('of Python, Rust, Go and Java: the parts that matter', () => {
    const toml = '[project]\nname = "x"\n# why\ndependencies = ["a"]\n\n[tool.ruff]\nline = 1\n';
    expect(manifestDigest('pyproject.toml', toml, 500)).toBe('[project]\nname = "x"\ndependencies = ["a"]');
    expect(manifestDigest('Cargo.toml', '[profile.release]\nlto = true\n[dependencies]\nserde = "1"\n', 500)).toBe(
      '[dependencies]\nserde = "1"',
    );
    const go = 'module x\n\ngo 1.24\n\nrequire (\n\ta v1\n\tb v2 // indirect\n)\n';
    expect(manifestDigest('go.mod', go, 500)).toBe('module x\ngo 1.24\nrequire (\n\ta v1\n)');
    const pom =
      '<project><parent><artifactId>up</artifactId></parent><artifactId>x</artifactId><modules><module>core</module></modules></project>';
    expect(manifestDigest('pom.xml', pom, 500)).toBe('<artifactId>x</artifactId>\nmodules: core\nartifacts named: x');
  });

  test('of the root are shown, the others counted', async () => {
    const text = await manifests(over({ 'go.mod': 'module x', 'a/package.json': '{}', 'b/package.json': '{}' }), 1_000);
    expect(text).toEqual([
      expect.stringMatching(/^go\.mod, in short:\n<file-\w+>\nmodule x\n/),
      'Other manifests (2): a/package.json, b/package.json.',
    ]);
  });
});

test('the README is shown without badges, comments and pictures, as it begins', async () => {
  const text = '# X\n\n[![build](https://a/b.svg)](https://a) ![logo](l.png)\n<!-- toc -->\nDoes things.\n';
  expect(await readme(over({ 'docs/README.md': 'no', 'Readme.rst': text }), 500)).toEqual([
    expect.stringMatching(/^Readme\.rst:\n<file-\w+>\n# X\n\nDoes things\.\n<\/file-\w+>$/),
  ]);
});
