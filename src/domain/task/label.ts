/** GitHub does not distinguish `Plan` from `plan`: a repository has only one of them. */
export const isSameLabel = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Whether the label is one of these. */
export const includesLabel = (label: string, labels: readonly string[]): boolean =>
  labels.some((other) => isSameLabel(label, other));
