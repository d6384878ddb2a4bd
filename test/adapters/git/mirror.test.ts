import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { gitEnvironment } from '../../../src/adapters/git/git-environment.ts';
import { createMirror } from '../../../src/adapters/git/mirror.ts';
import { createObjectReader, type ObjectReader } from '../../../src/adapters/git/object-reader.ts';
import { type GitServer, startGitServer } from './git-server.ts';
import { createWorkshop, type Workshop } from './workshop.ts';

const TOKEN = 'ghs_token';
let workshop: Workshop;
let server: GitServer;
const commits: string[] = [];

beforeAll(async () => {
  workshop = createWorkshop();
  for (let i = 0; i < 6; i++) {
    workshop.write('file.txt', `${i}\n`);
    commits.push(workshop.publish(String(i)));
  }
  server = await startGitServer(workshop.root, TOKEN);
});
afterAll(async () => {
  for (const reader of readers) reader.close();
  await server.close();
  workshop.remove();
});

const readers: ObjectReader[] = [];
const mirrorAt = (name: string, most: number, kept: number) => {
  const dir = join(workshop.root, name);
  const reader = createObjectReader(gitEnvironment({ gitDir: dir, allowHttp: true }));
  readers.push(reader);
  return createMirror({
    dir,
    reader,
    label: 'acme/widgets',
    allowHttp: true,
    retention: { most, kept },
    credential: async () => ({ url: `${server.url}/acme/widgets.git`, token: TOKEN }),
  });
};
const held = (dir: string) => readdirSync(join(workshop.root, dir, 'refs/planwright')).sort();

test('a mirror keeps the commits used last, and fetches one that was dropped again', async () => {
  const mirror = mirrorAt('tidy.git', 4, 2);
  const [first = '', second = '', third = '', fourth = '', fifth = ''] = commits;
  for (const commit of [first, second, third, fourth]) await mirror.ensure(commit);
  await mirror.ensure(second);
  expect(held('tidy.git')).toEqual([first, second, third, fourth].sort());
  await mirror.ensure(fifth);
  expect(held('tidy.git')).toEqual([second, fifth].sort());
  // Objects stay for an hour, because somebody may be reading them; packs are one again.
  expect(readdirSync(join(workshop.root, 'tidy.git/objects/pack')).filter((name) => name.endsWith('.pack'))).toHaveLength(1);
  expect(await mirror.ensure(first)).toBe(workshop.git(['rev-parse', `${first}^{tree}`]).trim());
  expect(held('tidy.git')).toEqual([first, second, fifth].sort());
});

test('a commit that was made from a tree of the mirror is not fetched, is kept like others, and survives another process', async () => {
  const mirror = mirrorAt('adopting.git', 4, 2);
  const tree = await mirror.ensure(commits[0] ?? '');
  const asked = server.requests.length;
  const made = 'ab'.repeat(20);
  await mirror.adopt(made, tree);
  expect(await mirror.ensure(made)).toBe(tree);
  expect(await mirrorAt('adopting.git', 4, 2).ensure(made)).toBe(tree);
  expect(await mirror.repair(made)).toBe(tree);
  expect(server.requests.slice(asked)).toEqual([]);
  // Beside it, others are fetched and dropped as ever.
  for (const commit of commits.slice(1, 5)) await mirror.ensure(commit);
  expect(held('adopting.git')).toEqual(commits.slice(2, 5).sort());
});

test.each([
  ['of which the mirror has nothing', 'cd'.repeat(20)],
  ['that is no tree', 'the commit'],
])('a commit is fetched all the same when it is said to have a tree %s', async (_, tree) => {
  const mirror = mirrorAt(`${tree.slice(0, 2)}.git`, 9, 9);
  const [first = '', second = ''] = commits;
  await mirror.ensure(first);
  await mirror.adopt(second, tree === 'the commit' ? first : tree);
  expect(await mirror.ensure(second)).toBe(workshop.git(['rev-parse', `${second}^{tree}`]).trim());
});

test('a repository from git’s first years, with zero-padded modes, can be read', async () => {
  const object = (type: string, content: string | Buffer) =>
    workshop.git(['hash-object', '-w', '--literally', '-t', type, '--stdin'], content).trim();
  const entry = (head: string, oid: string) => Buffer.concat([Buffer.from(`${head}\0`), Buffer.from(oid, 'hex')]);
  const inner = object('tree', entry('100644 f', object('blob', 'old\n')));
  const tree = object('tree', entry('040000 d', inner));
  const commit = workshop.git(['commit-tree', '-m', 'old', tree]).trim();
  workshop.git(['push', '-q', join(workshop.root, 'acme/widgets.git'), `${commit}:refs/heads/old`]);
  expect(await mirrorAt('old.git', 9, 9).ensure(commit)).toBe(tree);
});

test('Planwright is killed while a fetch hangs; the next one goes on as if nothing had been', async () => {
  const dir = join(workshop.root, 'killed.git');
  const commit = commits[0] ?? '';
  let asked: () => void = () => {};
  const hanging = new Promise<void>((resolve) => {
    asked = resolve;
  });
  server.intercept = (request) => {
    if (!request.url?.includes('git-upload-pack') || request.method !== 'POST') return false;
    asked();
    return true;
  };
  const script = `
    import { createMirror } from '${new URL('../../../src/adapters/git/mirror.ts', import.meta.url).href}';
    const reader = { treeOf: async () => null, read: async () => null, close() {} };
    const credential = async () => ({ url: '${server.url}/acme/widgets.git', token: '${TOKEN}' });
    const options = { dir: '${dir}', reader, label: 'x', allowHttp: true, retention: { most: 9, kept: 9 }, credential };
    await createMirror(options).ensure('${commit}');`;
  const planwright = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], { stdio: 'inherit' });
  await hanging;
  planwright.kill('SIGKILL');
  await once(planwright, 'exit');
  server.intercept = null;
  expect(existsSync(join(dir, 'refs/planwright', commit))).toBe(false);
  const mirror = mirrorAt('killed.git', 9, 9);
  expect(await mirror.ensure(commit)).toBe(workshop.git(['rev-parse', `${commit}^{tree}`]).trim());
});
