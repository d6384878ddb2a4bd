import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { help } from '../src/replies/comments/answers.ts';
import { readEnvironment } from '../src/settings/environment/environment.ts';
import { fileVariable, SECRET_VARIABLES } from '../src/settings/environment/variable-spellings.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const PAGES = ['README.md', 'CHANGELOG.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)].filter((path) =>
  path.endsWith('.md'),
);

describe('the README', () => {
  const commands = read('README.md').split('## Commands')[1]?.split('\n## ')[0] ?? '';

  it('lists the commands that /help lists', () => {
    for (const row of help()
      .split('\n')
      .filter((line) => line.startsWith('| `/'))) {
      for (const [, word] of row.split('|')[1]?.matchAll(/`(\/[a-z]+)/g) ?? []) expect(commands).toContain(`\`${word}`);
    }
  });
});

it('docs/hosting.md has every variable of the environment', () => {
  const asked = new Set<string>();
  const nothing = new Proxy({}, { get: (_, name) => void asked.add(String(name)) });
  readEnvironment(nothing, () => '');
  const table = read('docs/hosting.md');
  // One row is about all files of secrets.
  for (const name of SECRET_VARIABLES) asked.delete(fileVariable(name));
  expect([...asked].filter((name) => !table.includes(`| \`${name}\` |`))).toEqual([]);
});

it('docs/architecture.md names at most a dozen files for each journey, which are there', () => {
  const [, section = ''] = read('docs/architecture.md').split('## Four journeys');
  const journeys = [...(section.split('\n## ')[0] ?? '').matchAll(/^\| from .+ \| (.+) \|$/gm)].map(([, files = '']) =>
    [...files.matchAll(/`([^`]+)`/g)].map(([, file]) => file as string),
  );
  expect(journeys).toHaveLength(4);
  for (const files of journeys) {
    expect(files.length).toBeLessThanOrEqual(12);
    expect(files.filter((file) => !existsSync(join(ROOT, 'src', file)))).toEqual([]);
  }
});

it.each(PAGES)('the links in %s lead somewhere', (page) => {
  const dead = [...read(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)].filter(([, path, anchor]) => {
    try {
      const target = read(path ? join(dirname(page), path) : page);
      return anchor !== undefined && !anchorsOf(target).includes(anchor);
    } catch {
      return true;
    }
  });
  expect(dead.map(([link]) => link)).toEqual([]);
});

/** As GitHub makes them from headings. */
const anchorsOf = (markdown: string): string[] =>
  [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    (title as string)
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- ]/gu, '')
      .replaceAll(' ', '-'),
  );

describe('docs/security.md', () => {
  const rows = [...read('docs/security.md').matchAll(/\| `(test\/[^`]+)`: (.+) \|$/gm)].map(
    ([, path, name]) => [path, name] as const,
  );

  it('names a test for every threat', () => {
    const [, table = ''] = read('docs/security.md').split('| threat | control | test |\n|---|---|---|\n');
    expect(rows).toHaveLength(table.split('\n\n')[0]?.split('\n').length ?? 0);
  });

  // As it stands in the file: the name of a table's test has a place for the row.
  it.each(rows)('%s has the test: %s', (path, name) => {
    const source = read(path as string);
    expect([`'${name}'`, `"${name}"`, `\`${name}\``].some((quoted) => source.includes(quoted))).toBe(true);
  });
});
