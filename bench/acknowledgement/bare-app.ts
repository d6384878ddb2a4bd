// A process of its own: the smallest Probot app there is, which does nothing with a delivery.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createNodeMiddleware, Probot } from 'probot';

const probot = new Probot({
  appId: Number(process.env.APP_ID),
  privateKey: process.env.PRIVATE_KEY as string,
  secret: process.env.WEBHOOK_SECRET as string,
  logLevel: 'fatal',
});
const app = (bare: Probot) => bare.on('issues', () => {});
const middleware = await createNodeMiddleware(app, { probot, webhooksPath: '/api/github/webhooks' });
const server = createServer((request, response) => {
  middleware(request, response, () => response.writeHead(404).end());
}).listen(0, '127.0.0.1', () => {
  console.log(`listens on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
