import type { Limits } from '../../domain/model/budget.ts';
import type { Forecast } from '../../domain/plan/estimate.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { Annotation, CheckReport } from '../../ports/forge/checks.ts';
import { inlineCode, sanitizeLine } from '../../text/sanitize-markdown.ts';
import { forecastSentence } from '../phrases/estimate.ts';

export const PLAN_CHECK = 'planwright / plan';
export const SCOPE_CHECK = 'planwright / scope';

/**
 * Checks belong to commits, and anybody with a branch can make one the head of another pull request. So each says by its `externalId` what
 * was looked at, and a verdict on something else counts for nothing. These are the ids, in one place.
 */
export const planCheckId = (blob: string | null): string => `plan:${blob ?? 'missing'}`;
export const PLAN_SCOPE_ID = 'scope:plan';
export const scopeCheckId = (id: string, spec: string): string => `scope:${id}:${spec}`;
const madeFromId = (blob: string, isApproved: boolean): string => `made-from:${blob}:${isApproved ? 'approved' : 'former'}`;

/** `blob` is that of the PLAN.md that was checked. */
export const planIsSound = (blob: string, plan: Plan, forecast: Forecast, limits: Limits): CheckReport => ({
  name: PLAN_CHECK,
  externalId: planCheckId(blob),
  conclusion: 'success',
  title: `Sound: ${plan.components.length} ${plan.components.length === 1 ? 'component' : 'components'}`,
  summary: [
    'The plan can be read back and every rule of soundness holds. It starts when it is approved.',
    '',
    ...order(plan),
    '',
    forecastSentence(forecast, plan.components.length, limits),
  ].join('\n'),
  annotations: [],
});

/** The graph in words: GitHub promises to draw diagrams in issues, pull requests and files, and does not name checks. */
function order({ components, implementation_order }: Plan): string[] {
  const line = (id: string, i: number): string => {
    const { title = '', depends_on = [] } = components.find((c) => c.id === id) ?? {};
    const after = depends_on.length === 0 ? '' : `, after ${depends_on.map((d) => `\`${d}\``).join(', ')}`;
    return `${i + 1}. \`${id}\` (${sanitizeLine(title)})${after}`;
  };
  return ['**Order**, each on what it depends on:', '', ...implementation_order.map((o, i) => line(o.component, i))];
}

/** `blob` is null where there is no such file. `line` is where PLAN.md says it, 1-based. */
export const planIsUnsound = (
  path: string,
  blob: string | null,
  findings: readonly { readonly line: number; readonly message: string }[],
): CheckReport => ({
  name: PLAN_CHECK,
  externalId: planCheckId(blob),
  conclusion: 'failure',
  title: `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'} in ${path}`,
  summary: [
    `\`${path}\` cannot be carried out as it is:`,
    '',
    ...findings.map((f) => `- line ${f.line}: ${sanitizeLine(f.message)}`),
    '',
    'Edit the file in this pull request, or comment `/replan`.',
  ].join('\n'),
  annotations: findings.map((f): Annotation => ({ path, line: f.line, level: 'failure', message: f.message })),
});

/** On a component's pull request. */
export const madeFromApprovedPlan = (blob: string): CheckReport => ({
  name: PLAN_CHECK,
  externalId: madeFromId(blob, true),
  conclusion: 'success',
  title: `Made from the approved plan ${blob.slice(0, 12)}`,
  summary: `This component was made from the text of the plan that is approved now (blob \`${blob}\`).`,
  annotations: [],
});

export const madeFromFormerPlan = (blob: string): CheckReport => ({
  name: PLAN_CHECK,
  externalId: madeFromId(blob, false),
  conclusion: 'failure',
  title: `Made from plan ${blob.slice(0, 12)}, which is not approved any more`,
  summary: [
    `The text this component was made from (blob \`${blob}\`) was edited, is being planned anew, or is not approved any more.`,
    'Once a plan is approved that has this component as it is, this check succeeds; one that changes it has it made again.',
  ].join(' '),
  annotations: [],
});

export const withinScope = (id: string, spec: string, files: number): CheckReport => ({
  name: SCOPE_CHECK,
  externalId: scopeCheckId(id, spec),
  conclusion: 'success',
  title: `${id}: ${files} ${files === 1 ? 'file' : 'files'}, all in the plan`,
  summary: 'Every changed file is one the approved plan lists for this component (or `execution.extra_paths` allows).',
  annotations: [],
});

/** Annotations cost a request for each 50; what is more stands in the summary, as far as GitHub takes it. */
const ANNOTATED = 200;

/** `reason` is the end of a sentence that begins with the path. */
export const outsideScope = (
  id: string,
  spec: string,
  findings: readonly { readonly path: string; readonly reason: string }[],
): CheckReport => ({
  name: SCOPE_CHECK,
  externalId: scopeCheckId(id, spec),
  conclusion: 'failure',
  title: `${id}: ${findings.length} ${findings.length === 1 ? 'file is' : 'files are'} outside the plan`,
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

export const scopeUnknown = (id: string, spec: string, blob: string): CheckReport => ({
  name: SCOPE_CHECK,
  externalId: scopeCheckId(id, spec),
  conclusion: 'failure',
  title: `${id}: the plan it was made from cannot be read`,
  summary: `The blob \`${blob}\` is not there any more or cannot be read back, so nobody knows which files this component may change.`,
  annotations: [],
});

/** On the plan's own pull request. */
export const onlyThePlan = (path: string): CheckReport => ({
  name: SCOPE_CHECK,
  externalId: PLAN_SCOPE_ID,
  conclusion: 'success',
  title: `Only ${path}`,
  summary: `This pull request changes \`${path}\` and nothing else.`,
  annotations: [],
});

export const besidesThePlan = (path: string, others: readonly string[]): CheckReport => {
  const message = `A plan's pull request holds ${path} and nothing else.`;
  return {
    name: SCOPE_CHECK,
    externalId: PLAN_SCOPE_ID,
    conclusion: 'failure',
    title: `${others.length} ${others.length === 1 ? 'file' : 'files'} besides ${path}`,
    summary: [message, '', ...others.map((other) => `- ${inlineCode(other)}`)].join('\n'),
    annotations: others.map((other): Annotation => ({ path: other, line: 1, level: 'failure', message })),
  };
};

export const unrelated = (path: string): CheckReport => ({
  name: SCOPE_CHECK,
  externalId: PLAN_SCOPE_ID,
  conclusion: 'failure',
  title: 'Nothing in common with the base branch',
  summary: `The branch shares no commit with the one it is to be merged into, so it cannot be told that it changes only ${inlineCode(path)}.`,
  annotations: [],
});

/** On everybody else's pull requests, where the settings ask for it: they are nobody's to hold up. */
export const notPlanwrights = (name: string): CheckReport => ({
  name,
  externalId: 'other-pull-request',
  conclusion: 'success',
  title: 'Not a pull request of Planwright',
  summary:
    'This check is about pull requests that Planwright opens. On others it succeeds, so that it can be required (`checks.all_pull_requests`).',
  annotations: [],
});

/** Green would let the bot's work pass unchecked as somebody's own. */
export const fromReservedBranch = (name: string): CheckReport => ({
  name,
  externalId: 'reserved-branch',
  conclusion: 'failure',
  title: 'From a branch of Planwright, but not opened by it',
  summary:
    'Branches under `planwright/` hold what Planwright makes, and only its own pull requests from them are held to a plan. To go on with this work by yourself, push it to a branch of another name and open the pull request from there.',
  annotations: [],
});
