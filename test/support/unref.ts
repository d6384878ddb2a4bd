import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** @returns lets this process end although the server, which has no connections yet, listens and clients keep theirs. */
export function unrefs(server: Server): () => void {
  const sockets = new Set<Socket>();
  let isUnref = false;
  server.on('connection', (socket: Socket) => {
    if (isUnref) socket.unref();
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return () => {
    isUnref = true;
    for (const one of [server, ...sockets]) one.unref();
  };
}
