/** The exit codes of every command of `planwright`. */
export const EXIT = { ok: 0, problem: 1, usage: 2 } as const;

/** How a command reports the program's exit code; null: it started something that ends the process itself. */
export type End = (code: number | null) => void;
