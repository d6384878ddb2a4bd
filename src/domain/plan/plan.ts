import { z } from 'zod';
import { stripInvisible } from '../../text/invisible-characters.ts';
import { lineProblems, markdownProblems } from './markdown-field.ts';

/** The form of a component id; `plan` is reserved because it names the plan's own branch. */
const COMPONENT_ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const COMPONENT_ID_MAX = 40;

/** Characters. A component's texts together stay below the 65,536 that GitHub takes in a pull request's body. */
const LINE_MAX = 2_000;
const MARKDOWN_MAX = 20_000;
const TITLE_MAX = 72;
/** GitHub refuses pull request titles of more than 256 characters; ` (#N)` is added. */
const COMPONENT_TITLE_MAX = 200;

const CONTROL_IN_LINE = /[\p{Cc}\u2028\u2029]/u;
const CONTROL_IN_MARKDOWN = /[^\P{Cc}\n\t]|[\u2028\u2029]/u;

const tidyLine = (text: string): string => stripInvisible(text).trim();
const tidyMarkdown = (text: string): string => stripInvisible(text).replace(/\r\n?/g, '\n').trim();

// Surrounding white space and invisible characters are dropped rather than refused, because they are never intended. The pattern is
// the part of "a single line" that a JSON Schema can say in every provider's dialect.
const line = (max = LINE_MAX) =>
  z
    .string()
    .overwrite(tidyLine)
    .min(1, 'must not be blank')
    .max(max, `must have at most ${max} characters`)
    .regex(/^[^\r\n]*$/, 'must be a single line')
    .refine((text) => !CONTROL_IN_LINE.test(text.replace(/[\r\n]/g, '')), 'must not contain tabs or other control characters')
    .check((field) => {
      if (field.value.length > max) return;
      for (const message of lineProblems(field.value)) field.issues.push({ code: 'custom', message, input: field.value });
    });

const markdown = () =>
  z
    .string()
    .overwrite(tidyMarkdown)
    .min(1, 'must not be blank')
    .max(MARKDOWN_MAX, `must have at most ${MARKDOWN_MAX} characters`)
    .refine((text) => !CONTROL_IN_MARKDOWN.test(text), 'must not contain control characters')
    .check((field) => {
      if (field.value.length > MARKDOWN_MAX) return;
      for (const message of markdownProblems(field.value)) {
        field.issues.push({ code: 'custom', message, input: field.value });
      }
    });

const componentId = () =>
  z
    .string()
    .overwrite(tidyLine)
    .max(COMPONENT_ID_MAX, `must have at most ${COMPONENT_ID_MAX} characters`)
    .regex(COMPONENT_ID, 'must be lower-case words joined by single hyphens, such as rate-limit-middleware')
    .refine((id) => id !== 'plan', 'must not be "plan", which names the plan\'s own branch');

const plannedFileSchema = z.strictObject({
  path: line(1_000).describe('One exact path from the repository root, with forward slashes; never a pattern'),
  action: z.enum(['create', 'modify', 'delete']).describe('create only what does not exist, modify or delete only what does'),
  change: line().describe('What changes in this file and why, in one line'),
});

const componentSchema = z.strictObject({
  id: componentId().describe('Lower-case words joined by hyphens; names the branch. "plan" is reserved'),
  title: line(COMPONENT_TITLE_MAX).describe("The pull request's title, in the imperative"),
  purpose: markdown().describe('Why this component exists, in Markdown; headings only of level 5 or 6'),
  depends_on: z.array(componentId()).describe('Ids of the components whose code this one builds on; no cycles'),
  files: z
    .array(plannedFileSchema)
    .min(1)
    .describe('Every file this component touches, tests included. Two components share a file only if one depends on the other'),
  contract: markdown().describe(
    'Markdown: the names, signatures, data shapes and errors that nobody should have to invent; close every code fence; headings only of level 5 or 6',
  ),
  acceptance_criteria: z.array(line()).min(1).describe('Facts that can be checked by a test or by reading, one line each'),
});

/** Conventional Commits' words, and those that repositories add. */
const commitType = () =>
  z
    .string()
    .overwrite(tidyLine)
    .max(20, 'must have at most 20 characters')
    .regex(/^[a-z][a-z0-9-]*$/, 'must be one word in lower case, such as feat');
const commitScope = () =>
  z
    .string()
    .overwrite(tidyLine)
    .max(40, 'must have at most 40 characters')
    .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]*$/, 'must be one word, such as api');

/** The plan as the planner submits it (tool `submit_plan`) and as PLAN.md is read back; keys stay as on the wire. */
export const planSchema = z.strictObject({
  title: line(TITLE_MAX).describe('What will be true when the plan is done, in at most 72 characters'),
  overview: markdown().describe('The architecture in 3 to 5 sentences of Markdown; headings only of level 5 or 6'),
  constraints: z.array(line()).describe('What every component must respect: versions, conventions, what must not change'),
  components: z
    .array(componentSchema)
    .min(1)
    .describe('Units that can be built and reviewed one at a time; each becomes one pull request'),
  data_flow: z
    .array(
      z.strictObject({
        from: line().describe('A component id, or the name of something outside the plan'),
        to: line().describe('A component id, or the name of something outside the plan'),
        what: line().describe('What flows: the call, message or record'),
      }),
    )
    .describe('Who passes what to whom'),
  edge_cases: z
    .array(
      z.strictObject({
        case: line().describe('The situation'),
        handling: line().describe('What the code does then'),
        component: componentId().describe('The id of the component that handles it'),
      }),
    )
    .min(1)
    .describe('The three to five edge cases most likely to be forgotten'),
  implementation_order: z
    .array(
      z.strictObject({
        component: componentId().describe('A component id'),
        rationale: line().describe('Why it comes at this place'),
      }),
    )
    .describe('Every component exactly once, each after everything it depends on'),
  trade_offs: z
    .array(
      z.strictObject({
        decision: line().describe('What was decided'),
        alternatives: z.array(line()).describe('What was considered instead'),
        reason: line().describe('Why the decision wins'),
      }),
    )
    .describe('Decisions that could reasonably have gone another way'),
  risks: z
    .array(
      z.strictObject({
        risk: line().describe('What could go wrong with this approach'),
        mitigation: line().describe('What the plan does about it'),
      }),
    )
    .describe('What could go wrong although the plan is followed'),
  open_questions: z
    .array(
      z.strictObject({
        question: line().describe('What the repository and the issue leave open'),
        assumption: line().describe('What the plan assumes until somebody answers'),
      }),
    )
    .describe('Questions that do not block the plan'),
});

/** What Conventional Commits want to know of a component. */
const classifiedShape = {
  type: commitType().describe(
    'The Conventional Commits type of the component: feat, fix, docs, refactor, perf, test, build, ci or chore, or another one that the repository uses',
  ),
  scope: commitScope()
    .nullable()
    .describe(
      'The Conventional Commits scope: the part of the repository it is about, in one word that its history uses; null for none',
    ),
};

/** The same where the repository's titles or commit messages name a type or a scope. */
export const classifiedPlanSchema = planSchema.extend({
  components: z
    .array(componentSchema.extend(classifiedShape))
    .min(1)
    .describe(planSchema.shape.components.description ?? ''),
});

/** Any plan, as it is read back from PLAN.md: without type and scope where nobody asked for them, and without a scope that is none. */
export const anyPlanSchema = planSchema.extend({
  components: z
    .array(componentSchema.extend({ type: commitType().exactOptional(), scope: commitScope().exactOptional() }))
    .min(1),
});

/** A submitted plan without scopes that are none, as PLAN.md has it. */
export const withoutEmptyScopes = (plan: z.infer<typeof planSchema> | z.infer<typeof classifiedPlanSchema>): Plan => ({
  ...plan,
  components: plan.components.map((component) => {
    if (!('scope' in component) || component.scope !== null) return component as Component;
    const { scope: _, ...rest } = component;
    return rest;
  }),
});

export type Plan = z.infer<typeof anyPlanSchema>;
export type Component = Plan['components'][number];
export type PlannedFile = z.infer<typeof plannedFileSchema>;
