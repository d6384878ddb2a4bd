/** Keeps guesses few: so many that failed within a minute from one address, and from all together. */
export interface Attempts {
  /** Seconds until the next one is accepted; null: now. */
  wait(address: string): number | null;
  failed(address: string): void;
}

const WINDOW_MS = 60_000;
const EACH = 5;
const ALL = 50;

export function createAttempts(now: () => number): Attempts {
  let failures: { readonly address: string; readonly at: number }[] = [];
  const recent = (): typeof failures => {
    failures = failures.filter(({ at }) => now() - at < WINDOW_MS);
    return failures;
  };
  return {
    wait(address) {
      const all = recent();
      const own = all.filter((failure) => failure.address === address);
      const oldest = own.length >= EACH ? own.at(-EACH) : all.length >= ALL ? all.at(-ALL) : undefined;
      return oldest === undefined ? null : Math.max(1, Math.ceil((oldest.at + WINDOW_MS - now()) / 1_000));
    },
    failed: (address) => void failures.push({ address, at: now() }),
  };
}
