/**
 * Several processes, the replicas, may share one database. Each tells the others by beats that it is alive. One whose beats have
 * stopped for as long as the lease is dead, and the others take over its work; it must have stopped acting before.
 */
export interface ReplicaWaits {
  /** Between two beats, and between two sweeps for dead replicas. */
  readonly beat: number;
  /** A replica acts no more when its last confirmed beat is older than this. Well below the lease, because requests that were sent still arrive. */
  readonly fence: number;
  /** A replica without a beat for as long is dead. */
  readonly lease: number;
  /** Between the tries to take the turn of a task that another workflow works on: most of them are over in a moment. */
  readonly turn: readonly number[];
  /** For how long a signal whose tries were in vain leaves its place in the queue to others. */
  readonly nextTurn: number;
  /** Between two tries to reach the database while it is away. */
  readonly database: number;
  /** After SIGTERM: how long a load balancer has to notice that /readyz answers 503 before the port closes. */
  readonly unready: number;
  /** Between two tries to reserve money that calls of other replicas hold at the moment. */
  readonly money: number;
}

/** Whether this process may still act on what others see. */
export interface Fence {
  isOpen(): boolean;
  /** Resolves when it is open. Never, once another replica has taken over: the process is about to exit. */
  opened(): Promise<void>;
}

/**
 * The database's clock, which all replicas share, in milliseconds since the epoch. A local clock may be wrong by minutes; how far it
 * is from the database's is known only within the time that a beat takes.
 */
export interface SharedTime {
  /** No later than the present moment. */
  earliest(): number;
  /** No earlier than the present moment. */
  latest(): number;
}

/** A task is worked on by one workflow at a time, over all replicas. */
export interface TaskTurns {
  /** Whether the workflow has the task's turn now. It keeps it until it has ended; the one that has it may ask again. */
  take(task: string, workflow: string): Promise<boolean>;
}

/** What is to be done now and then by one replica, whichever is first. */
export interface Rounds {
  /** True for one caller in `everyMs`. */
  claim(what: string, everyMs: number): Promise<boolean>;
}

export const ALWAYS_OPEN: Fence = { isOpen: () => true, opened: async () => {} };

/** For a process that is alone on its database: the engine's own queue lets one workflow of a task run at a time. */
export const ALONE: TaskTurns = { take: async () => true };

export const EVERY_ROUND: Rounds = { claim: async () => true };
