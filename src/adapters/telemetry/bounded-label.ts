/** What values beyond the first ones become. */
const OTHER = 'other';

/**
 * A label whose values others choose (a repository names its models, GitHub its installations) would make a series for each of them, for ever: only
 * the first ones are told apart.
 */
export function boundedLabel(most: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= most) return OTHER;
    known.add(value);
    return value;
  };
}

/** The value where it is one of these. */
export const oneOf =
  (values: ReadonlySet<string>) =>
  (value: string): string =>
    values.has(value) ? value : OTHER;
