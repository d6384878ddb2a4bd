/** What the benchmark's GitHub is started with. */
export interface Sizes {
  readonly repositories: number;
  readonly issues: number;
  readonly webhookSecret: string;
}

export interface Progress {
  readonly tasks: number;
  /** Milliseconds since the epoch. */
  readonly planned: readonly { readonly labelledAt: number; readonly plannedAt: number }[];
  readonly requests: number;
  readonly deliveries: { readonly sent: number; readonly refused: number };
  /** How often each endpoint was asked for. */
  readonly asked: readonly (readonly [endpoint: string, times: number])[];
}
