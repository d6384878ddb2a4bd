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
  const sent = ending === 'whole' ? events : events.slice(0, Math.ceil(events.length / 2));
  const texts = (typeof ending === 'object' ? [...sent, ending] : sent).map(asText);
  if (streamMs > 0) {
    response.write(texts.shift() ?? '');
    await new Promise((resolve) => setTimeout(resolve, streamMs));
    if (response.destroyed) return;
  }
  response.write(texts.join(''));
  if (ending !== 'cut') {
    response.end();
    return;
  }
  // What was written must have left before the connection goes, or this would be a cut before the answer.
  response.write(':\n\n', () => response.destroy());
}

function asText({ event, data }: SseEvent): string {
  return `${event === null ? '' : `event: ${event}\n`}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
}
