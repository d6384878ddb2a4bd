import type { Usage } from '../domain/model/usage.ts';
import type { TaskRef } from '../domain/task/task.ts';
import type { ModelFailure } from './model.ts';

/**
 * What became of one webhook delivery: `accepted` handled; `late` refused because the store could not take it in time; `ignored` an
 * unknown event; `failed` a handler threw; `unsigned`, `forged`, `malformed`, `too_large`, `cut_off` refused or lost because of the
 * delivery; `busy`, `draining` refused because of our own state.
 */
export type DeliveryOutcome =
  | 'accepted'
  | 'late'
  | 'ignored'
  | 'failed'
  | 'unsigned'
  | 'forged'
  | 'malformed'
  | 'too_large'
  | 'cut_off'
  | 'busy'
  | 'draining';

/** Which of the two roles a model has. */
export type ModelRole = 'planner' | 'executor';

/** What GitHub said of a limit with an answer. */
export interface LimitLeft {
  /** An installation's id, or `app`. */
  readonly installation: string;
  /** `core`, `graphql`, `search` and their like. */
  readonly resource: string;
  readonly limit: number;
  readonly remaining: number;
  /** Seconds since the epoch. */
  readonly reset: number;
}

/**
 * Something that has happened, as it is counted and logged. It names tasks, people and ids of work, and never holds what people or models
 * have written, nor a path or a line of their code. Times are in milliseconds.
 */
export type Occurrence =
  /** `lag`: from the event on GitHub to its arrival here; null where the payload does not say when it happened. */
  | {
      readonly kind: 'delivery';
      readonly outcome: DeliveryOutcome;
      readonly event: string | null;
      readonly ms: number;
      readonly lag: number | null;
    }
  | {
      readonly kind: 'github_request';
      readonly api: 'rest' | 'graphql' | 'token';
      readonly method: string;
      /** Null: there was no answer. */
      readonly status: number | null;
      readonly ms: number;
      readonly left: LimitLeft | null;
    }
  /** One request to a provider. A turn may take several. */
  | { readonly kind: 'model_request'; readonly model: string; readonly ms: number; readonly failure: ModelFailure['kind'] | null }
  | {
      readonly kind: 'turn';
      readonly task: TaskRef;
      readonly workflow: string;
      readonly role: ModelRole;
      readonly model: string;
      readonly ms: number;
      /** Of every attempt that is billed; null: none is. */
      readonly usage: Usage | null;
      /** Why no turn came back; null: one did. */
      readonly failure: ModelFailure['kind'] | null;
      /** US dollars; null when the price is not known. */
      readonly usd: number | null;
      /** How many calls of tools the model made. */
      readonly calls: number;
    }
  /** A workflow has left its queue. */
  | { readonly kind: 'dequeued'; readonly queue: string; readonly waited: number }
  /** A workflow of the engine ends here, or stops to be continued elsewhere. `outcome`: a word of ours. */
  | { readonly kind: 'workflow'; readonly name: string; readonly outcome: string; readonly ms: number }
  /** A piece of work for a task was begun. */
  | { readonly kind: 'work_started'; readonly task: TaskRef; readonly workflow: string; readonly what: string }
  | {
      readonly kind: 'work_ended';
      readonly task: TaskRef;
      readonly workflow: string;
      readonly what: string;
      readonly result: string;
      readonly pull: number | null;
      readonly turns: number;
      readonly tokens: number;
      readonly usd: number | null;
      readonly ms: number;
    }
  /** A task has dealt with a signal. */
  | {
      readonly kind: 'signal';
      readonly task: TaskRef;
      /** The delivery it came with; null where it came otherwise. */
      readonly delivery: string | null;
      readonly signal: string;
      /** The login of the person who caused it; null: none did. */
      readonly who: string | null;
      /** The task's state afterwards, or why there is nothing to do. */
      readonly result: string;
      /** What was done, in words of ours and ids. */
      readonly did: readonly string[];
    }
  /** Something about a repository as a whole was dealt with. */
  | { readonly kind: 'repository'; readonly repository: string; readonly delivery: string | null; readonly what: string }
  | { readonly kind: 'pruned'; readonly what: string; readonly removed: number; readonly ms: number };

/** What a span may say: words of ours, ids and figures. */
export type Attributes = Readonly<Record<string, string | number | boolean | null>>;

/** A span that is open. */
export interface Span {
  /** Attributes that are null are left out. */
  set(attributes: Attributes): void;
}

export interface SpanStart {
  /** One of few: what varies goes into the attributes. */
  readonly name: string;
  readonly attributes?: Attributes;
  /** `root` begins a trace of its own; `client` is a request to another program. */
  readonly kind?: 'root' | 'internal' | 'client';
}

/** Who is told what happens, and how long it takes. Neither method throws or waits on its own account. */
export interface Telemetry {
  report(what: Occurrence): void;
  /** Runs something as a span of the trace that is open, if any. A throw marks the span as failed, without its message. */
  span<T>(start: SpanStart, run: (span: Span) => Promise<T>): Promise<T>;
}

const UNSEEN: Span = { set: () => {} };

/** Where nobody listens. */
export const SILENT: Telemetry = { report: () => {}, span: (_, run) => run(UNSEEN) };

/** The text of a scrape. */
export interface Exposition {
  expose(): Promise<{ readonly contentType: string; readonly text: string }>;
}
