import type { Outcome } from '../domain/outcome.ts';
import type { RepositoryRef } from '../domain/repository.ts';

/** The App as GitHub knows it. */
export interface InspectedApp {
  readonly id: number;
  readonly slug: string;
  /** Its public page. */
  readonly page: string;
  readonly permissions: Readonly<Record<string, string | undefined>>;
  readonly events: readonly string[];
}

interface InspectedWebhook {
  readonly url: string;
  readonly contentType: string;
  readonly hasSecret: boolean;
  readonly verifiesCertificates: boolean;
}

export interface InspectedDelivery {
  readonly event: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** 0: there was no answer. */
  readonly status: number;
  /** GitHub's words about the answer. */
  readonly said: string;
}

export interface InspectedInstallation {
  readonly account: string;
  readonly page: string;
  readonly suspended: boolean;
  readonly permissions: Readonly<Record<string, string | undefined>>;
  readonly events: readonly string[];
}

/**
 * `refused`: GitHub does not accept the App's key. `unreachable`: no answer, or none of GitHub's; `code` as the system or TLS names
 * it.
 */
export type AppFailure =
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'unreachable'; readonly message: string; readonly code: string | null };

/** What can be inspected without changing anything, to find out what is wrong with a set-up. */
export interface AppInspection {
  /**
   * GitHub's clock in milliseconds since the epoch, from an answer that needs no authentication; null where the answer had none.
   */
  clock(): Promise<Outcome<number | null, AppFailure>>;
  app(): Promise<Outcome<InspectedApp, AppFailure>>;
  webhook(): Promise<Outcome<InspectedWebhook, AppFailure>>;
  /** The newest ones first, of the last page only. */
  deliveries(): Promise<Outcome<readonly InspectedDelivery[], AppFailure>>;
  installations(): Promise<Outcome<readonly InspectedInstallation[], AppFailure>>;
  /** Any repository the App is installed on; null when there is none. */
  someRepository(): Promise<Outcome<RepositoryRef | null, AppFailure>>;
}

export interface MachineInspection {
  /** Null: git is not installed. */
  gitVersion(): Promise<string | null>;
  /** Free bytes on the disk of the data folder. */
  freeBytes(): Promise<Outcome<number>>;
  /** What is known of the database. A reason is a sentence for the operator. */
  database(): Promise<Outcome<string>>;
  /** Lists the branches of a repository with git itself. The reason of a failure is git's message. */
  canFetch(repository: RepositoryRef): Promise<Outcome<string>>;
  /** Proxies and certificates in use, and what is wrong with them. */
  readonly network: NetworkUse;
}

export interface NetworkUse {
  readonly notes: readonly string[];
  readonly problems: readonly string[];
}
