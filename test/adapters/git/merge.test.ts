import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createSnapshots } from '../../../src/adapters/git/snapshots.ts';
import type { Snapshot } from '../../../src/ports/snapshot.ts';
import { type GitServer, startGitServer } from './git-server.ts';
import { createWorkshop, type Workshop } from './workshop.ts';

const TOKEN = 'ghs_token';
const TEN = Array.from({ length: 10 }, (_, i) => `line ${i + 1}`);
const text = (...changed: [number, string][]): string =>
  `${TEN.map((line, i) => changed.find(([n]) => n === i + 1)?.[1] ?? line).join('\n')}\n`;

let workshop: Workshop;
let server: GitServer;
let snapshots: ReturnType<typeof createSnapshots>;
let base: Snapshot;

beforeAll(async () => {
  workshop = createWorkshop();
  workshop.write('shared.txt', text());
  workshop.write('run.sh', '#!/bin/sh\n');
  workshop.write('old.txt', 'old\n');
  chmodSync(join(workshop.tree, 'run.sh'), 0o755);
  server = await startGitServer(workshop.root, TOKEN);
  snapshots = createSnapshots({
    dataDir: join(workshop.root, 'data'),
    allowHttp: true,
    credential: async () => ({ url: `${server.url}/acme/widgets.git`, token: TOKEN }),
  });
  base = await open();
});
afterAll(async () => {
  snapshots.close();
  await server.close();
  workshop.remove();
});

const open = (): Promise<Snapshot> => snapshots.open({ owner: 'acme', name: 'widgets', installation: 1 }, workshop.publish());

test('what one side changed is put on top of the other, as changes relative to it', async () => {
  workshop.write('shared.txt', text([1, 'theirs']));
  workshop.write('theirs.txt', 'theirs\n');
  const theirs = await open();
  const changes = [
    { path: 'new.bin', mode: '100755', content: Buffer.from([0, 255, 10]) },
    { path: 'old.txt', mode: '100644', content: null },
    { path: 'shared.txt', mode: '100644', content: Buffer.from(text([9, 'ours'])) },
  ] as const;
  const merged = await theirs.merge(base, { snapshot: base, changes, name: 'this' }, 'main');
  expect(merged).toEqual({
    changes: [changes[0], changes[1], { ...changes[2], content: Buffer.from(text([1, 'theirs'], [9, 'ours'])) }],
    conflicts: [],
  });
  // Squashed, the other side holds the same change already: nothing is left to bring over.
  expect(await theirs.merge(base, { snapshot: theirs, name: 'this' }, 'main')).toEqual({ changes: [], conflicts: [] });
});

test('where both sides changed the same lines both stand between markers that name them', async () => {
  workshop.write('shared.txt', text([5, 'theirs']));
  const theirs = await open();
  const ours = { path: 'shared.txt', mode: '100644', content: Buffer.from(text([5, 'ours'])) } as const;
  const gone = { path: 'run.sh', mode: '100755', content: null } as const;
  const merged = await theirs.merge(base, { snapshot: base, changes: [gone, ours], name: 'component limiter' }, 'main');
  expect(merged.conflicts).toEqual(['shared.txt']);
  expect(merged.changes).toEqual([
    gone,
    {
      ...ours,
      content: Buffer.from(text([5, '<<<<<<< component limiter\nours\n=======\ntheirs\n>>>>>>> main'])),
    },
  ]);
});

test('a diff shows text with its surroundings, whatever the repository and its attributes say', async () => {
  workshop.write('.gitattributes', '*.txt -diff\n*.sh diff=custom\n');
  workshop.write('with "quotes".txt', 'a\n');
  const from = await open();
  const changes = [
    { path: 'new/größe.txt', mode: '100644', content: Buffer.from('one\n') },
    { path: 'old.txt', mode: '100644', content: null },
    { path: 'run.sh', mode: '100755', content: Buffer.from('#!/bin/sh\necho \xff\n', 'latin1') },
  ] as const;
  const diff = await from.diff(changes);
  expect(diff.split(/^(?=diff )/m).map((section) => section.replace(/^index .*\n/m, ''))).toEqual([
    'diff --git a/new/größe.txt b/new/größe.txt\nnew file mode 100644\n--- /dev/null\n+++ b/new/größe.txt\n@@ -0,0 +1 @@\n+one\n',
    'diff --git a/old.txt b/old.txt\ndeleted file mode 100644\n',
    'diff --git a/run.sh b/run.sh\n--- a/run.sh\n+++ b/run.sh\n@@ -1 +1,2 @@\n #!/bin/sh\n+echo \ufffd\n',
  ]);
  expect(await from.diff([])).toBe('');
});

describe('a patch', () => {
  const create = (path: string, mode = '100644') =>
    `diff --git a/${path} b/${path}\nnew file mode ${mode}\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+one\n`;

  test('becomes changes, with deletions, modes and binaries', async () => {
    workshop.write('lock.txt', text());
    workshop.write('gone.txt', 'gone\n');
    const from = await open();
    workshop.write('lock.txt', text([2, 'two']));
    workshop.write('bin/data', Buffer.from([0, 1, 2, 255]));
    workshop.git(['rm', '-q', 'gone.txt']);
    workshop.git(['add', '--all', '--intent-to-add']);
    const patch = workshop.git(['diff', '--binary', '--full-index', 'HEAD']);
    workshop.git(['reset', '-q', '--hard']);
    expect(await from.patched(Buffer.from(patch))).toEqual({
      ok: true,
      value: [
        { path: 'bin/data', mode: '100644', content: Buffer.from([0, 1, 2, 255]) },
        { path: 'gone.txt', mode: '100644', content: null },
        { path: 'lock.txt', mode: '100644', content: Buffer.from(text([2, 'two'])) },
      ],
    });
  });

  test.each([
    ['that is none', 'Hello.\n'],
    ['that leaves the repository', create('../up.txt')],
    ["into git's own folder", create('.git/hooks/post-checkout')],
    ['of a file that is not there', 'diff --git a/no b/no\n--- a/no\n+++ b/no\n@@ -1 +1 @@\n-a\n+b\n'],
    ['that does not fit', 'diff --git a/shared.txt b/shared.txt\n--- a/shared.txt\n+++ b/shared.txt\n@@ -1 +1 @@\n-other\n+b\n'],
    ['that is cut off', create('new.txt').slice(0, -6)],
  ])('%s is refused', async (_, patch) => {
    const applied = await base.patched(Buffer.from(patch));
    expect(applied.ok ? applied.value : applied.reason).toMatch(/^(?:error|fatal): /);
  });

  test('that makes a link, or a submodule, shows as such', async () => {
    const applied = await base.patched(Buffer.from(create('link', '120000') + create('file')));
    expect(applied.ok && applied.value.map(({ path, mode }) => [path, mode])).toEqual([
      ['file', '100644'],
      ['link', '120000'],
    ]);
  });
});

test('a mirror that was replaced since all sides were opened, and one was written, is filled again', async () => {
  workshop.write('theirs.txt', 'theirs\n');
  const theirs = await open();
  const changes = [{ path: 'ours.txt', mode: '100644', content: Buffer.from('ours\n') }] as const;
  const ours = { snapshot: base, changes, name: 'this' };
  await base.treeWith(changes);
  workshop.write('later.txt', 'later\n');
  // The first fetch breaks, and so the next one goes into a new mirror.
  server.intercept = (_, response) => {
    server.intercept = null;
    response.writeHead(502).end();
    return true;
  };
  await open();
  expect(await theirs.merge(base, ours, 'main')).toEqual({ changes, conflicts: [] });
});
