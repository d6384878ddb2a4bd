export type Condition<T> = () => T | undefined | null | false | Promise<T | undefined | null | false>;

/** Waiting for something to become true, looked at whenever `check` is called instead of every so often. */
export function createConditions(situation: () => string) {
  const open = new Set<() => void>();

  async function until<T>(
    what: string,
    condition: Condition<T>,
    { timeoutMs = 180_000 }: { readonly timeoutMs?: number } = {},
  ): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    let looking = false;
    let again = false;
    const look = async () => {
      again = true;
      if (looking) return;
      looking = true;
      while (again) {
        again = false;
        const value = await condition();
        if (value) resolve(value);
      }
      looking = false;
    };
    const check = () => void look().catch(reject);
    const timer = setTimeout(
      () => reject(new Error(`still waiting for ${what} after ${timeoutMs} ms; ${situation()}`)),
      timeoutMs,
    );
    open.add(check);
    check();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      open.delete(check);
    }
  }

  return {
    until,
    check: () => {
      for (const look of open) look();
    },
  };
}
