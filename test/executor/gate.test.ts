import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { FileChange } from '../../src/domain/change/change-set.ts';
import { checkChangeSet } from '../../src/executor/gate.ts';
import { type MemoryFile, memorySnapshot } from './memory-snapshot.ts';

const file = (path: string, content: string | Buffer | null = 'x\n', mode: FileChange['mode'] = '100644'): FileChange => ({
  path,
  mode,
  content: content === null ? null : Buffer.from(content),
});
const inScope = (path: string) => (path.startsWith('src/') ? null : `${path} is not part of this component.`);
const findings = (changes: FileChange[], before: Record<string, MemoryFile> = {}) =>
  checkChangeSet(changes, { inScope, base: memorySnapshot(before) });

const conflict = 'a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other\n';
const CONFLICT = ['src/a.ts has conflict markers, from line 2.'];

test.each<[name: string, changes: FileChange[], findings: string[], before?: Record<string, MemoryFile>]>([
  ['nothing to find', [file('src/a.ts'), file('src/b.ts', null)], []],
  ['nothing changed', [], ['Nothing was changed.']],
  [
    'out of scope, also a deletion',
    [file('a'), file('b', null)],
    ['a is not part of this component.', 'b is not part of this component.'],
  ],
  ['conflict markers', [file('src/a.ts', conflict)], CONFLICT],
  ['conflict markers with CRLF', [file('src/a.ts', conflict.replaceAll('\n', '\r\n'))], CONFLICT],
  ['two of the three markers, as a text about merging has', [file('src/a.ts', 'a\n<<<<<<< HEAD\nb\n=======\nc\n')], []],
  ['conflict markers that were there', [file('src/a.ts', `${conflict}more\n`)], [], { 'src/a.ts': conflict }],
  ['one more conflict', [file('src/a.ts', conflict + conflict)], CONFLICT, { 'src/a.ts': conflict }],
  ['a heading is no conflict', [file('src/a.rst', 'Title\n=======\n')], []],
  ['a symbolic link', [file('src/l', '/etc/passwd', '120000')], ['src/l would become a symbolic link.']],
  ['a deleted symbolic link', [file('src/l', null, '120000')], []],
  ['a submodule', [file('src/m', 'x', '160000')], ['src/m would become a submodule.']],
  [
    'a path that is not plain',
    [file('src/./a')],
    ['"src/./a" has empty or "." segments, or ends in /: write one file in its shortest form.'],
  ],
  [
    'too many files',
    Array.from({ length: 301 }, (_, i) => file(`src/${i}`)),
    ['301 files would be changed; one component may change 300.'],
  ],
])('%s', async (_, changes, expected, ...[before]) => {
  expect(await findings(changes, before)).toEqual(expected);
});

test.each(['../x', '/etc/passwd', '.git/config', 'src/.Git/hooks/x', 'src/.gitmodules.', 'src/a\u200b'])(
  '%j is never in scope, whatever the rules say',
  async (path) => {
    expect(await checkChangeSet([file(path)], { inScope: () => null, base: memorySnapshot({}) })).toHaveLength(1);
  },
);

describe('what counts for the size is by how much files grow:', () => {
  const big = 'x'.repeat(5_000_000);
  const half = 'x'.repeat(1_500_000);
  const twoHalves = () => [file('src/a', half), file('src/b', half)];
  const GROWN = 'The files would grow by 3,000,000 bytes in all; one component may add 2,000,000.';
  // Made by functions: jest writes out the values of a table, and takes minutes for these.
  test.each<[name: string, changes: () => FileChange[], findings: string[]]>([
    ['two new files together', twoHalves, [GROWN]],
    ['a line of a large file is little', () => [file('src/big', `${big.slice(1)}y`)], []],
    ['what shrinks does not make up for it', () => [...twoHalves(), file('src/big', '')], [GROWN]],
    ['nor what is deleted', () => [...twoHalves(), file('src/big', null)], [GROWN]],
    ['a large file may be moved', () => [file('src/big', null), file('src/moved', big)], []],
    ['but not copied', () => [file('src/copied', big)], [GROWN.replace('3,000,000', '5,000,000')]],
  ])('%s', async (_, changes, expected) => {
    expect(await findings(changes(), { 'src/big': big })).toEqual(expected);
  });
});

describe('secrets', () => {
  const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const token = `npm_${'aB3'.repeat(12)}`;
  const other = `npm_${'Zy9'.repeat(12)}`;
  const found = (path: string, line: number, rule: string) =>
    `${path} line ${line} holds what looks like a secret (secretlint's rule ${rule}).`;

  test.each<[name: string, changes: FileChange[], findings: string[], before?: Record<string, MemoryFile>]>([
    ['a private key', [file('src/key.ts', `// a key\nexport const key = \`${pem}\`;\n`)], [found('src/key.ts', 2, 'privatekey')]],
    ['behind a byte-order mark and CRLF', [file('src/a', `\ufeffone\r\n${token}\r\n`)], [found('src/a', 2, 'npm')]],
    [
      "secretlint's own comments switch nothing off",
      [file('src/a', `// secretlint-disable\n${token}`)],
      [found('src/a', 2, 'npm')],
    ],
    ['one that was there, in a file that is edited', [file('src/a', `${token}\nmore\n`)], [], { 'src/a': `${token}\n` }],
    [
      'one that was there, indented and on another line',
      [file('src/a', `\n  ${pem.replaceAll('\n', '\n  ')}`)],
      [],
      { 'src/a': pem },
    ],
    ['one in the same line as an edit', [file('src/a', `{"t":"${token}","x":2}`)], [], { 'src/a': `{"t":"${token}","x":1}` }],
    ['one that was moved with its file', [file('src/a', null), file('src/b', token)], [], { 'src/a': token }],
    ['one beside an old one', [file('src/a', `${token}\n${other}\n`)], [found('src/a', 2, 'npm')], { 'src/a': `${token}\n` }],
    ['one in the place of an old one', [file('src/a', other)], [found('src/a', 1, 'npm')], { 'src/a': token }],
    ['one that is taken out', [file('src/a', 'x')], [], { 'src/a': token }],
  ])('%s', async (_, changes, expected, ...[before]) => {
    const said = await findings(changes, before);
    expect(said).toEqual(expected);
    for (const secret of [token, other, pem.split('\n')[3]]) expect(said.join()).not.toContain(secret);
  });

  test('in a file that holds nothing else', async () => {
    const said = await findings([file('src/a', `${token}\n`.repeat(40_000))]);
    expect(said).toHaveLength(40_000);
    expect(said.at(-1)).toBe(found('src/a', 40_000, 'npm'));
  });
});
