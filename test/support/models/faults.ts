import type { Provider } from '../../../src/domain/model/providers.ts';
import type { SeenRequest } from './seen-request.ts';
import type { HttpAnswer } from './wire.ts';

/** An HTTP error (the provider's own body if none is given), a severed connection, or an SSE `error` event half way. */
export type Breakdown = HttpAnswer | 'cut-before-answer' | 'cut-mid-stream' | { readonly sseError: string };

export interface Fault {
  readonly provider?: Provider;
  readonly when?: (request: SeenRequest) => boolean;
  readonly times: number;
  readonly respond: Breakdown;
}

export function createFaults() {
  const pending: { fault: Fault; left: number }[] = [];
  return {
    add(fault: Fault): void {
      pending.push({ fault, left: fault.times });
    },
    forget(): void {
      pending.length = 0;
    },
    /** Uses up one occasion of the first fault that applies. */
    take(request: SeenRequest): Breakdown | null {
      const found = pending.find(
        ({ fault, left }) =>
          left > 0 && (fault.provider ?? request.provider) === request.provider && (fault.when?.(request) ?? true),
      );
      if (!found) return null;
      found.left -= 1;
      return found.fault.respond;
    },
  };
}
