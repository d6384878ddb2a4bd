/** What a title or a commit message can be made of. `type` and `scope` are those of Conventional Commits, from the plan. */
export const PATTERN_FIELDS = ['title', 'id', 'issue', 'type', 'scope'] as const;
export type PatternField = (typeof PATTERN_FIELDS)[number];

const FIELD = `\\{(?:${PATTERN_FIELDS.join('|')})\\}`;

/** One line that holds the title: without it, all pull requests would have the same one. */
export const TITLE_PATTERN = new RegExp(`^(?=.*\\{title\\})(?:[^{}\\x00-\\x1f\\x7f]|${FIELD})+$`);
/** The same for a text whose first line holds it. */
export const MESSAGE_PATTERN = new RegExp(`^(?=[^\\n]*\\{title\\})(?:[^{}\\x00-\\x09\\x0b-\\x1f\\x7f]|${FIELD})+$`);

/** The fields in braces that a pattern names, known or not, each once. */
export const fieldsIn = (pattern: string): readonly string[] => [
  ...new Set([...pattern.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name)),
];

/** Whether the planner has to give each component a type, or a scope. */
export const asksFor = (field: PatternField, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => fieldsIn(pattern).includes(field));

export type PatternValues = Readonly<Record<PatternField, string>>;

/**
 * The text with everything filled in. A component without a scope leaves out the parentheses around it as well, which is how Conventional
 * Commits write it.
 */
export const fillPattern = (pattern: string, values: PatternValues): string =>
  (values.scope === '' ? pattern.replaceAll('({scope})', '') : pattern).replace(
    /\{([^{}]*)\}/g,
    (whole, name: string) => values[name as PatternField] ?? whole,
  );
