/** An expected failure is a value: people (or the model) read its `reason`. Exceptions are for bugs and infrastructure. */
export type Outcome<T, F = string> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: F };

export const success = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });
export const failure = <F>(reason: F): { readonly ok: false; readonly reason: F } => ({ ok: false, reason });
