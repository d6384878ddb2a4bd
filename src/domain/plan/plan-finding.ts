import type { ZodError } from 'zod';
import { failure, type Outcome, success } from '../outcome.ts';
import { anyPlanSchema, type Plan } from './plan.ts';

/** A place in the plan, as keys and 0-based indices from its root: `['components', 0, 'files', 1, 'path']`. */
export type PlanPath = readonly (string | number)[];

/** One thing that is wrong with a plan, phrased so that a model or a person can fix it. */
export interface PlanFinding {
  /** `shape`, or the name of a soundness rule. */
  readonly rule: string;
  /** A whole sentence; it names the component and the file it speaks of. */
  readonly message: string;
  readonly at: PlanPath;
  /** The id of the component it is about. */
  readonly component?: string;
  /** The file it is about. */
  readonly path?: string;
}

/** Parses what a model submitted as a plan; a failure lists everything that is wrong with its shape at once. */
export function readPlan(input: unknown): Outcome<Plan, PlanFinding[]> {
  const result = anyPlanSchema.safeParse(input);
  return result.success ? success(result.data) : failure(shapeFindings(result.error));
}

const shapeFindings = (error: ZodError): PlanFinding[] =>
  error.issues.map(({ path, message }) => {
    const at = path.map((key) => (typeof key === 'symbol' ? String(key) : key));
    return { rule: 'shape', message: `${renderPath(at)}: ${message}`, at };
  });

/** `components[0].files[1].path`; the plan itself is `plan`. */
const renderPath = (at: PlanPath): string =>
  at.reduce<string>((text, key) => (typeof key === 'number' ? `${text}[${key}]` : text ? `${text}.${key}` : key), '') || 'plan';
