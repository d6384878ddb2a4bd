// What happens in the benchmark's GitHub is told to the bots, as GitHub tells it: signed, and to one of them in turn.
import { createHmac, randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { APP, DEFAULT_BRANCH, OWNER, type Repository } from './world.ts';

export interface Deliveries {
  to(urls: readonly string[]): void;
  send(repository: Repository, event: string, by: 'person' | 'app', payload: object): void;
  /** Sent, and refused or not answered; those were sent again. */
  readonly counts: { sent: number; refused: number };
}

const AT_ONCE = 32;
const AGAIN_MS = 1_000;
const GIVES_UP_MS = 10_000;

export function createDeliveries(secret: string, person: string): Deliveries {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const waiting: (() => Promise<void>)[] = [];
  const counts = { sent: 0, refused: 0 };
  let targets: readonly string[] = [];
  let turn = 0;
  let busy = 0;

  function next(): void {
    while (busy < AT_ONCE && targets.length > 0) {
      const deliver = waiting.shift();
      if (!deliver) return;
      busy += 1;
      void deliver().finally(() => {
        busy -= 1;
        next();
      });
    }
  }

  async function deliver(event: string, body: string): Promise<void> {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'x-github-event': event,
      'x-github-delivery': randomUUID(),
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    };
    for (;;) {
      counts.sent += 1;
      const status = await post(agent, targets[turn++ % targets.length] as string, headers, body);
      if (status >= 200 && status < 300) return;
      counts.refused += 1;
      await delay(AGAIN_MS);
    }
  }

  return {
    counts,
    to(urls) {
      targets = urls;
      next();
    },
    send({ id, name, fullName }, event, by, payload) {
      const repository = {
        id,
        name,
        full_name: fullName,
        default_branch: DEFAULT_BRANCH,
        owner: { login: OWNER, id: 1, type: 'User' },
      };
      const sender = by === 'app' ? { login: `${APP.slug}[bot]`, id: 2, type: 'Bot' } : { login: person, id: 3, type: 'User' };
      const body = JSON.stringify({ ...payload, repository, installation: { id: APP.installation }, sender });
      waiting.push(() => deliver(event, body));
      next();
    },
  };
}

/** The status, or 0 where there is no answer. */
function post(agent: Agent, url: string, headers: Record<string, string | number>, body: string): Promise<number> {
  return new Promise((resolve) => {
    const sending = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    sending.setTimeout(GIVES_UP_MS, () => sending.destroy());
    sending.on('error', () => resolve(0));
    sending.end(body);
  });
}
