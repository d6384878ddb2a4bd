import { expect, test } from '@jest/globals';
import type { FileChange } from '../../src/domain/change-set.ts';
import { checkChangeSet, GATE_LIMITS } from '../../src/executor/gate.ts';

const file = (path: string, content: string | null = 'x\n', mode: FileChange['mode'] = '100644'): FileChange => ({
  path,
  mode,
  content: content === null ? null : Buffer.from(content),
});
const inScope = (path: string) => (path.startsWith('src/') ? null : `${path} is not part of this component.`);
const conflict = 'a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other\n';

test.each<[name: string, changes: FileChange[], findings: string[]]>([
  ['nothing to find', [file('src/a.ts'), file('src/b.ts', null)], []],
  ['nothing changed', [], ['Nothing was changed.']],
  [
    'out of scope, also a deletion',
    [file('a'), file('b', null)],
    ['a is not part of this component.', 'b is not part of this component.'],
  ],
  ['conflict markers', [file('src/a.ts', conflict)], ['src/a.ts has conflict markers, from line 2.']],
  [
    'conflict markers with CRLF',
    [file('src/a.ts', conflict.replaceAll('\n', '\r\n'))],
    ['src/a.ts has conflict markers, from line 2.'],
  ],
  ['a heading is no conflict', [file('src/a.rst', 'Title\n=======\n')], []],
  ['a symbolic link', [file('src/l', '/etc/passwd', '120000')], ['src/l would become a symbolic link.']],
  ['a deleted symbolic link', [file('src/l', null, '120000')], []],
  ['a submodule', [file('src/m', 'x', '160000')], ['src/m would become a submodule.']],
  ['a path that is not plain', [file('src/./a')], ['"src/./a" is not the path of a file.']],
  ['too many files', Array.from({ length: 301 }, (_, i) => file(`src/${i}`)), ['301 files were changed; at most 300 may be.']],
  [
    'too many bytes',
    [file('src/a', 'x'.repeat(1_500_000)), file('src/b', 'x'.repeat(600_000))],
    ['The changed files have 2100000 bytes; at most 2000000 may be written.'],
  ],
])('%s', (_, changes, findings) => {
  expect(checkChangeSet(changes, { inScope }, GATE_LIMITS)).toEqual(findings);
});

test.each(['../x', '/etc/passwd', '.git/config', 'src/.Git/hooks/x'])('%s is never in scope, whatever the rules say', (path) => {
  expect(checkChangeSet([file(path)], { inScope: () => null }, GATE_LIMITS)).toHaveLength(1);
});
