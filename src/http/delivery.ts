import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { failure, type Outcome, success } from '../domain/outcome.ts';

/** A webhook delivery whose signature was right. */
export interface Delivery {
  /** `X-GitHub-Delivery`; the same when GitHub sends it again. */
  readonly id: string;
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

const SIGNATURE = /^sha256=[0-9a-f]{64}$/;
const EVENT_NAME = /^[a-z]+(_[a-z]+)*$/;
const DELIVERY_ID = /^[\x21-\x7e]{1,100}$/;

/** Without a well-formed signature there is no point in reading the body. */
export const hasSignature = (headers: IncomingHttpHeaders): boolean => SIGNATURE.test(header(headers, 'x-hub-signature-256'));

/**
 * Whether the bytes were signed with the secret; computed over the raw bytes, in a time that does not depend on how much of it
 * matches.
 */
export function hasValidSignature(headers: IncomingHttpHeaders, body: Buffer, secret: string): boolean {
  const claimed = Buffer.from(header(headers, 'x-hub-signature-256').slice('sha256='.length), 'hex');
  const right = createHmac('sha256', secret).update(body).digest();
  return claimed.length === right.length && timingSafeEqual(claimed, right);
}

/** @returns or what is wrong with it, in words for the App's "Recent deliveries" page. */
export function readDelivery(headers: IncomingHttpHeaders, body: Buffer): Outcome<Delivery> {
  const name = header(headers, 'x-github-event');
  const id = header(headers, 'x-github-delivery');
  if (!EVENT_NAME.test(name)) return failure('X-GitHub-Event is missing or not the name of an event.');
  if (!DELIVERY_ID.test(id)) return failure('X-GitHub-Delivery is missing or not an identifier.');
  const payload = parseObject(body);
  if (!payload) return failure('The body is not a JSON object; set the content type of the webhook to application/json.');
  return success({ id, name, payload });
}

/**
 * Probot looks handlers up in a plain object by the event's name: `constructor` would find a function there, and `error` the error
 * handlers. No event of GitHub has such a name.
 */
export const isEventName = (name: string): boolean => name !== 'error' && !(name in Object.prototype);

const header = (headers: IncomingHttpHeaders, name: string): string => {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
};

function parseObject(body: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
