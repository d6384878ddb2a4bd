import type { Step } from './make-repository.ts';

const lines = (count: number, end: string, changed: Readonly<Record<number, string>> = {}): string =>
  Array.from({ length: count }, (_, i) => `${changed[i] ?? `line ${i} of many, some of which are alike: ${i % 7}`}${end}`).join(
    '',
  );
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]);
const OTHER_PNG = Buffer.concat([PNG, Buffer.from([0, 255, 254])]);
const latin1 = (text: string) => Buffer.from(text, 'latin1');
const pointer = (digit: string, size: number) =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${digit.repeat(64)}\nsize ${size}\n`;
const script = (text: string) => ({ mode: '100755', content: `#!/bin/sh\n${text}` }) as const;
const link = (target: string) => ({ mode: '120000', content: target }) as const;
const submodule = (digit: string) => ({ mode: '160000', content: digit.repeat(40) }) as const;
const aFunction = (name: string, body: string) => `export function ${name}() {\n  return ${body};\n}\n`;
const block = (call: string) => `${'}\n'.repeat(40)}if (a) {\n  ${call};\n}\n`;
const alike = (...calls: readonly string[]) => ({ mode: '100755', content: calls.map(block).join('') }) as const;

/** A history in which every step is odd in a way of its own, named so that a failure says which. */
export const ODD_HISTORY: readonly Step[] = [
  {
    did: 'The first commit, with something of everything',
    put: {
      'README.md': '# Odd\n\nThings\n',
      'crlf.txt': 'one\r\ntwo\r\nthree\r\nfour\r\n',
      'mixed.txt': 'one\r\ntwo\nthree\r\nfour\nfive\n',
      'lf.txt': 'one\ntwo\nthree\n',
      'bom.txt': '\ufeffone\ntwo\n',
      'bom-crlf.cs': '\ufeffusing System;\r\nclass A\r\n{\r\n}\r\n',
      'no-end.txt': 'one\ntwo',
      'odd-ends.txt': 'one\u2028still one\u2029and\u0085one\rone\n\ftwo\vtwo\n',
      'price.js': 'const price = "10";\n',
      'empty.txt': '',
      'bin/run.sh': script('echo one\n'),
      'bin/walk.sh': script('echo walk\necho slowly\necho on\n'),
      'logo.png': PNG,
      'icon.png': OTHER_PNG,
      'latin1.txt': latin1('gr\xfc\xdfe\n'),
      'old-latin1.txt': latin1('k\xe4se\nbrot\n'),
      'model.bin': pointer('a', 1),
      link: link('README.md'),
      'dir/link': link('../outside'),
      'vendor/lib': submodule('1'),
      'big.txt': lines(24_000, '\n'),
      'net/tcp.h': 'int lower;\n',
      'net/TCP.h': 'int upper;\n',
      'alike.js': block('b()').repeat(3),
    },
  },
  {
    did: 'CRLF and mixed line ends: lines changed, put in, taken away, of another kind',
    put: {
      'crlf.txt': 'zero\r\none\r\n2\r\nfour\r\nfive\r\n',
      'bom-crlf.cs': '\ufeffusing System;\r\n\r\nclass B\r\n{\r\n}',
      'mixed.txt': 'one\r\n2\nthree\nfour\nsix\r\n',
      'big-crlf.txt': lines(24_000, '\r\n'),
    },
  },
  {
    did: 'CRLF to LF and LF to CRLF throughout; byte-order marks kept, taken away, put in, by themselves',
    put: {
      'crlf.txt': 'zero\none\n2\nfour\nfive\n',
      'lf.txt': '\ufeffone\r\ntwo\r\nthree\r\n',
      'bom.txt': '\ufeff1\ntwo\n',
      'bom-crlf.cs': 'using System;\r\n\r\nclass B\r\n{\r\n}',
      'only-mark.txt': '\ufeff',
    },
  },
  {
    did: 'A byte-order mark gets a text, another loses it; no newline at the end stays so',
    put: { 'only-mark.txt': '\ufeffnow\n', 'bom.txt': '\ufeff', 'no-end.txt': 'one\n2' },
  },
  {
    did: 'A newline at the end comes, another goes; separators that end no line, a NUL far down; dollar signs and backslashes',
    put: {
      'no-end.txt': 'one\n2\n',
      'crlf.txt': 'zero\none\n2\nfour\nfive',
      'odd-ends.txt': 'one\u2028still 1\u2029and\u0085one\rone\n\f2\vtwo\n',
      'nul.txt': `${lines(400, '\n')}a\0b\n`,
      'returns.txt': 'a\r\r\nb\r\n\rc\r\n',
      'price.js': "const price = \"$& $1 $$ $` $' $<a>\";\nconst path = 'C:\\\\new\\u0041';\n",
    },
  },
  {
    did: 'The same texts again; empty files made, filled, emptied',
    put: {
      'nul.txt': `${lines(400, '\n')}a\0c\n`,
      'returns.txt': 'a\r\r\n\u2028\r\n\rc\r\n',
      'hollow.txt': '',
      'empty.txt': 'no more\n',
      'mixed.txt': '',
    },
  },
  {
    did: 'Executables: edited, made, made empty',
    put: {
      'bin/run.sh': script('echo 1\n'),
      'bin/new.sh': script('echo new\n'),
      'bin/nothing': { mode: '100755', content: '' },
    },
  },
  {
    did: 'Executables: moved, moved with an edit, deleted; a mode put on, another taken off with an edit',
    gone: ['bin/run.sh', 'bin/walk.sh', 'bin/nothing'],
    put: {
      'tools/run.sh': script('echo 1\n'),
      'tools/walk.sh': script('echo walk\necho fast\necho on\n'),
      'alike.js': alike('b()', 'b()', 'b()'),
      'bin/new.sh': '#!/bin/sh\necho 2\n',
    },
  },
  {
    did: 'Names with spaces, accents, other scripts, dashes, quotes, brackets; over 1 MB: the first, a middle and the last line',
    put: {
      'with space/a b.txt': 'a\nb\n',
      'größe 日本 😀.txt': 'a\nb\n',
      'e\u0301 decomposed.txt': 'a\nb\n',
      '-n': 'a\nb\n',
      ':(top)x': 'a\nb\n',
      'it\'s "q" #%&+;[x]{y}..txt': 'a\nb\n',
      '.hidden/..../x': 'a\nb\n',
      [`${'deep/'.repeat(30)}file`]: 'a\nb\n',
      'big.txt': lines(24_000, '\n', { 0: 'first', 12000: 'in the middle\nand more', 23999: 'last' }),
    },
  },
  {
    did: 'The same names edited, moved, deleted; over 1 MB of CRLF',
    gone: ['-n', ':(top)x', 'größe 日本 😀.txt'],
    put: {
      'with space/a b.txt': 'a\nc\n',
      'größe/日本 😀.txt': 'a\nb\n',
      'e\u0301 decomposed.txt': 'a\nc\n',
      '-m': 'a\nb\nc\n',
      'it\'s "q" #%&+;[x]{y}..txt': '1\nb\n',
      '.hidden/..../x': '',
      [`${'deep/'.repeat(30)}file`]: 'a\n2\n',
      'big-crlf.txt': lines(24_000, '\r\n', { 5: '5', 20000: '$&' }),
    },
  },
  {
    did: 'Case: a file changes its own, a pair that is there already is edited',
    gone: ['README.md'],
    put: { 'Readme.md': '# Odd\n\nThings\n', 'net/tcp.h': 'int lower_case;\n', 'net/TCP.h': 'int upper_case;\n' },
  },
  {
    did: 'Case: one of the pair goes, a folder changes its own, a new file is like another',
    gone: ['net/tcp.h', 'net/TCP.h', 'dir/link'],
    put: { 'NET/TCP.h': 'int upper_case;\n', 'LF.txt': 'other\n', 'price.js': 'const price = 1;\n' },
  },
  {
    did: 'Binaries changed, moved, deleted, made; a link becomes a file and a file a link; a submodule moves on',
    gone: ['icon.png'],
    put: {
      'logo.png': OTHER_PNG,
      'img/icon.png': OTHER_PNG,
      'sound.ogg': PNG,
      link: 'words\n',
      'dir/file': link('../lf.txt'),
      'vendor/lib': submodule('2'),
    },
  },
  {
    did: 'A binary becomes text and a text binary; a submodule becomes a folder; LFS pointers are made and moved',
    gone: ['vendor/lib', 'model.bin', 'img/icon.png'],
    put: {
      'sound.ogg': 'text\n',
      'no-end.txt': PNG,
      'vendor/lib/index.js': aFunction('lib', '1'),
      'models/a.bin': pointer('a', 1),
      'b.bin': pointer('b', 2),
    },
  },
  {
    did: 'LFS pointers change and become text; what is not UTF-8 is changed, deleted, made',
    gone: ['old-latin1.txt'],
    put: {
      'b.bin': 'plain\n',
      'models/a.bin': pointer('c', 3),
      'latin1.txt': latin1('gr\xfc\xdfe!\n'),
      'utf16.txt': Buffer.from('\ufeffa\n', 'utf16le'),
      'new-latin1.txt': latin1('\xe4\n'),
    },
  },
  {
    did: 'Not UTF-8 becomes UTF-8; a file becomes a folder, by moving into it and by creating it',
    gone: ['link', 'empty.txt'],
    put: {
      'latin1.txt': 'grüße!\n',
      'new-latin1.txt': 'ä\n',
      'link/inner': 'words\n',
      'empty.txt/a': 'a\n',
      'empty.txt/b': 'b\n',
    },
  },
  {
    did: 'A folder becomes a file, by moving out of it and by creating it',
    gone: ['link/inner', 'empty.txt/a', 'empty.txt/b'],
    put: { link: 'words\n', 'empty.txt': 'neither\n' },
  },
  {
    did: 'An executable where a file was in the way; moves with edits',
    gone: ['b.bin', 'empty.txt', 'vendor/lib/index.js', 'price.js'],
    put: {
      'b.bin/run.sh': script('echo in\n'),
      'lib/index.js': aFunction('lib', '2'),
      'lib/price.js': 'const price = 1;\nexport { price };\n',
    },
  },
  {
    did: 'Two files that each become the folder of the other; lines that stand many times',
    gone: ['lib/index.js', 'lib/price.js', 'Readme.md', '-m'],
    put: { '-m/a': '# Odd\n\nThings\n', 'Readme.md/b': 'a\nb\nc\n', 'alike.js': alike('b()', 'c()', 'b()') },
  },
  { did: 'A name no plan can hold, and nothing else', put: { 'a\\b': 'b\n' } },
  { did: 'Conflict markers', put: { 'lf.txt': '<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n' } },
  {
    did: 'Files that are not like others: workflows, attributes, submodules, the plan, the settings, a lockfile',
    put: {
      '.github/workflows/ci.yml': 'on: push\n',
      '.gitattributes': '* text=auto eol=crlf\n*.bin filter=lfs diff=lfs merge=lfs -text\n*.sh working-tree-encoding=UTF-16\n',
      '.gitmodules': '[submodule "lib"]\n\tpath = vendor/lib\n\turl = https://example.com/lib.git\n',
      'PLAN.md': '# Plan\n',
      '.github/planwright.yml': 'version: 1\n',
      'package-lock.json': '{}\n',
    },
  },
  {
    did: 'The same edited, with attributes that would convert; names no plan can hold',
    put: {
      '.github/workflows/ci.yml': 'on: [push]\n',
      'new.sh': 'a\r\n',
      'new.txt': 'a\nb\r\n',
      'PLAN.md': '# Plan: x\n',
      'latin1:\xe4.txt': 'a\n',
      'a\\b': 'a\n',
      'a*b?': 'a\n',
      'zero\u200bwidth': 'a\n',
      'end ': 'a\n',
      'line\nfeed': 'a\n',
    },
  },
];
