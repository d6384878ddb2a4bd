import type { Server } from 'node:http';

/** This process may end although the server listens and clients keep their connections. */
export function unref(server: Server): void {
  server.unref();
  server.on('connection', (socket) => socket.unref());
}
