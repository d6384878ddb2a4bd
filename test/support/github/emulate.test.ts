// The guard against an upgrade that changes what the package does not export.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { checkInsides, PINNED_VERSION, startEmulator } from './emulate.ts';

const packageFile = (path: string) =>
  JSON.parse(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')) as Record<string, unknown>;

describe('emulate', () => {
  it('is pinned to the version whose insides are used, and that one is installed', () => {
    expect(packageFile('package.json').devDependencies).toMatchObject({ emulate: PINNED_VERSION });
    expect(packageFile('node_modules/emulate/package.json').version).toBe(PINNED_VERSION);
  });

  it('has the insides this GitHub is built on', async () => {
    const emulator = await startEmulator('http://127.0.0.1:1', () => {});
    const { insert: _, ...user } = emulator.tables.users;
    expect(user).toBeDefined();
    expect(emulator.tables.users.findOneBy('login', 'ghost')).toMatchObject({ type: 'User' });
    const repository = await emulator.app.fetch(new Request('http://127.0.0.1:1/repos/nobody/nothing'));
    expect([repository.status, await repository.json()]).toMatchObject([404, { message: 'Not Found' }]);
  });

  it('says what is missing when they are not there', () => {
    const app = { use() {}, on() {}, fetch: () => Promise.resolve(new Response()) };
    expect(() => checkInsides(app, {}, { dispatch: async () => {} }, new Map())).toThrow(/table users has no insert\(\)/);
    expect(() => checkInsides({}, {}, {}, new Map())).toThrow(/emulate 0\.12\.2.*router has no use\(\)/);
  });

  it('still routes by first match and hands the parameters on', async () => {
    const emulator = await startEmulator('http://127.0.0.1:1', ({ app }) => {
      app.use('/repos/:owner/:repo:rest{(?:/.*)?}', async (context, next) => {
        context.header('x-seen', `${context.req.param('owner')} ${context.req.param('rest')}`);
        await next();
        return undefined;
      });
      app.on('GET', '/repos/:owner/:repo/:path{.+}', (context) => context.json({ path: context.req.param('path') }));
    });
    const answer = await emulator.app.fetch(new Request('http://127.0.0.1:1/repos/ada/engine/contents/a/b.ts'));
    expect([answer.headers.get('x-seen'), await answer.json()]).toEqual(['ada /contents/a/b.ts', { path: 'contents/a/b.ts' }]);
  });
});
