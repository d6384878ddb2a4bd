import type { Plan } from '../domain/plan.ts';
import type { Annotation, CheckReport } from '../ports/forge.ts';
import { inlineCode, tameLine } from './tame.ts';

export const PLAN_CHECK = 'planwright / plan';
const SCOPE_CHECK = 'planwright / scope';

export const planIsSound = (plan: Plan): CheckReport => ({
  name: PLAN_CHECK,
  conclusion: 'success',
  title: `Sound: ${plan.components.length} ${plan.components.length === 1 ? 'component' : 'components'}`,
  summary: 'The plan can be read back and every rule of soundness holds. It starts when it is approved.',
  annotations: [],
});

/** `line` is where PLAN.md says it, 1-based. */
export const planIsUnsound = (
  path: string,
  findings: readonly { readonly line: number; readonly message: string }[],
): CheckReport => ({
  name: PLAN_CHECK,
  conclusion: 'failure',
  title: `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'} in ${path}`,
  summary: [
    `\`${path}\` cannot be carried out as it is:`,
    '',
    ...findings.map((f) => `- line ${f.line}: ${tameLine(f.message)}`),
    '',
    'Edit the file in this pull request, or comment `/replan`.',
  ].join('\n'),
  annotations: findings.map((f): Annotation => ({ path, line: f.line, level: 'failure', message: f.message })),
});

export const withinScope = (files: number): CheckReport => ({
  name: SCOPE_CHECK,
  conclusion: 'success',
  title: `${files} ${files === 1 ? 'file' : 'files'}, all in the plan`,
  summary: 'Every changed file is one the approved plan lists for this component (or `execution.extra_paths` allows).',
  annotations: [],
});

/** Annotations cost a request for each 50; what is more stands in the summary, as far as GitHub takes it. */
const ANNOTATED = 200;

/** `reason` is the end of a sentence that begins with the path. */
export const outsideScope = (findings: readonly { readonly path: string; readonly reason: string }[]): CheckReport => ({
  name: SCOPE_CHECK,
  conclusion: 'failure',
  title: `${findings.length} ${findings.length === 1 ? 'file is' : 'files are'} outside the plan`,
  summary: [
    'The approved plan, and what no plan may allow, decide which files this pull request changes. These are not among them:',
    '',
    ...findings.map((f) => `- ${inlineCode(f.path)} ${f.reason}.`),
    '',
    'Take these changes out, or comment `/replan` to have the plan say otherwise.',
  ].join('\n'),
  annotations: findings
    .slice(0, ANNOTATED)
    .map((f): Annotation => ({ path: f.path, line: 1, level: 'failure', message: `${f.path} ${f.reason}.` })),
});
