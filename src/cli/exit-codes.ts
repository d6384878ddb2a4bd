/** What each command of `planwright` ends with. */
export const EXIT = { ok: 0, problem: 1, usage: 2 } as const;

/** How a command says what the program ends with; null: it started something that ends the process itself. */
export type End = (code: number | null) => void;
