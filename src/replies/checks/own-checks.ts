import type { Limits } from '../../domain/model/budget.ts';
import type { Forecast } from '../../domain/plan/estimate.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { OTHER_PULL, RESERVED_BRANCH } from '../../domain/task/checks.ts';
import type { Annotation, CheckReport, CheckRun } from '../../ports/forge/checks.ts';
import { inlineCode, sanitizeLine } from '../../text/sanitize-markdown.ts';
import { estimateLine, estimateReasoning } from '../phrases/estimate.ts';
import { sensitiveFiles } from '../phrases/sensitive-files.ts';

export const PLAN_CHECK = 'planwright / plan';
export const SCOPE_CHECK = 'planwright / scope';

/**
 * Checks belong to commits, and anyone with a branch can make one the head of another pull request. So each says by its
 * `externalId` what was checked, and a verdict on something else counts for nothing. These are the ids, in one place.
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
    `${firstOf(plan)}The plan is complete and consistent. Work starts when it is approved.`,
    '',
    ...order(plan),
    '',
    estimateLine(forecast, limits),
    '',
    estimateReasoning(forecast, plan.components.length),
  ].join('\n'),
  annotations: [],
});

const firstOf = (plan: Plan): string => (sensitiveFiles(plan) === '' ? '' : `${sensitiveFiles(plan)}\n\n`);

/** The graph in words: GitHub documents diagrams for issues, pull requests and files, but not for checks. */
function order({ components, implementation_order }: Plan): string[] {
  const line = (id: string, i: number): string => {
    const { title = '', depends_on = [] } = components.find((c) => c.id === id) ?? {};
    const after = depends_on.length === 0 ? '' : `, after ${depends_on.map((d) => `\`${d}\``).join(', ')}`;
    return `${i + 1}. \`${id}\` (${sanitizeLine(title)})${after}`;
  };
  return ['**Order:**', '', ...implementation_order.map((o, i) => line(o.component, i))];
}

/** @param base the branch that the task began for; null: the default branch. */
export const planIsForAnotherBase = (base: string | null): string =>
  base === null
    ? 'The task is for the default branch. Remove the branch from this line; a task for another one begins with `/plan --base BRANCH`.'
    : `The task is for \`${base}\`. Write "for \`${base}\`" in this line; a task for another branch begins with \`/plan --base BRANCH\`.`;

/** `blob` is null where there is no such file. `line` is 1-based, in the plan's file. */
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
    `\`${path}\` cannot be used as it is:`,
    '',
    ...findings.map((f) => `- line ${f.line}: ${sanitizeLine(f.message)}`),
    '',
    'Fix the file in this pull request, or comment `/replan`.',
  ].join('\n'),
  annotations: findings.map((f): Annotation => ({ path, line: f.line, level: 'failure', message: f.message })),
});

/** On a component's pull request. */
export const madeFromApprovedPlan = (blob: string): CheckReport => ({
  name: PLAN_CHECK,
  externalId: madeFromId(blob, true),
  conclusion: 'success',
  title: `Made from the approved plan ${blob.slice(0, 12)}`,
  summary: `This component follows the approved plan (blob \`${blob}\`).`,
  annotations: [],
});

export const madeFromFormerPlan = (blob: string): CheckReport => ({
  name: PLAN_CHECK,
  externalId: madeFromId(blob, false),
  conclusion: 'failure',
  title: `Made from plan ${blob.slice(0, 12)}, which is no longer approved`,
  summary: [
    `The plan that this component was made from (blob \`${blob}\`) was edited, is being revised, or has lost its approval.`,
    'This check succeeds once a plan with the same component is approved. If the new plan changes the component, it is made again.',
  ].join(' '),
  annotations: [],
});

/** It neither turns a failure green nor blocks what was green. */
export const pausedByLock = (issue: number, { conclusion }: { readonly conclusion: string | null }): CheckReport => ({
  name: PLAN_CHECK,
  externalId: 'paused:locked',
  conclusion: conclusion === 'success' ? 'success' : 'failure',
  title: `Paused, because issue ${issue} is locked`,
  summary: `GitHub accepts no comments by Apps on a locked issue, so Planwright does nothing more for it. It continues as soon as issue ${issue} is unlocked.`,
  annotations: [],
});

export const withinScope = (id: string, spec: string, files: number): CheckReport => ({
  name: SCOPE_CHECK,
  externalId: scopeCheckId(id, spec),
  conclusion: 'success',
  title: `${id}: ${files} ${files === 1 ? 'file' : 'files'}, all in the plan`,
  summary: 'Every changed file is one that the approved plan lists for this component or that `execution.extra_paths` allows.',
  annotations: [],
});

/** Annotations cost a request for each 50. The summary has the rest, as far as GitHub accepts it. */
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
    'These files are outside the approved plan, or no plan may change them:',
    '',
    ...findings.map((f) => `- ${inlineCode(f.path)} ${f.reason}.`),
    '',
    'Remove these changes, or comment `/replan` to change the plan.',
  ].join('\n'),
  annotations: findings
    .slice(0, ANNOTATED)
    .map((f): Annotation => ({ path: f.path, line: 1, level: 'failure', message: `${f.path} ${f.reason}.` })),
});

export const scopeUnknown = (id: string, spec: string, blob: string): CheckReport => ({
  name: SCOPE_CHECK,
  externalId: scopeCheckId(id, spec),
  conclusion: 'failure',
  title: `${id}: its plan cannot be read`,
  summary: `The blob \`${blob}\` is gone or cannot be read as a plan, so it is not known which files this component may change.`,
  annotations: [],
});

/** On the plan's pull request. */
export const onlyPlanFileChanged = (path: string): CheckReport => ({
  name: SCOPE_CHECK,
  externalId: PLAN_SCOPE_ID,
  conclusion: 'success',
  title: `Only ${path}`,
  summary: `This pull request changes \`${path}\` and nothing else.`,
  annotations: [],
});

export const otherFilesInPlanPull = (path: string, others: readonly string[]): CheckReport => {
  const message = `A plan's pull request may change only ${path}.`;
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
  summary: `The branch shares no commit with its base branch, so it cannot be checked that it changes only ${inlineCode(path)}.`,
  annotations: [],
});

/** For a commit of a merge queue: what was found at the head of the pull request whose turn it is. */
export const queuedCheck = (
  { name, conclusion, title, externalId }: Pick<CheckRun, 'name' | 'conclusion' | 'title' | 'externalId'>,
  number: number,
  head: string,
): CheckReport => ({
  name,
  externalId: `queue:${number}:${externalId ?? 'unknown'}`.slice(0, 150),
  conclusion: conclusion === 'success' || conclusion === 'neutral' ? conclusion : 'failure',
  title: title ?? 'As at the head of the pull request',
  summary: `The merge queue made this commit to merge #${number}. The result is that of the same check at its head, ${head.slice(0, 12)}.`,
  annotations: [],
});

export const queuedUnchecked = (name: string, number: number, head: string): CheckReport => ({
  name,
  externalId: `queue:${number}:unchecked`,
  conclusion: 'failure',
  title: 'The pull request is not checked yet',
  summary: `The merge queue made this commit to merge #${number}, whose head ${head.slice(0, 12)} has no finished check of this name. Queue it again when it has.`,
  annotations: [],
});

/** On other people's pull requests, where the settings want these checks: Planwright must not block them. */
export const notOurPullRequest = (name: string): CheckReport => ({
  name,
  externalId: OTHER_PULL,
  conclusion: 'success',
  title: 'Not a Planwright pull request',
  summary:
    'This check is for pull requests that Planwright opens. It succeeds on all others, so that it can be required (`checks.all_pull_requests`).',
  annotations: [],
});

/** A success would let the bot's work pass unchecked as a person's work. */
export const fromReservedBranch = (name: string): CheckReport => ({
  name,
  externalId: RESERVED_BRANCH,
  conclusion: 'failure',
  title: 'From a Planwright branch, but not opened by Planwright',
  summary:
    'Branches with such a name are reserved for Planwright, and only its own pull requests from them are checked against a plan. To continue this work yourself, push it to a branch with another name and open the pull request from there.',
  annotations: [],
});
