import type { Plan } from '../domain/plan.ts';
import type { Annotation, CheckReport } from '../ports/forge.ts';

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
    ...findings.map((f) => `- line ${f.line}: ${f.message}`),
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

export const outsideScope = (findings: readonly { readonly path: string; readonly reason: string }[]): CheckReport => ({
  name: SCOPE_CHECK,
  conclusion: 'failure',
  title: `${findings.length} ${findings.length === 1 ? 'file is' : 'files are'} outside the plan`,
  summary: findings.map((f) => `- \`${f.path}\`: ${f.reason}`).join('\n'),
  annotations: findings.map((f): Annotation => ({ path: f.path, line: 1, level: 'failure', message: f.reason })),
});
