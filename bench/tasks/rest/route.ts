import type { Deliveries } from '../deliveries.ts';
import type { Repository, Subject, World } from '../world.ts';
import type { Shapes } from './shapes.ts';

export type Json = Readonly<Record<string, unknown>>;

export interface Answer {
  readonly status: number;
  readonly json: unknown;
}

export interface Call {
  readonly repository: Repository;
  /** What the path's pattern has found. */
  readonly found: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Json;
}

/** The pattern is of what comes after `/repos/OWNER/NAME`. */
export type Route = readonly [method: string, pattern: RegExp, answer: (call: Call) => Answer];

/** What the endpoints work on. */
export interface Api {
  readonly world: World;
  readonly url: string;
  readonly shapes: Shapes;
  readonly deliveries: Deliveries;
  /** Called when a task's status comment is written. */
  readonly noteStatus: (repository: Repository, issue: number, body: string) => void;
}

export const ok = (json: unknown): Answer => ({ status: 200, json });
export const made = (json: unknown): Answer => ({ status: 201, json });
export const NOT_FOUND: Answer = { status: 404, json: { message: 'Not Found' } };
export const unprocessable = (message: string): Answer => ({ status: 422, json: { message } });

/** About the issue or pull request of the number that the path begins with. */
export const onSubject =
  (answer: (subject: Subject, call: Call) => unknown) =>
  (call: Call): Answer => {
    const subject = call.repository.subjects.get(Number(call.found[0]));
    return subject ? ok(answer(subject, call)) : NOT_FOUND;
  };
