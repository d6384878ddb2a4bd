/**
 * Settings that are written down but do nothing yet. Each is refused, with "not available yet", unless it has the one value the
 * program behaves as today; that value is also its default. Whoever builds one deletes its line, and the default of the design
 * (the one given in settings-schema.ts) takes over; docs/settings.md and schema/planwright.schema.json follow.
 */
export const NOT_AVAILABLE_YET = {
  'execution.draft': false,
  'execution.ci_fix_attempts': 0,
} as const satisfies Readonly<Record<string, boolean | number | string | null | readonly []>>;
