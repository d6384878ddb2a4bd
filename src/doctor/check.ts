/** One thing that was checked. `fix` says what to do; null where there is nothing to do. */
export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail' | 'skipped';
  readonly detail: string;
  readonly fix: string | null;
}

export const ok = (name: string, detail: string): Check => ({ name, status: 'ok', detail, fix: null });
export const warn = (name: string, detail: string, fix: string): Check => ({ name, status: 'warn', detail, fix });
export const fail = (name: string, detail: string, fix: string): Check => ({ name, status: 'fail', detail, fix });
/** What could not be checked, because something else has to be fixed first. */
export const skipped = (name: string, detail: string): Check => ({ name, status: 'skipped', detail, fix: null });
