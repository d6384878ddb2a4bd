// A process of its own that hands each request to the next of several servers, as a load balancer does; prints where it listens.
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

const behind = process.argv.slice(2).map((url) => new URL(url));
const agent = new Agent({ keepAlive: true, maxSockets: 512 });
let turn = 0;

const balancer = createServer((from, to) => {
  const { hostname, port } = behind[turn++ % behind.length] as URL;
  const passed = request({ hostname, port, path: from.url, method: from.method, headers: from.headers, agent }, (answer) => {
    to.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(to);
  });
  passed.on('error', () => {
    if (!to.headersSent) to.writeHead(502);
    to.end();
  });
  from.pipe(passed);
}).listen(0, '127.0.0.1', () => {
  console.log(`listens on http://127.0.0.1:${(balancer.address() as AddressInfo).port}`);
});
