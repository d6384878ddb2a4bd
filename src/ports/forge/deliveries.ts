/** One attempt of GitHub's to deliver a webhook to this App. */
export interface DeliveryAttempt {
  readonly id: number;
  /** The same for all attempts at one delivery. */
  readonly guid: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `unreached`: nobody was there, or what answered could not take it then, whatever it said. */
  readonly outcome: 'accepted' | 'rejected' | 'unreached';
}

/** The deliveries of the last three days, which is how long GitHub keeps them. */
export interface DeliveriesFacet {
  /** The newest first, page by page. */
  deliveryAttempts(): AsyncIterable<DeliveryAttempt>;
  redeliver(attempt: number): Promise<void>;
}
