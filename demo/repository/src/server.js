import { createServer } from 'node:http';
import { createApp } from './app.js';
import { createLinks } from './links.js';

const port = Number(process.env.PORT ?? 8080);
const baseUrl = process.env.BASE_URL ?? `http://localhost:${port}`;

createServer(createApp({ links: createLinks(), baseUrl })).listen(port, () => console.log(`hop listens on ${baseUrl}`));
