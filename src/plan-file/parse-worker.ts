import { parentPort, workerData } from 'node:worker_threads';
import { parseWithLines } from './parse.ts';

/** The file that a thread runs to parse plans: this one. */
export const PARSE_WORKER = new URL(import.meta.url);

// Other modules import this file only for its path.
if (parentPort && workerData === PARSE_WORKER.href) {
  const port = parentPort;
  port.once('message', (text: string) => port.postMessage(parseWithLines(text)));
}
