/** What the command was given. */
export interface TryOptions {
  readonly repo: string;
  /** A text, a file, or `-` for the input. */
  readonly issue?: string;
  /** A number, or true for the latest. */
  readonly resume?: number | true;
  readonly yes: boolean;
  readonly json: boolean;
  readonly interactive: boolean;
  readonly planner?: string;
  readonly executor?: string;
  readonly maxUsd?: number;
  readonly replan?: string | true;
  readonly ask?: string;
}
