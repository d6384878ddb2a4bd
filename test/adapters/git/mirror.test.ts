import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createMirror } from '../../../src/adapters/git/mirror.ts';
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
  await server.close();
  workshop.remove();
});

const mirrorAt = (dir: string, most: number, kept: number) =>
  createMirror({
    dir: join(workshop.root, dir),
    label: 'acme/widgets',
    allowHttp: true,
    retention: { most, kept },
    credential: async () => ({ url: `${server.url}/acme/widgets.git`, token: TOKEN }),
  });
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
    const credential = async () => ({ url: '${server.url}/acme/widgets.git', token: '${TOKEN}' });
    const options = { dir: '${dir}', label: 'x', allowHttp: true, retention: { most: 9, kept: 9 }, credential };
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
