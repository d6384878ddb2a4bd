import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type DatabaseLine, openDatabaseLine } from './database-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'line-'));
const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
  rmSync(join(folder, '.s.PGSQL.5432'), { force: true });
});

/** Says everything back; on a port, or where PostgreSQL has its socket. */
async function anEcho(where: 'port' | 'socket'): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).pipe(socket);
  });
  open.push({ close: () => [server.close(), ...[...sockets].map((socket) => socket.destroy())] });
  if (where === 'socket') server.listen(join(folder, '.s.PGSQL.5432'));
  else server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const host = typeof address === 'object' && address ? `127.0.0.1:${address.port}` : encodeURIComponent(folder);
  return `postgresql://planwright@${host}/tasks`;
}

async function connected(line: DatabaseLine): Promise<Socket> {
  const socket = createConnection(Number(new URL(line.url).port), '127.0.0.1');
  open.push({ close: () => socket.destroy() });
  await once(socket, 'connect');
  return socket;
}

async function saidBack(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [data] = await once(socket, 'data');
  return String(data);
}

describe.each(['port', 'socket'] as const)('a database behind a %s', (where) => {
  test('is reached again after a restart, in which every connection broke', async () => {
    const line = await openDatabaseLine(await anEcho(where));
    open.push(line);
    const before = [await connected(line), await connected(line)];
    for (const socket of before) expect(await saidBack(socket, 'a question')).toBe('a question');
    const ends = before.map((socket) => once(socket, 'error').then(([error]) => (error as NodeJS.ErrnoException).code));
    await line.restart(1);
    expect(await Promise.all(ends)).toEqual(['ECONNRESET', 'ECONNRESET']);
    expect(await saidBack(await connected(line), 'another')).toBe('another');
  });

  test('is not there while it restarts', async () => {
    const line = await openDatabaseLine(await anEcho(where));
    open.push(line);
    const restarted = line.restart(200);
    const refused = await connected(line).catch((error: NodeJS.ErrnoException) => error.code);
    expect(refused).toBe('ECONNREFUSED');
    await restarted;
    expect(await saidBack(await connected(line), 'a question')).toBe('a question');
  });
});
