import { randomBytes } from 'node:crypto';
import type { Signer } from './signed.ts';

/** A person whom GitHub has named, or the operator, who knows the token. */
export type Viewer = { readonly kind: 'person'; readonly id: number; readonly login: string } | { readonly kind: 'operator' };

export interface Session {
  readonly id: string;
  readonly viewer: Viewer;
}

export interface Sessions {
  /** @returns the cookie's value. */
  begin(viewer: Viewer): string;
  /** Null: nobody is signed in. */
  read(cookie: string | undefined): Session | null;
  /** What a form must hold to act for the session. */
  csrf(session: Session): string;
  end(session: Session): void;
}

/** Eight hours: a working day. */
export const SESSION_MS = 8 * 3_600_000;
const PURPOSE = 'session';

export function createSessions(signer: Signer, now: () => number): Sessions {
  /** Those that were signed out, until they would have ended; another process learns nothing of it. */
  const ended = new Map<string, number>();
  return {
    begin: (viewer) => signer.sign(PURPOSE, { id: randomBytes(16).toString('base64url'), viewer }, now() + SESSION_MS),
    read(cookie) {
      const session = signer.read<Session>(PURPOSE, cookie, now());
      return session !== null && !ended.has(session.id) ? session : null;
    },
    csrf: ({ id }) => signer.proof('csrf', id),
    end({ id }) {
      for (const [other, until] of ended) if (until < now()) ended.delete(other);
      ended.set(id, now() + SESSION_MS);
    },
  };
}
