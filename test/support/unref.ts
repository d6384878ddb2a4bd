import type { Server } from 'node:http';
import type { Socket } from 'node:net';

const unrefSocket = (socket: Socket): void => void socket.unref();

/** This process may end although the server listens and clients keep their connections. */
export function unref(server: Server): void {
  server.unref();
  server.off('connection', unrefSocket).on('connection', unrefSocket);
}
