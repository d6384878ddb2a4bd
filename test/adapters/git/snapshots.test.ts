import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createSnapshots } from '../../../src/adapters/git/snapshots.ts';
import { type Snapshot, SnapshotError } from '../../../src/ports/snapshot.ts';
import { type GitServer, startGitServer } from './git-server.ts';
import { createWorkshop, type Workshop } from './workshop.ts';

const TOKEN = 'ghs_1234_a-token-nobody-may-see';
const REPOSITORY = { owner: 'Acme', name: 'widgets', installation: 1 };
const ODD_NAMES = [
  'a b.txt',
  'größe/日本.txt',
  'line\nbreak.txt',
  `it's "quoted".txt`,
  'tab\there.txt',
  ':(exclude)x',
  '-dash',
  '*.star',
  // The joiners that Persian and Hindi spelling needs.
  'docs/فارسی\u200cها.md',
  'क्\u200dष.txt',
];

let workshop: Workshop;
let server: GitServer;
let snapshots: ReturnType<typeof createSnapshots>;
let first: string;
let data: string;
let count = 0;

const open = (commit = first): Promise<Snapshot> => snapshots.open(REPOSITORY, commit);
const create = (token = TOKEN) =>
  createSnapshots({
    dataDir: data,
    allowHttp: true,
    credential: async () => ({ url: `${server.url}/acme/widgets.git`, token }),
  });
const mirror = () => join(data, 'git/acme/widgets.git');
const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );

beforeAll(async () => {
  workshop = createWorkshop();
  workshop.write('README.md', '# Widgets\n\nTODO: more\n');
  workshop.write('src/a.ts', 'export const a = 1;\nconst needle = "x.y";\n');
  workshop.write('src/b.ts', 'const needle = "xzy";\r\n');
  workshop.write('logo.bin', Buffer.from([0, 1, 2, 255]));
  workshop.write('latin1.txt', Buffer.from([0x67, 0xfc, 0x6e, 10]));
  workshop.write('run.sh', '#!/bin/sh\n');
  workshop.write('minified.js', `${'a'.repeat(100_000)}!\n`);
  workshop.write('long.txt', `${'ü😀'.repeat(2_000)}<here>${'é'.repeat(3_000)}\r\nshort <here>\r\n`);
  for (const name of ODD_NAMES) workshop.write(name, `content of ${name}\n`);
  workshop.link('link', '../outside');
  workshop.git(['add', '-A']);
  workshop.git(['update-index', '--chmod=+x', 'run.sh']);
  workshop.git(['update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},vendor/lib`]);
  workshop.git(['config', 'core.filemode', 'false']);
  workshop.git(['commit', '-q', '-m', 'first']);
  first = workshop.git(['rev-parse', 'HEAD']).trim();
  workshop.git(['push', '-q', join(workshop.root, 'acme/widgets.git'), 'HEAD:refs/heads/main']);
  server = await startGitServer(workshop.root, TOKEN);
});
afterAll(async () => {
  await server.close();
  workshop.remove();
});
beforeEach(() => {
  data = join(workshop.root, `data-${++count}`);
  server.intercept = null;
  server.requests.length = 0;
  snapshots = create();
});
afterEach(() => snapshots.close());

describe('a commit, read', () => {
  test('every path is listed with its mode, id and size, however odd its name', async () => {
    const entries = await (await open()).entries();
    expect([...entries.keys()].sort()).toEqual(
      [
        ...ODD_NAMES,
        'README.md',
        'src/a.ts',
        'src/b.ts',
        'logo.bin',
        'latin1.txt',
        'run.sh',
        'long.txt',
        'minified.js',
        'link',
        'vendor/lib',
      ].sort(),
    );
    expect(entries.get('run.sh')?.mode).toBe('100755');
    expect(entries.get('link')).toMatchObject({ mode: '120000', size: 10 });
    expect(entries.get('vendor/lib')).toEqual({ path: 'vendor/lib', mode: '160000', oid: '1'.repeat(40), size: null });
    expect(entries.get('README.md')?.size).toBe(22);
  });

  test('files are read byte for byte, many at once', async () => {
    const snapshot = await open();
    const entries = await snapshot.entries();
    const files = [...entries.values()].filter(({ mode }) => mode !== '160000');
    const contents = await Promise.all(files.map((entry) => snapshot.read(entry)));
    for (const [i, { path }] of files.entries()) {
      const expected = path === 'link' ? Buffer.from('../outside') : readFileSync(join(workshop.tree, path));
      expect({ path, content: contents[i] }).toEqual({ path, content: expected });
    }
  });

  test('the tree is the commit’s', async () => {
    expect((await open()).tree).toBe(workshop.git(['rev-parse', `${first}^{tree}`]).trim());
  });

  test('a later commit is fetched on top, the earlier stays readable, and neither is fetched again', async () => {
    const before = await open();
    workshop.write('src/c.ts', 'new\n');
    const second = workshop.publish('second');
    const after = await open(second);
    expect((await after.entries()).has('src/c.ts')).toBe(true);
    expect((await before.entries()).has('src/c.ts')).toBe(false);
    const asked = server.requests.length;
    snapshots.close();
    snapshots = create();
    expect((await (await open()).entries()).size).toBeGreaterThan(10);
    await open(second);
    expect(server.requests.length).toBe(asked);
  });

  test('many callers who want one commit at once cause one fetch', async () => {
    await Promise.all(Array.from({ length: 8 }, () => open()));
    expect(server.requests.filter((line) => line.includes('info/refs')).length).toBe(1);
  });
});

describe('search', () => {
  const search = async (pattern: string, regex: boolean, path: string | null = null, limit = 50) =>
    (await open()).search({ pattern, regex, path, limit });
  const lines = async (...query: Parameters<typeof search>) => {
    const found = await search(...query);
    return found.ok ? found.value.hits.map(({ path, line }) => `${path}:${line}`) : found.reason;
  };

  test.each([
    ['literal text is not an expression', 'x.y', false, null, ['src/a.ts:2']],
    ['an expression is one', 'x.y', true, null, ['src/a.ts:2', 'src/b.ts:1']],
    ['a file', 'needle', false, 'src/b.ts', ['src/b.ts:1']],
    ['a directory', 'needle', false, 'src', ['src/a.ts:2', 'src/b.ts:1']],
    ['a path that looks like a pattern is a path', 'content', false, ':(exclude)x', [':(exclude)x:1']],
    ['a star is a letter', 'content', false, '*.star', ['*.star:1']],
    ['a line break in a name', 'content of line', false, null, ['line\nbreak.txt:1']],
    ['nothing', 'there is no such line', false, null, []],
    ['a pattern that looks like an option', '--open-files-in-pager=x', false, null, []],
    ['letters outside ASCII', 'größe/.本', true, null, ['größe/日本.txt:1']],
  ])('%s', async (_, pattern, regex, path, expected) => {
    expect(await lines(pattern, regex, path)).toEqual(expected);
  });

  test('a line comes without its line end', async () => {
    const found = await search('xzy', false);
    expect(found.ok && found.value.hits[0]?.text).toBe('const needle = "xzy";');
  });

  test('at the limit it stops and says so; a very long line is cut', async () => {
    const few = await search('a', true, null, 2);
    expect(few).toMatchObject({ ok: true, value: { truncated: true } });
    expect(few.ok && few.value.hits.length).toBe(2);
    const long = await search('aaaa', false, 'minified.js');
    expect(long.ok && long.value.hits[0]?.text.length).toBe(4_000);
  });

  test('of a very long line the part around the match comes, in whole characters', async () => {
    const found = await search('<here>', false);
    const hits = found.ok ? found.value.hits : [];
    expect(hits.map(({ text, match }) => text.slice(match, match + 6))).toEqual(['<here>', '<here>']);
    expect(
      hits.map(({ text, cutBefore, cutAfter }) => [text.isWellFormed() && !text.includes('\ufffd'), cutBefore, cutAfter]),
    ).toEqual([
      [true, true, true],
      [true, false, false],
    ]);
    expect(hits[0]?.text).toMatch(/^(?:ü?😀)(?:ü😀){300,}<here>é{300,}$/u);
    expect(hits[1]?.text).toBe('short <here>');
  });

  test('what is beyond any column can be found by where it stands', async () => {
    const found = await search('^.{40000}\\K.{1,400}', true, 'minified.js');
    expect(found).toMatchObject({ ok: true, value: { hits: [{ cutBefore: true, cutAfter: true }] } });
    const end = await search('^(?:.{50000}){2}\\K.', true, 'minified.js');
    expect(end.ok && end.value.hits[0]?.text.slice(end.value.hits[0].match)).toBe('!');
  });

  test.each([
    ['does not compile', '(', /does not compile: missing closing parenthesis/],
    ['is too large to compile', '((((a{0,99}){0,99}){0,99}){0,99})', /does not compile: regular expression is too large/],
    ['costs too much', '^(a+)+$', /costs too much/],
    ['holds a line break', 'a\nb', /line by line/],
    ['is empty', '', /empty/],
  ])('an expression that %s is a reason', async (_, pattern, reason) => {
    expect(await search(pattern, true)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  });

  test('a long line that overflows the compiled matcher still gets an answer', async () => {
    expect(await lines('^(?:a|b)*!$', true)).toEqual(['minified.js:1']);
  });

  test('changes are searched too, and what they replace is not', async () => {
    const found = await (await open()).search({ pattern: 'needle', regex: false, path: null, limit: 9 }, [
      { path: 'src/a.ts', mode: '100644', content: Buffer.from('1\n2\n3 needle\n') },
      { path: 'src/b.ts', mode: '100644', content: null },
    ]);
    expect(found).toEqual({
      ok: true,
      value: {
        hits: [{ path: 'src/a.ts', line: 3, text: '3 needle', match: 2, cutBefore: false, cutAfter: false }],
        truncated: false,
      },
    });
  });
});

describe('when things break', () => {
  test('a wrong token fails in one sentence that holds no credential and no machine path', async () => {
    snapshots.close();
    snapshots = create('ghs_wrong');
    const error = await failureOf(open());
    expect(error).toBeInstanceOf(SnapshotError);
    const text = String(error);
    expect(text).toContain(`git could not fetch ${first} of Acme/widgets`);
    expect(text).not.toContain('ghs_wrong');
    expect(text).not.toContain(Buffer.from('x-access-token:ghs_wrong').toString('base64'));
    expect(text).not.toContain(data);
  });

  test('a commit the server does not have', async () => {
    expect(String(await failureOf(open('a'.repeat(40))))).toMatch(/could not fetch a{40} of Acme\/widgets: .*not our ref/);
  });

  test('the server’s redirect is not followed, so the token goes nowhere else', async () => {
    const elsewhere = await startGitServer(workshop.root, TOKEN);
    server.intercept = (request, response) => {
      response.writeHead(301, { location: `${elsewhere.url}${request.url}` }).end();
      return true;
    };
    expect(await failureOf(open())).toBeInstanceOf(SnapshotError);
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.close();
  });

  test('http is refused unless it was allowed', async () => {
    const strict = createSnapshots({
      dataDir: data,
      allowHttp: false,
      credential: async () => ({ url: `${server.url}/x.git`, token: TOKEN }),
    });
    expect(String(await failureOf(strict.open(REPOSITORY, first)))).toMatch(/http: is not allowed/);
    expect(server.requests).toEqual([]);
  });

  test('one answer of 502 is tried again', async () => {
    let failures = 1;
    server.intercept = (_, response) => {
      if (failures-- <= 0) return false;
      response.writeHead(502).end();
      return true;
    };
    expect((await (await open()).entries()).size).toBeGreaterThan(10);
  });

  test.each(['..', '.', 'a/b', '', 'a b', '-x/../y'])('a repository named %p never becomes a path', async (name) => {
    expect(await failureOf(snapshots.open({ ...REPOSITORY, name }, first))).toBeInstanceOf(SnapshotError);
    expect(existsSync(data)).toBe(false);
  });

  test('a commit id that is none', async () => {
    expect(await failureOf(open('--upload-pack=touch x'))).toBeInstanceOf(SnapshotError);
  });

  test('neither the token nor the header is written into the mirror', async () => {
    await open();
    const encoded = Buffer.from(`x-access-token:${TOKEN}`).toString('base64');
    const found = execFileSync('sh', ['-c', 'grep -rlF -e "$1" -e "$2" "$3" || true', 'sh', TOKEN, encoded, data]).toString();
    expect(found).toBe('');
  });
});

describe('after a kill', () => {
  const reopen = async () => {
    snapshots.close();
    snapshots = create();
    const snapshot = await open();
    const entry = (await snapshot.entries()).get('README.md');
    return entry && (await snapshot.read(entry)).toString();
  };

  test('in the middle of making the mirror', async () => {
    mkdirSync(`${mirror()}.new-abc123`, { recursive: true });
    mkdirSync(mirror(), { recursive: true });
    expect(await reopen()).toContain('# Widgets');
    expect(readdirSync(join(data, 'git/acme'))).toEqual(['widgets.git']);
  });

  test('in the middle of a fetch: locks and half a pack remain', async () => {
    await open();
    rmSync(join(mirror(), 'refs/planwright', first));
    for (const name of ['shallow.lock', 'config.lock', 'HEAD.lock', 'packed-refs.lock', `refs/planwright/${first}.lock`]) {
      writeFileSync(join(mirror(), name), '');
    }
    writeFileSync(join(mirror(), 'objects/pack/tmp_pack_x1'), 'PACK');
    mkdirSync(join(mirror(), 'work-x1'));
    expect(await reopen()).toContain('# Widgets');
    expect(readdirSync(mirror()).filter((name) => name.endsWith('.lock') || name.startsWith('work-'))).toEqual([]);
    expect(readdirSync(join(mirror(), 'objects/pack')).filter((name) => name.startsWith('tmp_'))).toEqual([]);
  });

  test('with the reference written and the objects lost (power cut)', async () => {
    await open();
    rmSync(join(mirror(), 'objects'), { recursive: true });
    mkdirSync(join(mirror(), 'objects'));
    expect(await reopen()).toContain('# Widgets');
  });

  test('with the repository’s head emptied', async () => {
    await open();
    writeFileSync(join(mirror(), 'HEAD'), '');
    expect(await reopen()).toContain('# Widgets');
  });

  test('a mirror deleted under an open snapshot is fetched again', async () => {
    const snapshot = await open();
    const entry = (await snapshot.entries()).get('README.md');
    rmSync(mirror(), { recursive: true });
    expect(entry && (await snapshot.read(entry)).toString()).toContain('# Widgets');
    expect(await snapshot.search({ pattern: 'Widgets', regex: false, path: null, limit: 1 })).toMatchObject({ ok: true });
  });
});
