import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { answerCall } from '../../src/agent/answer-call.ts';
import { listFilesTool } from '../../src/agent/tools/list-files.ts';
import { readFileTool } from '../../src/agent/tools/read-file.ts';
import { searchTool } from '../../src/agent/tools/search.ts';
import type { Json } from '../../src/domain/json.ts';
import { createOverlay, type Overlay } from '../../src/executor/edit/overlay.ts';
import { createFileTool } from '../../src/executor/tools/create-file.ts';
import { deleteFileTool } from '../../src/executor/tools/delete-file.ts';
import { editFileTool } from '../../src/executor/tools/edit-file.ts';
import { moveFileTool } from '../../src/executor/tools/move-file.ts';
import { overwriteFileTool } from '../../src/executor/tools/overwrite-file.ts';
import { type MemoryFile, memorySnapshot } from './memory-snapshot.ts';

const FILES: Record<string, MemoryFile> = {
  'src/a.ts': 'const a = 1;\n',
  'src/crlf.ts': '\ufeffone\r\ntwo\r\n',
  'run.sh': { mode: '100755', content: '#!/bin/sh\necho a\n' },
  'café.md': 'Café\n',
  'logo.png': Buffer.from([0x89, 0, 1]),
  'latin1.txt': Buffer.from([0x67, 0xfc, 10]),
  'model.bin': 'version https://git-lfs.github.com/spec/v1\noid sha256:00\n',
  link: { mode: '120000', content: 'src/a.ts' },
  'vendor/lib': { mode: '160000', content: '' },
};
const mayWrite = (path: string) => (path.startsWith('forbidden/') ? `${path} is not among the files of this component.` : null);
const rules = { mayWrite, planned: [] };

function toolsOver(files = FILES) {
  const overlay = createOverlay(memorySnapshot(files));
  const tools = [editFileTool, createFileTool, overwriteFileTool, deleteFileTool, moveFileTool].map((make) =>
    make(overlay, rules),
  );
  const reading = [readFileTool, listFilesTool, searchTool].map((make) => make(overlay));
  const call = (name: string, input: Json) => answerCall([...tools, ...reading], { id: '1', name, input });
  return { overlay, call };
}
const changes = async (overlay: Overlay) =>
  (await overlay.changeSet()).map(({ path, mode, content }) => [path, mode, content?.toString() ?? null]);

test('a turn of edits: each sees the ones before it, and the change set is the difference from the snapshot', async () => {
  const { overlay, call } = toolsOver();
  const answers = [
    await call('edit_file', { path: 'src/a.ts', old_text: '1', new_text: '2' }),
    await call('edit_file', { path: 'src/a.ts', old_text: '2', new_text: '3' }),
    await call('create_file', { path: 'src/new/b.ts', content: 'needle\n' }),
    await call('move_file', { from: 'run.sh', to: 'bin/run.sh' }),
    await call('delete_file', { path: 'logo.png' }),
    await call('search', { pattern: 'needle', regex: false, path: 'src/new' }),
  ];
  expect(answers.map(({ content }) => content)).toEqual([
    'Edited src/a.ts: lines 1-1.',
    'Edited src/a.ts: lines 1-1.',
    'Created src/new/b.ts.',
    'Moved run.sh to bin/run.sh.',
    'Deleted logo.png.',
    'src/new/b.ts:1: needle',
  ]);
  expect(await changes(overlay)).toEqual([
    ['bin/run.sh', '100755', '#!/bin/sh\necho a\n'],
    ['logo.png', '100644', null],
    ['run.sh', '100755', null],
    ['src/a.ts', '100644', 'const a = 3;\n'],
    ['src/new/b.ts', '100644', 'needle\n'],
  ]);
});

test('what is read after an edit is the edited repository', async () => {
  const { call } = toolsOver();
  const read = async (path: string) => (await call('read_file', { path, from_line: null, to_line: null })).content;
  await call('edit_file', { path: 'src/crlf.ts', old_text: 'two\n', new_text: '2\n$&\u2028' });
  await call('overwrite_file', { path: 'src/a.ts', content: 'const b = 1;\n' });
  await call('create_file', { path: 'empty.txt', content: '' });
  await call('move_file', { from: 'run.sh', to: 'bin/run' });
  await call('move_file', { from: 'logo.png', to: 'img/logo.png' });
  await call('delete_file', { path: 'latin1.txt' });
  expect(await read('src/crlf.ts')).toBe(
    'src/crlf.ts: lines 1-3 of 3 (CRLF line ends, byte-order mark, no line end after the last line)\n    1\tone\n    2\t2\n    3\t$&\u2028',
  );
  expect(await read('src/a.ts')).toBe('src/a.ts: lines 1-1 of 1\n    1\tconst b = 1;');
  expect(await read('empty.txt')).toBe('empty.txt is empty.');
  expect(await read('bin/run')).toBe('bin/run: lines 1-2 of 2\n    1\t#!/bin/sh\n    2\techo a');
  expect(await read('run.sh')).toMatch(/^There is no file run\.sh\. The nearest existing paths: bin\/run,/);
  expect(await read('img/logo.png')).toBe('img/logo.png is a binary file of 3 bytes.');
  expect(await read('latin1.txt')).toMatch(/^There is no file latin1\.txt\./);
  expect((await call('list_files', { path: '.', glob: '{bin,img}/**' })).content).toBe(
    '2 of 9 files match {bin,img}/**:\nbin/run\nimg/logo.png',
  );
});

test('what cannot be edited as text can be moved and deleted as it is, but for a submodule', async () => {
  const { overlay, call } = toolsOver();
  const answers = [
    await call('move_file', { from: 'logo.png', to: 'img/logo.png' }),
    await call('move_file', { from: 'latin1.txt', to: 'old/latin1.txt' }),
    await call('delete_file', { path: 'model.bin' }),
    await call('delete_file', { path: 'link' }),
  ];
  expect(answers.filter(({ is_error }) => is_error)).toEqual([]);
  expect(await overlay.changeSet()).toEqual([
    { path: 'img/logo.png', mode: '100644', content: FILES['logo.png'] },
    { path: 'latin1.txt', mode: '100644', content: null },
    { path: 'link', mode: '120000', content: null },
    { path: 'logo.png', mode: '100644', content: null },
    { path: 'model.bin', mode: '100644', content: null },
    { path: 'old/latin1.txt', mode: '100644', content: FILES['latin1.txt'] },
  ]);
});

test('what is undone is no change', async () => {
  const { overlay, call } = toolsOver();
  await call('edit_file', { path: 'src/a.ts', old_text: '1', new_text: '2' });
  await call('edit_file', { path: 'src/a.ts', old_text: '2', new_text: '1' });
  await call('create_file', { path: 'x', content: '' });
  await call('delete_file', { path: 'x' });
  await call('move_file', { from: 'run.sh', to: 'walk.sh' });
  await call('move_file', { from: 'walk.sh', to: 'run.sh' });
  expect(await changes(overlay)).toEqual([]);
});

test('overwriting keeps mode, CRLF and byte-order mark', async () => {
  const { overlay, call } = toolsOver();
  await call('overwrite_file', { path: 'src/crlf.ts', content: 'three\nfour' });
  await call('overwrite_file', { path: 'run.sh', content: '#!/bin/sh\n' });
  expect(await changes(overlay)).toEqual([
    ['run.sh', '100755', '#!/bin/sh\n'],
    ['src/crlf.ts', '100644', '\ufeffthree\r\nfour'],
  ]);
});

describe('field case 16-executable-bit-delete-create: the mode of a file', () => {
  const script = '#!/bin/sh\necho b\n';
  test.each<[name: string, calls: [string, Json][], expected: unknown[]]>([
    [
      'survives that it is deleted and created',
      [
        ['delete_file', { path: 'run.sh' }],
        ['create_file', { path: 'run.sh', content: script, executable: null }],
      ],
      [['run.sh', '100755', script]],
    ],
    [
      'also when it was moved away before',
      [
        ['move_file', { from: 'run.sh', to: 'bin/run.sh' }],
        ['create_file', { path: 'run.sh', content: script }],
      ],
      [
        ['bin/run.sh', '100755', '#!/bin/sh\necho a\n'],
        ['run.sh', '100755', script],
      ],
    ],
    [
      'and when it was changed in between',
      [
        ['overwrite_file', { path: 'run.sh', content: 'x\n' }],
        ['edit_file', { path: 'run.sh', old_text: 'x', new_text: 'y' }],
        ['delete_file', { path: 'run.sh' }],
        ['create_file', { path: 'run.sh', content: script }],
      ],
      [['run.sh', '100755', script]],
    ],
    ['can be set', [['create_file', { path: 'new.sh', content: script, executable: true }]], [['new.sh', '100755', script]]],
    [
      'can be taken away',
      [
        ['delete_file', { path: 'run.sh' }],
        ['create_file', { path: 'run.sh', content: script, executable: false }],
      ],
      [['run.sh', '100644', script]],
    ],
    [
      'of a new file that was deleted again is remembered',
      [
        ['create_file', { path: 'new.sh', content: 'x', executable: true }],
        ['delete_file', { path: 'new.sh' }],
        ['create_file', { path: 'new.sh', content: script }],
      ],
      [['new.sh', '100755', script]],
    ],
    [
      'is an ordinary one where a symbolic link was',
      [
        ['delete_file', { path: 'link' }],
        ['create_file', { path: 'link', content: 'x\n' }],
      ],
      [['link', '100644', 'x\n']],
    ],
    ['is an ordinary one for a new file', [['create_file', { path: 'a.txt', content: 'x\n' }]], [['a.txt', '100644', 'x\n']]],
  ])('%s', async (_, calls, expected) => {
    const { overlay, call } = toolsOver();
    for (const [name, input] of calls) expect(await call(name, input)).toMatchObject({ is_error: false });
    expect(await changes(overlay)).toEqual(expected);
  });
});

describe('a text file that is deleted and created', () => {
  const recreated = async (path: string, content: string, files: Record<string, MemoryFile>) => {
    const { overlay, call } = toolsOver(files);
    await call('delete_file', { path });
    expect(await call('create_file', { path, content })).toMatchObject({ is_error: false });
    const [change] = await overlay.changeSet();
    return change?.content?.toString() ?? null;
  };

  test.each<[string, before: MemoryFile, content: string, after: string]>([
    ['keeps CRLF', 'one\r\ntwo\r\n', 'one\nthree\n', 'one\r\nthree\r\n'],
    ['keeps the byte-order mark', '\ufeffone\n', 'two\n', '\ufefftwo\n'],
    ['keeps both', '\ufeffone\r\n', 'two\nthree\n', '\ufefftwo\r\nthree\r\n'],
    ['keeps what the model writes with CRLF itself', 'one\r\n', 'two\r\nthree\n', 'two\r\nthree\n'],
    ['with line feeds stays so', 'one\n', 'two\n', 'two\n'],
    ['takes nothing from bytes that were no text', Buffer.from([0xef, 0xbb, 0xbf, 13, 10, 0]), 'two\n', 'two\n'],
    ['nor from the target of a link', { mode: '120000', content: 'a\r\nb' }, 'two\n', 'two\n'],
  ])('%s', async (_, before, content, after) => {
    expect(await recreated('a.txt', content, { 'a.txt': before })).toBe(after);
  });

  test('also when it was given, moved away, or changed on the way', async () => {
    const given = [{ path: 'given.txt', mode: '100644' as const, content: Buffer.from('one\r\n') }];
    const overlay = createOverlay(memorySnapshot({ 'a.txt': 'one\r\n', 'b.txt': 'one\r\n' }), given);
    const tools = [createFileTool, overwriteFileTool, deleteFileTool, moveFileTool].map((make) =>
      make(overlay, { ...rules, mayWrite: () => null }),
    );
    const call = (name: string, input: Json) => answerCall(tools, { id: '1', name, input });
    await call('delete_file', { path: 'given.txt' });
    await call('create_file', { path: 'given.txt', content: 'two\n' });
    await call('move_file', { from: 'a.txt', to: 'c.txt' });
    await call('create_file', { path: 'a.txt', content: 'two\n' });
    await call('overwrite_file', { path: 'b.txt', content: 'x\n' });
    await call('delete_file', { path: 'b.txt' });
    // As after a turn: only the last state of each path is on record.
    const later = createOverlay(memorySnapshot({ 'a.txt': 'one\r\n', 'b.txt': 'one\r\n' }), given);
    later.applyEdits(overlay.takeRecords());
    await answerCall([createFileTool(later, rules)], {
      id: '1',
      name: 'create_file',
      input: { path: 'b.txt', content: 'two\n' },
    });
    expect(await changes(later)).toEqual([
      ['a.txt', '100644', 'two\r\n'],
      ['b.txt', '100644', 'two\r\n'],
      ['c.txt', '100644', 'one\r\n'],
      ['given.txt', '100644', 'two\r\n'],
    ]);
  });
});

describe('a name whose accents are characters of their own', () => {
  const [composed, decomposed] = ['caf\u00e9', 'cafe\u0301'];
  function over(files: Record<string, MemoryFile>, planned: readonly string[]) {
    const overlay = createOverlay(memorySnapshot(files));
    const strict = { mayWrite: (path: string) => (planned.includes(path) ? null : `${path} is not planned.`), planned };
    const tools = [editFileTool, createFileTool, overwriteFileTool, deleteFileTool, moveFileTool].map((make) =>
      make(overlay, strict),
    );
    return { overlay, call: (name: string, input: Json) => answerCall(tools, { id: '1', name, input }) };
  }

  test('is the file that the plan names and the repository has, however the model spells it', async () => {
    const paths = ['a', 'b', 'c', 'd'].map((name) => `${decomposed}/${name}.md`);
    const { overlay, call } = over(Object.fromEntries(paths.map((path) => [path, 'one\n'])), [...paths, `${decomposed}/e.md`]);
    const answers = [
      await call('edit_file', { path: `${composed}/a.md`, old_text: 'one', new_text: 'two' }),
      await call('overwrite_file', { path: `${composed}/b.md`, content: 'two\n' }),
      await call('delete_file', { path: `${composed}/c.md` }),
      await call('create_file', { path: `${composed}/c.md`, content: 'two\n' }),
      await call('move_file', { from: `${composed}/d.md`, to: `${composed}/e.md` }),
    ];
    expect(answers.filter(({ is_error }) => is_error)).toEqual([]);
    expect((await overlay.changeSet()).map(({ path }) => path)).toEqual([...paths, `${decomposed}/e.md`].sort());
  });

  test('is created as the plan spells it', async () => {
    const { overlay, call } = over({}, [`${decomposed}.md`]);
    await call('create_file', { path: `${composed}.md`, content: 'x\n' });
    expect((await overlay.changeSet()).map(({ path }) => path)).toEqual([`${decomposed}.md`]);
  });

  test('stays out of scope where the plan names the other spelling, and is not created as a twin', async () => {
    const { call } = over({ [`${decomposed}.md`]: 'x\n' }, [`${composed}.md`]);
    expect((await call('delete_file', { path: `${decomposed}.md` })).content).toContain('is not planned');
    expect((await call('create_file', { path: `${composed}.md`, content: 'x\n' })).content).toContain('would be one file with');
  });
});

test('every nullable field of every tool may be left out', () => {
  const overlay = createOverlay(memorySnapshot(FILES));
  const all = [editFileTool, createFileTool, overwriteFileTool, deleteFileTool, moveFileTool].map((make) => make(overlay, rules));
  const nullable = [...all, readFileTool(overlay), listFilesTool(overlay), searchTool(overlay)].flatMap(({ spec }) =>
    Object.entries((spec.schema as { properties: Record<string, object> }).properties)
      .filter(([, schema]) => JSON.stringify(schema).includes('"null"'))
      .map(([field]) => `${spec.name}.${field}`),
  );
  expect(nullable).toEqual([
    'create_file.executable',
    'read_file.from_line',
    'read_file.to_line',
    'list_files.glob',
    'search.path',
  ]);
});

test.each<[string, Json]>([
  ['create_file', { path: 'x', content: '' }],
  ['read_file', { path: 'src/a.ts', to_line: 1 }],
  ['read_file', { path: 'src/a.ts', from_line: 1 }],
  ['list_files', { path: 'src' }],
  ['search', { pattern: 'const', regex: false }],
])('%s %j leaves one out', async (name, input) => {
  expect(await toolsOver().call(name, input)).toMatchObject({ is_error: false });
});

test('overwriting a file of mixed line ends changes the lines that change', async () => {
  const lines = Array.from({ length: 20 }, (_, i) => `line ${i + 1}${i === 11 ? '\n' : '\r\n'}`);
  const { overlay, call } = toolsOver({ 'mixed.txt': `\ufeff${lines.join('')}` });
  const shown = lines.join('').replaceAll('\r\n', '\n');
  await call('overwrite_file', { path: 'mixed.txt', content: shown.replace('line 5\n', 'line five\n') });
  expect(await changes(overlay)).toEqual([['mixed.txt', '100644', `\ufeff${lines.join('').replace('line 5\r', 'line five\r')}`]]);
});

test('names that differ in case only: a file may change its own, and where two are there already both are worked on', async () => {
  const { overlay, call } = toolsOver({ 'README.md': 'a\n', 'net/tcp.h': 'b\n', 'net/TCP.h': 'c\n', 'net/udp.h': 'd\n' });
  const answers = [
    await call('move_file', { from: 'README.md', to: 'Readme.md' }),
    await call('edit_file', { path: 'net/TCP.h', old_text: 'c', new_text: 'e' }),
    await call('overwrite_file', { path: 'net/tcp.h', content: 'f\n' }),
    await call('delete_file', { path: 'net/udp.h' }),
    await call('create_file', { path: 'net/UDP.h', content: 'g\n' }),
  ];
  expect(answers.filter(({ is_error }) => is_error)).toEqual([]);
  expect(await changes(overlay)).toEqual([
    ['README.md', '100644', null],
    ['Readme.md', '100644', 'a\n'],
    ['net/TCP.h', '100644', 'e\n'],
    ['net/UDP.h', '100644', 'g\n'],
    ['net/tcp.h', '100644', 'f\n'],
    ['net/udp.h', '100644', null],
  ]);
});

describe('a folder beside a file whose name differs in case only', () => {
  const files = { 'src/BUILD': 'rules\n', 'src/build/deep/a.ts': 'a\n', 'c.ts': 'c\n' };

  test.each<[string, call: [string, Json], refusal: RegExp | null]>([
    ['may have another file', ['create_file', { path: 'src/build/b.ts', content: 'b\n' }], null],
    ['and another folder', ['create_file', { path: 'src/build/new/b.ts', content: 'b\n' }], null],
    ['also one that is moved there', ['move_file', { from: 'c.ts', to: 'src/build/deep/c.ts' }], null],
    [
      'a third spelling',
      ['create_file', { path: 'src/Build/b.ts', content: 'b\n' }],
      /^src\/Build\/b\.ts would need a folder where/,
    ],
    ['a second file', ['create_file', { path: 'src/Build', content: 'b\n' }], /would be one file with src\/BUILD/],
  ])('%s', async (_, [name, input], refusal) => {
    const answer = await toolsOver(files).call(name, input);
    expect(answer.is_error).toBe(refusal !== null);
    if (refusal) expect(answer.content).toMatch(refusal);
  });

  test('is not made beside one', async () => {
    const { call } = toolsOver({ 'src/BUILD': 'rules\n' });
    expect((await call('create_file', { path: 'src/build/b.ts', content: 'b\n' })).content).toContain('would need a folder');
  });
});

describe('refused, with a reason', () => {
  test.each<[name: string, input: Json, reason: RegExp]>([
    [
      'edit_file',
      { path: 'logo.png', old_text: 'a', new_text: 'b' },
      /logo\.png is a binary file of 3 bytes\. It cannot be edited as text\./,
    ],
    ['edit_file', { path: 'latin1.txt', old_text: 'a', new_text: 'b' }, /not valid UTF-8/],
    ['edit_file', { path: 'model.bin', old_text: 'a', new_text: 'b' }, /Git LFS pointer/],
    ['edit_file', { path: 'link', old_text: 'a', new_text: 'b' }, /symbolic link to "src\/a\.ts"/],
    ['edit_file', { path: 'vendor/lib', old_text: 'a', new_text: 'b' }, /submodule/],
    [
      'edit_file',
      { path: 'src/b.ts', old_text: 'a', new_text: 'b' },
      /There is no file src\/b\.ts\. The nearest existing paths: src\/a\.ts/,
    ],
    ['overwrite_file', { path: 'link', content: 'x' }, /symbolic link/],
    [
      'overwrite_file',
      { path: 'logo.png', content: 'x' },
      /logo\.png is a binary file of 3 bytes\. It cannot be edited as text\./,
    ],
    ['overwrite_file', { path: 'latin1.txt', content: 'x' }, /not valid UTF-8 \(3 bytes in another encoding\)\. It cannot/],
    [
      'overwrite_file',
      { path: 'model.bin', content: 'x' },
      /Git LFS pointer: its content is kept outside the repository\. It cannot/,
    ],
    ['overwrite_file', { path: 'vendor/lib', content: 'x' }, /submodule: its files belong to another repository\. It cannot/],
    ['overwrite_file', { path: 'new.ts', content: 'x' }, /There is no file new\.ts/],
    ['create_file', { path: 'src/a.ts', content: 'x' }, /src\/a\.ts exists already\. Use edit_file/],
    ['create_file', { path: 'src/a.ts/b', content: 'x' }, /src\/a\.ts is a file, so nothing can be put below it/],
    ['create_file', { path: 'src', content: 'x' }, /src is a directory/],
    ['create_file', { path: 'src/', content: 'x' }, /is not the path of a file/],
    ['create_file', { path: '../x', content: 'x' }, /may lie outside the repository/],
    ['create_file', { path: '.git/hooks/pre-commit', content: 'x' }, /inside git's own folder/],
    ['create_file', { path: 'a\u202etxt.exe', content: 'x' }, /characters that cannot be seen/],
    ['create_file', { path: 'x', content: '\udc00' }, /half of a surrogate pair/],
    [
      'create_file',
      { path: 'SRC/A.ts', content: 'x' },
      /^SRC\/A\.ts would be one file with src\/a\.ts on disks that take the two names for the same\. Use another name, or edit src\/a\.ts\.$/,
    ],
    ['create_file', { path: 'cafe\u0301.md', content: 'x' }, /^caf\u00e9\.md exists already\. Use edit_file/],
    ['create_file', { path: 'Run.sh/x', content: 'x' }, /^Run\.sh\/x would need a folder where run\.sh is a file on disks that/],
    ['create_file', { path: 'Src', content: 'x' }, /^Src would be a file where the folder of src\/a\.ts is on disks that/],
    ['move_file', { from: 'run.sh', to: 'src/A.ts' }, /would be one file with src\/a\.ts/],
    [
      'create_file',
      { path: 'forbidden/x', content: 'x' },
      /not among the files of this component\. .*call flag_blocker with kind out_of_scope/,
    ],
    ['delete_file', { path: 'vendor/lib' }, /submodule/],
    ['delete_file', { path: 'src' }, /There is no file src/],
    ['move_file', { from: 'vendor/lib', to: 'lib' }, /vendor\/lib is a submodule; it cannot be moved or deleted/],
    ['move_file', { from: 'src/a.ts', to: 'vendor/lib/a.ts' }, /vendor\/lib is a submodule, so nothing can be put below it/],
    ['create_file', { path: 'link/a.ts', content: 'x' }, /link is a symbolic link, so nothing can be put below it/],
    ['move_file', { from: 'src/a.ts', to: 'forbidden/a.ts' }, /not among the files/],
    ['move_file', { from: 'src/a.ts', to: 'run.sh' }, /run\.sh exists already/],
    ['move_file', { from: 'src/a.ts', to: 'src/a.ts' }, /the same/],
    ['move_file', { from: 'link', to: 'other' }, /symbolic link; it cannot be moved/],
  ])('%s %j', async (name, input, reason) => {
    const { overlay, call } = toolsOver();
    expect(await call(name, input)).toEqual({ content: expect.stringMatching(reason), is_error: true });
    expect(await overlay.changeSet()).toEqual([]);
  });
});

describe('the record of edits', () => {
  test('survives JSON, and brings back the same state', async () => {
    const bytes = fc.uint8Array({ maxLength: 20 }).map((array) => Buffer.from(array));
    const path = fc.constantFrom('src/a.ts', 'run.sh', 'logo.png', 'new/file', 'é 😀.txt');
    const edit = fc.record({ path, mode: fc.constantFrom('100644' as const, '100755' as const), content: fc.option(bytes) });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(edit, { maxLength: 4 }), { maxLength: 4 }), async (turns) => {
        const live = createOverlay(memorySnapshot(FILES));
        const restarted = createOverlay(memorySnapshot(FILES));
        for (const turn of turns) {
          for (const change of turn) await live.write(change);
          restarted.applyEdits(JSON.parse(JSON.stringify(live.takeRecords())));
        }
        expect(await restarted.changeSet()).toEqual(await live.changeSet());
        expect(await restarted.files()).toEqual(await live.files());
        expect(restarted.takeRecords()).toEqual([]);
      }),
    );
  });
});
