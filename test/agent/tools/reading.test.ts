import { describe, expect, test } from '@jest/globals';
import { answerCall } from '../../../src/agent/answer-call.ts';
import { workspaceOf } from '../../../src/agent/files/workspace.ts';
import type { Tool } from '../../../src/agent/tool.ts';
import { listFilesTool } from '../../../src/agent/tools/list-files.ts';
import { readFileTool } from '../../../src/agent/tools/read-file.ts';
import { searchTool } from '../../../src/agent/tools/search.ts';
import type { Json } from '../../../src/domain/json.ts';
import { type MemoryFile, memorySnapshot } from '../../executor/memory-snapshot.ts';

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `line ${i + 1}\n`).join('');
const FILES: Record<string, MemoryFile> = {
  'README.md': '# Widgets\n',
  'src/index.ts': 'export const a = 1;\nexport const b = 2;\n',
  'src/deep/er/tool.test.ts': 'test\n',
  'big.txt': numbered(2_210),
  'wide.txt': `${'x'.repeat(5_000)}\nshort\n`,
  'guide.md': `# Guide\n\n${'Lorem ipsum. '.repeat(150)}The limit is ten per minute. ${'Sed ut. '.repeat(150)}\n`,
  'huge.min.js': `${'😀'.repeat(50_000)}\nend\n`,
  'wider.txt': `${'y'.repeat(999)}\n`.repeat(100),
  'crlf.txt': 'one\r\ntwo\r\n',
  'mixed.txt': 'one\r\ntwo\n',
  'bom.txt': '\ufeffone\ntwo',
  'separator.txt': 'one\u2028still one\ntwo\n',
  'empty.txt': '',
  'logo.png': Buffer.from([0x89, 0x50, 0, 1]),
  'latin1.txt': Buffer.from([0x67, 0xfc, 10]),
  'model.bin': 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n',
  link: { mode: '120000', content: '../../etc/passwd' },
  'vendor/lib': { mode: '160000', content: '' },
};
const toolsOver = (files: Record<string, MemoryFile>): Tool[] => {
  const workspace = workspaceOf(memorySnapshot(files));
  return [listFilesTool(workspace), searchTool(workspace), readFileTool(workspace)];
};
const ask = (name: string, input: Json, files = FILES) => answerCall(toolsOver(files), { id: '1', name, input });
const read = async (path: string, from_line: number | null = null, to_line: number | null = null) =>
  ask('read_file', { path, from_line, to_line });

describe('a name whose accents are characters of their own', () => {
  const [composed, decomposed] = ['docs/r\u00e9sum\u00e9', 'docs/re\u0301sume\u0301'];
  const files = { [`${decomposed}/a.md`]: 'needle\n', [`${decomposed}.md`]: 'text\n' };

  test.each<[string, Json, expected: string]>([
    ['read_file', { path: `${composed}.md` }, `${decomposed}.md: lines 1-1 of 1\n    1\ttext`],
    ['read_file', { path: `${composed}/a.md` }, `${decomposed}/a.md: lines 1-1 of 1\n    1\tneedle`],
    ['read_file', { path: composed }, `${decomposed} is a directory; use list_files.`],
    ['list_files', { path: composed }, `${decomposed}: 1 files\n${decomposed}/a.md`],
    ['search', { pattern: 'needle', regex: false, path: composed }, `${decomposed}/a.md:1: needle`],
    ['search', { pattern: 'text', regex: false, path: `${composed}.md` }, `${decomposed}.md:1: text`],
  ])('%s finds it by the composed ones: %j', async (name, input, expected) => {
    expect((await ask(name, input, files)).content).toBe(expected);
  });
});

describe('read_file', () => {
  test('shows numbered lines', async () => {
    expect(await read('src/index.ts')).toEqual({
      content: 'src/index.ts: lines 1-2 of 2\n    1\texport const a = 1;\n    2\texport const b = 2;',
      is_error: false,
    });
  });

  test('shows a page, says how much is left, and goes on from there', async () => {
    const { content } = await read('big.txt');
    expect(content).toMatch(/^big\.txt: lines 1-400 of 2210\n {4}1\tline 1\n/);
    expect(content).toMatch(/\n {2}400\tline 400\n1810 more lines; ask again with from_line 401\.$/);
    expect((await read('big.txt', 2_209)).content).toBe('big.txt: lines 2209-2210 of 2210\n 2209\tline 2209\n 2210\tline 2210');
    expect((await read('big.txt', 5, 6)).content).toBe('big.txt: lines 5-6 of 2210\n    5\tline 5\n    6\tline 6');
  });

  test('cuts a very long line, and ends a page early where lines are long', async () => {
    expect((await read('wide.txt')).content).toContain(
      '… (cut; the line has 5000 characters, and read_file with from_line 1 and to_line 1 shows all of it)\n    2\tshort',
    );
    expect((await read('wider.txt')).content).toMatch(
      /^wider\.txt: lines 1-39 of 100\n(?:.*\n)*61 more lines; ask again with from_line 40\.$/,
    );
  });

  test('a long line on its own is shown whole, and a huge one says how to see the rest', async () => {
    const { content } = await read('guide.md', 3, 3);
    expect(content).toMatch(/^guide\.md: line 3 of 3, 3179 characters\n {4}3\tLorem.*The limit is ten per minute\. .*Sed ut\. $/);
    const huge = (await read('huge.min.js', 1, 1)).content;
    expect(huge.isWellFormed()).toBe(true);
    expect(huge).toMatch(
      /^huge\.min\.js: line 1 of 2, 100000 characters\n {4}1\t(?:😀){20000}\n60000 more characters in this line; search shows/u,
    );
    expect(huge).toContain('^.{40000}\\K.{1,400}');
    expect((await read('huge.min.js')).content).toMatch(/^huge.*\n {4}1\t(?:😀){500}… \(cut; .*\n {4}2\tend$/u);
  });

  test.each([
    ['crlf.txt', 'crlf.txt: lines 1-2 of 2 (CRLF line ends)\n    1\tone\n    2\ttwo'],
    ['mixed.txt', 'mixed.txt: lines 1-2 of 2 (mixed line ends, 1 of 2 CRLF)\n    1\tone\n    2\ttwo'],
    ['bom.txt', 'bom.txt: lines 1-2 of 2 (byte-order mark, no line end after the last line)\n    1\tone\n    2\ttwo'],
    ['separator.txt', 'separator.txt: lines 1-2 of 2\n    1\tone\u2028still one\n    2\ttwo'],
    ['empty.txt', 'empty.txt is empty.'],
    ['logo.png', 'logo.png is a binary file of 4 bytes.'],
    ['latin1.txt', 'latin1.txt is not valid UTF-8 (3 bytes in another encoding).'],
    ['model.bin', 'model.bin is a Git LFS pointer: its content is kept outside the repository.'],
    ['link', 'link is a symbolic link to "../../etc/passwd"; read or edit the file it points to.'],
    ['vendor/lib', 'vendor/lib is a submodule: its files belong to another repository.'],
    ['./src//index.ts', 'src/index.ts: lines 1-2 of 2\n    1\texport const a = 1;\n    2\texport const b = 2;'],
  ])('shows %s as what it is', async (path, content) => {
    expect(await read(path)).toEqual({ content, is_error: false });
  });

  test.each([
    ['../secrets', /may lie outside the repository/],
    ['src/../../x', /may lie outside the repository/],
    ['/etc/passwd', /is an absolute path/],
    ['C:\\x', /is an absolute path/],
    ['.git/config', /inside git's own folder/],
    ['src/.GIT/config', /inside git's own folder/],
    ['.g\u200cit/config', /inside git's own folder/],
    ['git~1/config', /inside git's own folder/],
    ['.git::$INDEX_ALLOCATION/x', /inside git's own folder/],
    ['src', /src is a directory; use list_files/],
    ['.', /The root is a directory/],
    ['src/indx.ts', /There is no file src\/indx\.ts\. The nearest existing paths: src\/index\.ts/],
    ['lib/index.ts', /nearest existing paths: src\/index\.ts/],
  ])('refuses %p', async (path, reason) => {
    expect(await read(path)).toEqual({ content: expect.stringMatching(reason), is_error: true });
  });

  test('refuses lines that are not there', async () => {
    expect((await read('README.md', 7)).content).toBe('README.md has only 1 lines; from_line 7 is after its end.');
    expect((await read('big.txt', 7, 3)).content).toBe('to_line 3 is before from_line 7.');
  });
});

describe('list_files', () => {
  const list = (path: string, glob: string | null, files = FILES) => ask('list_files', { path, glob }, files);
  const many = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`src/m${i % 2}/f${i}.ts`, '']));

  test('a small directory is listed whole', async () => {
    expect((await list('src', null)).content).toBe('src: 2 files\nsrc/deep/er/tool.test.ts\nsrc/index.ts');
    expect((await list('.', null)).content).toContain('\nvendor/lib (submodule)');
  });

  test('a large one level by level', async () => {
    expect((await list('', null, { ...many, 'a.txt': '' })).content).toBe(
      'The repository: 401 files, shown one level deep\nsrc/ (400 files)\na.txt',
    );
    expect((await list('src', null, many)).content).toBe(
      'src: 400 files, shown one level deep\nsrc/m0/ (200 files)\nsrc/m1/ (200 files)',
    );
  });

  test.each([
    ['.', '**/*.ts', '2 of 18 files match **/*.ts:\nsrc/deep/er/tool.test.ts\nsrc/index.ts'],
    ['src', '*.ts', '1 of 2 files match *.ts:\nsrc/index.ts'],
    ['.', '{README,x}.*', '1 of 18 files match {README,x}.*:\nREADME.md'],
    ['.', '*.rs', 'None of the 18 files below the root matches *.rs.'],
    ['README.md', null, 'README.md'],
  ])('%s with %p', async (path, glob, content) => {
    expect(await list(path, glob)).toEqual({ content, is_error: false });
  });

  test('more than fits says how many are left', async () => {
    const wide = Object.fromEntries(Array.from({ length: 777 }, (_, i) => [`f${i}.ts`, '']));
    expect((await list('.', '*.ts', wide)).content).toMatch(/\n277 more; narrow with a deeper path or a glob\.$/);
  });

  test('long names fill the answer earlier', async () => {
    const wide = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`${'long'.repeat(50)}${i}.ts`, '']));
    const { content } = await list('.', null, wide);
    expect(content.length).toBeLessThan(20_200);
    expect(content).toMatch(/\n15\d more; narrow with a deeper path or a glob\.$/);
  });

  test('a name with a line break is one line', async () => {
    expect((await list('.', null, { 'a\nb': '' })).content).toBe('The repository: 1 files\n"a\\nb"');
  });

  test('a glob made to be slow is answered as fast as any other', async () => {
    const slow = await list('.', `${'*a'.repeat(30)}b`, { [`${'a'.repeat(200)}c`]: '' });
    expect(slow).toEqual({ content: expect.stringMatching(/^None of the 1 files/), is_error: false });
  });

  test('a directory that is not there', async () => {
    expect(await list('scr', null)).toEqual({ content: expect.stringMatching(/There is no directory scr\./), is_error: true });
  });
});

describe('search', () => {
  const search = (pattern: string, path: string | null = null, regex = false) => ask('search', { pattern, regex, path });

  test('shows path, line and text', async () => {
    expect((await search('export', 'src')).content).toBe(
      'src/index.ts:1: export const a = 1;\nsrc/index.ts:2: export const b = 2;',
    );
  });
  test('field case 14-match-beyond-1000-characters: of a long line it shows the part around the match', async () => {
    const { content } = await search('ten per minute');
    expect(content).toMatch(
      /^guide\.md:3: ….*The limit is ten per minute\. Sed.*…\nOf long lines only the part around the first match is shown;/,
    );
    expect(content.length).toBeLessThan(1_300);
    expect((await search('Lorem')).content).toMatch(/^guide\.md:3: Lorem.*…\n/);
    expect((await search('end', 'huge.min.js')).content).toBe('huge.min.js:2: end');
  });
  test('says how many more there are', async () => {
    expect((await search('line', 'big.txt')).content).toMatch(
      /\nbig\.txt:100: line 100\n100 of more than 2000 matches are shown; others are in big\.txt \(1900\)\. Narrow with a path or a longer pattern\.$/,
    );
  });
  test('one file does not crowd out the others, and the answer says where the rest is', async () => {
    const files = {
      'a/log.txt': 'x\n'.repeat(50),
      'b.ts': 'x\n',
      ...Object.fromEntries([...Array(99).keys()].map((i) => [`c/${i}.ts`, 'x\n'])),
    };
    const { content } = await ask('search', { pattern: 'x', regex: false, path: null }, files);
    expect(content).toContain('a/log.txt:20: x\nb.ts:1: x\n');
    expect(content).toMatch(/\n100 of 150 matches are shown; others are in a\/ \(30\), c\/ \(20\)\. Narrow with/);
  });
  test('says when there is nothing, and why that may be', async () => {
    expect((await search('nope')).content).toBe('No match for "nope" in the repository.');
    expect((await search('a.*b')).content).toContain('set regex to true');
  });
  test('refuses a path that is not there', async () => {
    expect(await search('x', 'nowhere')).toMatchObject({ is_error: true });
  });
});

describe('a call that does not fit', () => {
  test('an unknown tool', async () => {
    expect(await ask('bash', { command: 'ls' })).toMatchObject({
      content: 'There is no tool bash. The tools are: list_files, search, read_file.',
      is_error: true,
    });
  });

  test('arguments that are not JSON', async () => {
    const answer = await answerCall(toolsOver(FILES), { id: '1', name: 'read_file', malformed: '{"path": "a' });
    expect(answer).toMatchObject({ content: expect.stringMatching(/not valid JSON/), is_error: true });
  });

  test('wrong fields are listed, with the shape that is expected', async () => {
    const { content, is_error } = await ask('read_file', { path: 7, line: 3, from_line: 0 });
    expect(is_error).toBe(true);
    expect(content).toMatch(/- path: .*expected string/);
    expect(content).toMatch(/- from_line: /);
    expect(content).toMatch(/Unrecognized key: "line"/);
    expect(content).toMatch(/Expected: \{"type":"object"/);
  });

  test('a nullable field may be left out', async () => {
    expect(await ask('read_file', { path: 'README.md' })).toMatchObject({ is_error: false });
  });

  test('input that is no object at all', async () => {
    expect(await ask('read_file', ['README.md'])).toMatchObject({ is_error: true });
  });

  test('every schema has an object at the root and asks for every field', () => {
    for (const { spec } of toolsOver(FILES)) {
      const schema = spec.schema as { type: string; properties: object; required: string[] };
      expect(schema.type).toBe('object');
      expect(schema.required).toEqual(Object.keys(schema.properties));
      expect(schema).not.toHaveProperty('$schema');
    }
  });
});
