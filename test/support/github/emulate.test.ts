// The guard against an upgrade that changes what the package does not export.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { checkInsides, PINNED_VERSION, startEmulator } from './emulate.ts';
import { exchange } from './exchange.ts';

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
    const asked = { method: 'GET', path: '/repos/nobody/nothing', headers: {} };
    const { status, body } = await exchange(emulator.app, 'http://127.0.0.1:1', asked);
    expect([status, body]).toMatchObject([404, { json: { message: 'Not Found' } }]);
  });

  it('says what is missing when they are not there', () => {
    const nothing = (): never => {
      throw new Error('nobody asks it');
    };
    const app = { use() {}, on() {}, match: nothing, dispatch: nothing, errorHandler: nothing, notFoundHandler: nothing };
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
    const asked = { method: 'GET', path: '/repos/ada/engine/contents/a/b.ts', headers: {} };
    const { headers, body } = await exchange(emulator.app, 'http://127.0.0.1:1', asked);
    expect([headers['x-seen'], body]).toEqual(['ada /contents/a/b.ts', { json: { path: 'contents/a/b.ts' } }]);
  });
});
