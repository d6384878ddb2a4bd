import { z } from 'zod';

/** What a component id may look like; `plan` is reserved because it names the plan's own branch. */
export const COMPONENT_ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
export const COMPONENT_ID_MAX = 40;

const line = z.string().min(1);
const markdown = z.string().min(1);
const componentId = z.string();

export const plannedFileSchema = z.strictObject({
  path: line,
  action: z.enum(['create', 'modify', 'delete']),
  change: line,
});

export const componentSchema = z.strictObject({
  id: componentId,
  title: line,
  purpose: markdown,
  depends_on: z.array(componentId),
  files: z.array(plannedFileSchema).min(1),
  contract: markdown,
  acceptance_criteria: z.array(line).min(1),
});

/** The plan as the planner submits it (tool `submit_plan`) and as PLAN.md is read back; keys stay as on the wire. */
export const planSchema = z.strictObject({
  title: line.max(72),
  overview: markdown,
  constraints: z.array(line),
  components: z.array(componentSchema).min(1),
  data_flow: z.array(z.strictObject({ from: line, to: line, what: line })),
  edge_cases: z.array(z.strictObject({ case: line, handling: line, component: componentId })).min(1),
  implementation_order: z.array(z.strictObject({ component: componentId, rationale: line })),
  trade_offs: z.array(z.strictObject({ decision: line, alternatives: z.array(line), reason: line })),
  risks: z.array(z.strictObject({ risk: line, mitigation: line })),
  open_questions: z.array(z.strictObject({ question: line, assumption: line })),
});

export type Plan = z.infer<typeof planSchema>;
export type Component = z.infer<typeof componentSchema>;
export type PlannedFile = z.infer<typeof plannedFileSchema>;
