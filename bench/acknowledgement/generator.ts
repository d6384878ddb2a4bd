// A process of its own that sends signed deliveries at a fixed rate, whatever becomes of those before, and prints what came back as JSON.
import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Load, Loaded } from './load.ts';

/** GitHub's. */
const GIVES_UP_MS = 10_000;

const load = JSON.parse(process.argv[2] ?? '') as Load;
const agent = new Agent({ keepAlive: true, maxSockets: 512 });
const body = readFileSync(load.bodyFile);
const signature = `sha256=${createHmac('sha256', load.secret).update(body).digest('hex')}`;

interface Sent {
  readonly guid: string;
  readonly ms: number;
  /** 0: no answer. */
  readonly status: number;
}

function deliver(): Promise<Sent> {
  const guid = randomUUID();
  const began = performance.now();
  return new Promise((resolve) => {
    const end = (status: number) => resolve({ guid, status, ms: performance.now() - began });
    const headers = {
      'content-type': 'application/json',
      'content-length': body.length,
      'x-github-event': load.event,
      'x-github-delivery': guid,
      'x-hub-signature-256': signature,
    };
    const sending = request(load.url, { method: 'POST', agent, headers }, (response) => {
      response.resume().on('end', () => end(response.statusCode ?? 0));
    });
    sending.setTimeout(GIVES_UP_MS, () => sending.destroy());
    sending.on('error', () => end(0));
    sending.end(body);
  });
}

const sent: Promise<Sent>[] = [];
const began = performance.now();
for (let n = 0; n < load.rate * load.seconds; n++) {
  const wait = began + (n * 1_000) / load.rate - performance.now();
  if (wait > 1) await delay(wait);
  sent.push(deliver());
}
const all = await Promise.all(sent);
const times = all.map(({ ms }) => ms).sort((a, b) => a - b);
const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0;
const accepted = all.filter(({ status }) => status >= 200 && status < 300);
const loaded: Loaded = {
  sent: all.length,
  accepted: accepted.map(({ guid }) => guid),
  refused: all.filter(({ status }) => status >= 300).length,
  unanswered: all.filter(({ status }) => status === 0).length,
  p50: at(0.5),
  p99: at(0.99),
  most: times.at(-1) ?? 0,
};
process.stdout.write(JSON.stringify(loaded));
agent.destroy();
