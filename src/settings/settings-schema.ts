import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { NOT_AVAILABLE_YET } from './availability.ts';
import { MODEL_NAME } from './model-name.ts';
import { GLOB, PLAN_PATH } from './repository-path.ts';

const text = (max: number) => z.string().max(max);
const label = z.string().min(1).max(50);
const globs = z.array(z.string().max(300).regex(GLOB)).max(100);
const modelName = z.string().regex(MODEL_NAME);
const wholeNumber = (from: number, to: number) => z.int().min(from).max(to);

/** A setting with its default in the design, narrowed to one value for as long as availability.ts lists it. */
function setting<S extends z.ZodType>(key: string, schema: S, designed: z.output<S>) {
  const narrowed: { readonly [key: string]: unknown } = NOT_AVAILABLE_YET;
  if (!(key in narrowed)) return schema.default(() => structuredClone(designed) as z.util.NoUndefined<z.output<S>>);
  const only = narrowed[key] as z.output<S>;
  const message = `is not available yet: only ${JSON.stringify(only)} works in this version`;
  // Tells editors what the refinement tells the program.
  const forEditors = Array.isArray(only) ? { maxItems: 0 } : { enum: [only] };
  return schema
    .refine((value) => isDeepStrictEqual(value, only), { error: message })
    .meta(forEditors)
    .default(() => structuredClone(only) as z.util.NoUndefined<z.output<S>>);
}

const section = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape).prefault({} as never);

const model = (role: 'planner' | 'executor', effort: 'low' | 'high') =>
  section({
    model: modelName.optional(),
    effort: setting(`models.${role}.effort`, z.enum(['low', 'medium', 'high']), effort),
    fallback: setting(`models.${role}.fallback`, z.array(modelName).max(5), []),
  });

/**
 * `.github/planwright.yml` as it is written; keys stay as in the file. `models.*.model` may be missing, which means the operator's.
 * The JSON Schema for editors is generated from this.
 */
export const settingsSchema = z.strictObject({
  version: z.literal(1).default(1),
  trigger: section({
    labels: setting('trigger.labels', z.array(label).max(20), ['plan']),
    ignore_labels: setting('trigger.ignore_labels', z.array(label).max(20), ['no-plan']),
  }),
  models: section({ planner: model('planner', 'high'), executor: model('executor', 'low') }),
  plan: section({
    path: setting('plan.path', z.string().max(200).regex(PLAN_PATH), 'PLAN.md'),
    self_review: setting('plan.self_review', z.boolean(), true),
    final_review: setting('plan.final_review', z.boolean(), true),
    max_components: setting('plan.max_components', wholeNumber(1, 20), 8),
    instructions: setting('plan.instructions', text(10_000), ''),
  }),
  approval: section({
    by: setting(
      'approval.by',
      z
        .array(z.enum(['review', 'merge', 'command']))
        .min(1)
        .max(3),
      ['review', 'merge', 'command'],
    ),
    required: setting('approval.required', wholeNumber(1, 10), 1),
    allow_issue_author: setting('approval.allow_issue_author', z.boolean(), true),
  }),
  execution: section({
    strategy: setting('execution.strategy', z.enum(['stacked', 'merged']), 'stacked'),
    draft: setting('execution.draft', z.boolean(), true),
    max_parallel: setting('execution.max_parallel', wholeNumber(1, 20), 4),
    amend: setting('execution.amend', z.enum(['auto', 'off']), 'auto'),
    ci_fix_attempts: setting('execution.ci_fix_attempts', wholeNumber(0, 10), 2),
    max_turns: setting('execution.max_turns', wholeNumber(1, 200), 40),
    extra_paths: setting('execution.extra_paths', globs, []),
    protected_paths: setting('execution.protected_paths', globs, []),
    instructions: setting('execution.instructions', text(10_000), ''),
  }),
  budget: section({
    usd_per_task: setting('budget.usd_per_task', z.number().positive().nullable(), 10),
    tokens_per_task: setting('budget.tokens_per_task', z.int().positive().nullable(), null),
  }),
  checks: section({ all_pull_requests: setting('checks.all_pull_requests', z.boolean(), false) }),
});

export type WrittenSettings = z.output<typeof settingsSchema>;
