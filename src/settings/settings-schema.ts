import { z } from 'zod';
import { MODEL_NAME } from './model-name.ts';
import { FILE_GLOB, GLOB, PLAN_PATH, WORKFLOW_FILE } from './repository-path.ts';
import { branches, commits, pullRequests, triggerRules } from './repository-rules.ts';
import { label, section, setting, text, wholeNumber } from './schema-parts.ts';

const globs = (form: RegExp) => z.array(z.string().max(300).regex(form)).max(100);
const modelName = z.string().regex(MODEL_NAME);

const model = (effort: 'low' | 'high') =>
  section({
    model: modelName.optional(),
    effort: setting(z.enum(['low', 'medium', 'high']), effort),
    fallback: setting(z.array(modelName).max(5), []),
  });

/**
 * `.github/planwright.yml` as it is written; keys stay as in the file. `models.*.model` may be missing, which means the operator's.
 * The JSON Schema for editors is generated from this.
 */
export const settingsSchema = z.strictObject({
  version: z.literal(1).default(1),
  trigger: section({
    labels: setting(z.array(label).max(20), ['plan']),
    ignore_labels: setting(z.array(label).max(20), ['no-plan']),
    ...triggerRules,
  }),
  models: section({ planner: model('high'), executor: model('low') }),
  plan: section({
    path: setting(z.string().max(200).regex(PLAN_PATH), 'PLAN.md'),
    self_review: setting(z.boolean(), true),
    final_review: setting(z.boolean(), true),
    max_components: setting(wholeNumber(1, 20), 8),
    instructions: setting(text(10_000), ''),
  }),
  approval: section({
    by: setting(
      z
        .array(z.enum(['review', 'merge', 'command']))
        .min(1)
        .max(3),
      ['review', 'merge', 'command'],
    ),
    required: setting(wholeNumber(1, 10), 1),
    allow_issue_author: setting(z.boolean(), true),
  }),
  execution: section({
    strategy: setting(z.enum(['stacked', 'merged']), 'stacked'),
    draft: setting(z.boolean(), true),
    max_parallel: setting(wholeNumber(1, 20), 4),
    amend: setting(z.enum(['auto', 'off']), 'auto'),
    ci_fix_attempts: setting(wholeNumber(0, 10), 2),
    max_turns: setting(wholeNumber(1, 200), 40),
    review: setting(z.enum(['planner', 'executor', 'off']), 'off'),
    workflow: setting(z.string().max(100).regex(WORKFLOW_FILE).nullable(), null),
    generated_paths: setting(globs(FILE_GLOB), []),
    extra_paths: setting(globs(FILE_GLOB), []),
    protected_paths: setting(globs(GLOB), []),
    instructions: setting(text(10_000), ''),
  }),
  budget: section({
    usd_per_task: setting(z.number().positive().nullable(), 10),
    tokens_per_task: setting(z.int().positive().nullable(), null),
    usd_per_month: setting(z.number().positive().nullable(), null),
  }),
  branches,
  pull_requests: pullRequests,
  commits,
  checks: section({ all_pull_requests: setting(z.boolean(), false) }),
});

export type WrittenSettings = z.output<typeof settingsSchema>;
