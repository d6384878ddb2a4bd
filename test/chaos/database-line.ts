// Between the bot and its PostgreSQL, so that the server can restart for this bot alone: to a client, a restart is that every connection
// breaks and that for a while nobody listens.
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface DatabaseLine {
  /** The database's address by way of this line. */
  readonly url: string;
  /** Every connection breaks, and so long there is no new one. */
  restart(ms: number): Promise<void>;
  close(): void;
}

export async function openDatabaseLine(databaseUrl: string): Promise<DatabaseLine> {
  const { hostname, port, pathname, username } = new URL(databaseUrl);
  // A folder in place of a host is that of the server's socket.
  const host = decodeURIComponent(hostname);
  const server = Number(port || 5432);
  const target = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${server}` } : { host, port: server };
  const clients = new Set<Socket>();
  const { door, port: own } = await listenSomewhere();
  let listening = door;

  // Ports that Linux gives to outgoing connections begin at 32,768 unless it is told otherwise: one of those could be taken while nobody listens
  // there, for as long as that connection lasts.
  async function listenSomewhere(): Promise<{ door: Server; port: number }> {
    for (;;) {
      const port = randomInt(20_000, 32_000);
      try {
        return { door: await listen(port), port };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      }
    }
  }

  async function listen(at: number): Promise<Server> {
    const door = createServer((client) => {
      const database = createConnection(target);
      clients.add(client);
      client.once('close', () => clients.delete(client));
      for (const [one, other] of [
        [client, database],
        [database, client],
      ] as const) {
        one.pipe(other);
        one.on('error', () => other.destroy());
        one.on('close', () => other.destroy());
      }
    });
    door.listen(at, '127.0.0.1');
    await once(door, 'listening');
    return door;
  }

  const cut = (): void => {
    listening.close();
    // The server's end goes with it; that may be a socket of another kind, which cannot be reset.
    for (const client of clients) client.resetAndDestroy();
  };
  return {
    url: `postgresql://${username}@127.0.0.1:${own}${pathname}`,
    async restart(ms) {
      cut();
      await sleep(ms);
      listening = await listen(own);
    },
    close: cut,
  };
}
