// Webhooks as GitHub sends them: signed, one delivery id per event, kept for redelivery, never sent again by itself.
import { createHmac, randomUUID } from 'node:crypto';
import { Agent, type OutgoingHttpHeaders, request } from 'node:http';
import type { Tables } from './emulate.ts';
import type { Changes } from './waiting.ts';
import type { Json } from './world.ts';

export interface Delivery {
  /** GitHub's number of this attempt; `guid` is what the receiver sees and stays the same on a redelivery */
  id: number;
  guid: string;
  event: string;
  action: string | undefined;
  payload: Json;
  repository: string | undefined;
  sentAt: Date;
  redelivery: boolean;
  /** pending: not answered yet; 0: nobody there, or no answer in time */
  status: number | 'pending';
  error?: string;
  durationMs?: number;
}

interface Envelope {
  event: string;
  action?: string | undefined;
  /** the owner's login: whose installation hears of it */
  account: string;
  repositoryId?: number;
  repository?: string;
  payload: Json;
}

export interface Webhooks {
  readonly deliveries: Delivery[];
  deliverTo(url: string | null): void;
  address(): string | null;
  /** Queues the event for the App, if it is installed there and subscribed; `prepare` may finish the payload first. */
  send(envelope: Envelope, prepare?: (payload: Json) => Promise<Json>): void;
  redeliver(delivery: Delivery): Promise<Delivery>;
  idle(): Promise<void>;
  /** Nothing is sent any more, and nobody waits for an answer. */
  close(): void;
}

const ALWAYS_SENT = new Set(['installation', 'installation_repositories', 'ping']);
/** GitHub waits 10 seconds. Here a loaded machine must be slow and not red: what is not answered is not sent again for minutes. */
const TIMEOUT_MS = 120_000;

/** Resolves with the status once the whole answer is there. */
function posted(agent: Agent, target: string, body: string, headers: OutgoingHttpHeaders): Promise<number> {
  return new Promise((resolve, reject) => {
    const sending = request(target, {
      agent,
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    });
    sending.setTimeout(TIMEOUT_MS, () => sending.destroy(new Error('no answer in time')));
    sending.on('error', reject);
    sending.on('response', (response) => {
      response.on('error', reject);
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.resume();
    });
    sending.end(body);
  });
}

export function createWebhooks(tables: Tables, app: { id: number; webhookSecret: string }, changes: Changes): Webhooks {
  const deliveries: Delivery[] = [];
  const unanswered = new Set<Promise<void>>();
  const agent = new Agent({ keepAlive: true });
  let target: string | null = null;
  const failures: unknown[] = []; // a payload that could not be built is a bug here, told by idle()
  let outbox: Promise<void> = Promise.resolve(); // events leave in the order in which they happened

  function installationFor({ event, account, repositoryId }: Envelope) {
    const installation = tables.appInstallations
      .all()
      .find((row) => row.app_id === app.id && row.account_login === account && (event === 'installation' || !row.suspended_at));
    if (!installation) return undefined;
    const subscribed =
      ALWAYS_SENT.has(event) || tables.apps.all().some((row) => row.app_id === app.id && row.events.includes(event));
    const selected =
      installation.repository_selection === 'all' ||
      repositoryId === undefined ||
      installation.repository_ids.includes(repositoryId);
    return subscribed && selected ? installation : undefined;
  }

  async function post(delivery: Delivery): Promise<void> {
    const body = JSON.stringify(delivery.payload);
    const started = Date.now();
    try {
      if (target === null) throw new Error('no webhook URL');
      delivery.status = await posted(agent, target, body, {
        'content-type': 'application/json',
        accept: '*/*',
        'user-agent': 'GitHub-Hookshot/local',
        'x-github-event': delivery.event,
        'x-github-delivery': delivery.guid,
        'x-github-hook-id': '1',
        'x-github-hook-installation-target-type': 'integration',
        'x-github-hook-installation-target-id': String(app.id),
        'x-hub-signature-256': `sha256=${createHmac('sha256', app.webhookSecret).update(body).digest('hex')}`,
      });
    } catch (error) {
      delivery.status = 0;
      delivery.error = error instanceof Error ? error.message : String(error);
    }
    delivery.durationMs = Date.now() - started;
    changes.happened(delivery.repository ?? null);
  }

  function start(delivery: Delivery): Promise<void> {
    deliveries.push(delivery);
    const answered = post(delivery);
    unanswered.add(answered);
    answered.finally(() => unanswered.delete(answered));
    return answered;
  }

  const fresh = (part: Pick<Delivery, 'guid' | 'event' | 'action' | 'payload' | 'repository' | 'redelivery'>): Delivery => ({
    id: deliveries.length + 1,
    sentAt: new Date(),
    status: 'pending',
    ...part,
  });

  return {
    deliveries,
    deliverTo(url) {
      target = url;
    },
    address: () => target,
    send(envelope, prepare) {
      const installation = installationFor(envelope);
      if (!installation) return;
      const { event, action, repository } = envelope;
      const snapshot = JSON.parse(JSON.stringify(envelope.payload)) as Json; // what was true now, not when it leaves
      outbox = outbox
        .then(async () => {
          const payload = {
            ...(action ? { action } : {}),
            ...(prepare ? await prepare(snapshot) : snapshot),
            installation: snapshot.installation ?? {
              id: installation.installation_id,
              node_id: `INSTALLATION_${installation.installation_id}`,
            },
          };
          void start(fresh({ guid: randomUUID(), event, action, payload, repository, redelivery: false }));
        })
        .catch((error: unknown) => void failures.push(error));
    },
    async redeliver(delivery) {
      const again = fresh({ ...delivery, redelivery: true });
      await start({ ...again, id: deliveries.length + 1, sentAt: new Date(), status: 'pending' });
      return deliveries.findLast((candidate) => candidate.guid === delivery.guid) ?? again;
    },
    close() {
      target = null;
      agent.destroy();
    },
    async idle() {
      for (;;) {
        const before = outbox;
        await before;
        if (failures.length) throw failures[0];
        if (unanswered.size === 0 && outbox === before) return;
        await Promise.all(unanswered);
      }
    },
  };
}
