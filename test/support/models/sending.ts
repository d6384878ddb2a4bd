import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { HttpAnswer, SseEvent } from './wire.ts';

export function sendJson(response: ServerResponse, { status, headers = {}, body = {} }: HttpAnswer): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export function cutBeforeAnswer(response: ServerResponse): void {
  response.destroy();
}

/** Streams the events; `ending` breaks them off half way, by severing the connection or with an event of the provider's own. */
export async function sendEvents(
  response: ServerResponse,
  events: readonly SseEvent[],
  ending: 'whole' | 'cut' | SseEvent,
  streamMs = 0,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  // Asked for once: each asking leaves listeners behind.
  const closed = once(response, 'close').catch(() => []);
  const sent = ending === 'whole' ? events : events.slice(0, Math.ceil(events.length / 2));
  for (const [nth, event] of (typeof ending === 'object' ? [...sent, ending] : sent).entries()) {
    if (nth === 1 && streamMs > 0) await new Promise((resolve) => setTimeout(resolve, streamMs));
    const name = event.event === null ? '' : `event: ${event.event}\n`;
    const data = typeof event.data === 'string' ? event.data : JSON.stringify(event.data);
    if (!response.write(`${name}data: ${data}\n\n`)) await Promise.race([once(response, 'drain'), closed]);
    if (response.destroyed) return;
  }
  if (ending !== 'cut') {
    response.end();
    return;
  }
  // What was written must have left before the connection goes, or this would be a cut before the answer.
  response.write(':\n\n', () => response.destroy());
}
