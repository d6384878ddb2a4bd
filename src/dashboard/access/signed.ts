import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Environment } from '../../settings/environment/environment.ts';

/** Values that come back from browsers as they were given out, and no others. */
export interface Signer {
  /** `purpose` keeps a value that was given out for one thing from being taken for another. */
  sign(purpose: string, value: object, untilMs: number): string;
  /** Null: not ours, changed, for another purpose, or too old. */
  read<T extends object>(purpose: string, text: string | undefined, nowMs: number): T | null;
  /** What only a page of ours can know about a session. */
  proof(purpose: string, of: string): string;
}

/** When one of the operator's secrets changes, everything that was signed before is void. All replicas have the same. */
export function createSigner({ webhookSecret, dashboard }: Pick<Environment, 'webhookSecret' | 'dashboard'>): Signer {
  const secrets = [webhookSecret, dashboard?.github?.clientSecret ?? '', dashboard?.token ?? ''];
  const key = Buffer.from(hkdfSync('sha256', secrets.join('\n'), '', 'planwright dashboard', 32));
  const mac = (purpose: string, text: string): Buffer => createHmac('sha256', key).update(`${purpose}\n${text}`).digest();
  return {
    sign(purpose, value, untilMs) {
      const text = Buffer.from(JSON.stringify({ ...value, until: untilMs })).toString('base64url');
      return `${text}.${mac(purpose, text).toString('base64url')}`;
    },
    read<T extends object>(purpose: string, signed: string | undefined, nowMs: number): T | null {
      if (signed === undefined || signed.length > LONGEST) return null;
      const [text = '', given = '', ...more] = signed.split('.');
      if (more.length > 0 || !equal(Buffer.from(given, 'base64url'), mac(purpose, text))) return null;
      const value = JSON.parse(Buffer.from(text, 'base64url').toString()) as T & { readonly until: number };
      return nowMs < value.until ? value : null;
    },
    proof: (purpose, of) => mac(purpose, of).toString('base64url'),
  };
}

const LONGEST = 2_048;

/** Compared in constant time, whatever their lengths. */
export const isSame = (a: string, b: string): boolean => equal(digest(a), digest(b));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const equal = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);
