import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createSnapshots } from '../../../src/adapters/git/snapshots.ts';
import type { ChangeSet } from '../../../src/domain/change/change-set.ts';
import { createOverlay } from '../../../src/executor/edit/overlay.ts';
import type { Snapshot } from '../../../src/ports/snapshot.ts';
import { runs } from '../../support/runs.ts';
import { type GitServer, startGitServer } from './git-server.ts';
import { createWorkshop, type Workshop } from './workshop.ts';

const TOKEN = 'ghs_token';
let workshop: Workshop;
let server: GitServer;
let snapshots: ReturnType<typeof createSnapshots>;
let snapshot: Snapshot;

beforeAll(async () => {
  workshop = createWorkshop();
  for (const path of [
    'a.txt',
    'dir/b.txt',
    'dir/deep/c.txt',
    'dir-d.txt',
    'dir.e',
    'größe 日本.txt',
    'line\nbreak',
    'it\'s "q"',
  ]) {
    workshop.write(path, `content of ${path}\n`);
  }
  workshop.write('run.sh', '#!/bin/sh\n');
  chmodSync(join(workshop.tree, 'run.sh'), 0o755);
  workshop.link('link', '../outside');
  // A tree is made of bytes as they are; for the checkout to agree, git must be told not to convert.
  writeFileSync(join(workshop.tree, '.git/info/attributes'), '* -text -filter\n');
  workshop.write('.gitattributes', '*.txt text eol=crlf filter=evil\n');
  const commit = workshop.publish();
  server = await startGitServer(workshop.root, TOKEN);
  snapshots = createSnapshots({
    dataDir: join(workshop.root, 'data'),
    allowHttp: true,
    credential: async () => ({ url: `${server.url}/acme/widgets.git`, token: TOKEN }),
  });
  snapshot = await snapshots.open({ owner: 'acme', name: 'widgets', installation: 1 }, commit);
});
afterAll(async () => {
  snapshots.close();
  await server.close();
  workshop.remove();
});

/** What git makes of the same change in a real checkout. */
function treeOfCheckout(changes: ChangeSet): string {
  const checkout = mkdtempSync(join(workshop.root, 'checkout-'));
  const git = (...args: string[]) =>
    workshop.git(['-c', 'core.attributesFile=/dev/null', `--work-tree=${checkout}`, ...args]).trim();
  git('checkout', '-q', '-f', 'HEAD', '--', '.');
  for (const { path, content } of changes) if (content === null) rmSync(join(checkout, path));
  for (const { path, mode, content } of changes) {
    if (content === null) continue;
    // A directory whose files were all deleted makes room for a file.
    rmSync(join(checkout, path), { recursive: true, force: true });
    mkdirSync(dirname(join(checkout, path)), { recursive: true });
    writeFileSync(join(checkout, path), content, { mode: mode === '100755' ? 0o755 : 0o644 });
  }
  git('add', '-A', '.');
  const tree = git('write-tree');
  git('reset', '-q');
  rmSync(checkout, { recursive: true });
  return tree;
}

test('any change set gives the tree git gives', async () => {
  const existing = [...(await snapshot.entries()).keys()].filter((path) => path !== '.gitattributes');
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom('', 'a\r\nb\r\n', '\ufeffx', 'no line end', '$& \u2028').map((text) => Buffer.from(text)),
  );
  const path = fc.oneof(
    fc.constantFrom(...existing),
    fc.constantFrom('new.txt', 'dir/new.txt', 'new/one two/é😀.txt', 'dir0', 'dir/deep/x/y/z', '-n', ':(top)x', 'tab\tname'),
  );
  const change = fc.record({ path, mode: fc.constantFrom('100644' as const, '100755' as const), content: fc.option(content) });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 8 }), async (edits) => {
      const overlay = createOverlay(snapshot);
      for (const edit of edits) await overlay.write(edit);
      const changes = await overlay.changeSet();
      expect(await snapshot.treeWith(changes)).toBe(treeOfCheckout(changes));
    }),
    { numRuns: runs(12, 25) },
  );
});

test('a file takes the place of a directory, and a directory that of a file', async () => {
  const changes: ChangeSet = [
    { path: 'a.txt', mode: '100644', content: null },
    { path: 'a.txt/inner', mode: '100644', content: Buffer.from('1') },
    { path: 'dir', mode: '100755', content: Buffer.from('2') },
    { path: 'dir/b.txt', mode: '100644', content: null },
    { path: 'dir/deep/c.txt', mode: '100644', content: null },
  ];
  expect(await snapshot.treeWith(changes)).toBe(treeOfCheckout(changes));
});

test('no change is the same tree, and a path that git refuses is refused', async () => {
  expect(await snapshot.treeWith([])).toBe(snapshot.tree);
  await expect(snapshot.treeWith([{ path: '.git/config', mode: '100644', content: Buffer.from('x') }])).rejects.toThrow(
    /Ignoring path/,
  );
});

test('reading goes on when the reading child is killed, also in the middle of a request', async () => {
  const entry = (await snapshot.entries()).get('a.txt');
  if (!entry) throw new Error('no a.txt');
  await snapshot.read(entry);
  for (let round = 0; round < 3; round++) {
    const reads = Array.from({ length: 50 }, () => snapshot.read(entry));
    execFileSync('pkill', ['-KILL', '-P', String(process.pid), '-f', 'cat-file --batch-command']);
    expect((await Promise.all(reads)).map(String)).toEqual(Array(50).fill('content of a.txt\n'));
  }
});

test('many trees are written at once', async () => {
  const sets = Array.from(
    { length: 6 },
    (_, i): ChangeSet => [{ path: `n${i}`, mode: '100644', content: Buffer.from(String(i)) }],
  );
  const trees = await Promise.all(sets.map((changes) => snapshot.treeWith(changes)));
  expect(trees).toEqual(sets.map(treeOfCheckout));
});
