import type { PlanDiff } from '../../domain/plan/plan-diff.ts';
import type { Blocker, Question, TaskState } from '../../domain/task/task.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import type { CheckRun } from '../../ports/forge/checks.ts';
import { inlineCode, quote, sanitizeLine, sanitizeMarkdown } from '../../text/sanitize-markdown.ts';
import { sanitizeWithin } from '../../text/truncate-markdown.ts';

/** Characters of a model's text in a comment, taming and our own words left room for. */
const MOST = 50_000;

/** Every reply the bot writes under a comment, one function a sentence. Pure: values in, Markdown out. */

export const needsWriteAccess = (login: string): string =>
  `@${login}, Planwright takes commands only from people with write access to this repository. Nothing was changed.`;

export const labelNeedsWriteAccess = (login: string): string =>
  `@${login}, planning starts only when somebody with write access sets the label. Nothing was started.`;

export const approvalNeedsWriteAccess = (login: string): string =>
  `@${login}, thank you for reviewing. A plan is approved only by people with write access, so nothing starts from this review.`;

export const ignoredByLabel = (label: string): string =>
  `This issue carries the label \`${label}\`, so it is not planned. Remove the label and ask again.`;

export const issueIsClosed = (): string => 'This issue is closed. Reopen it and ask again.';

export const issueWasEdited = (issue: number): string =>
  `The text of #${issue} was changed after planning was asked for. Read it as it is now and comment \`/plan\` on #${issue} to plan from it (\`/replan\` when there is a plan already).`;

export const stoppedByEdit = (login: string): string =>
  `@${login} changed this issue after planning was asked for, so the task stopped. A writer reads it as it is now and comments \`/plan\` to plan from it, or \`/execute\` to go on with the plan there is.`;

export const notedEdit = (login: string): string =>
  `@${login} changed this issue after its plan was approved. The approved plan is implemented as it is. To have the change planned, a writer comments \`/replan\`.`;

export const nothingToExecute = (): string => 'There is no plan to execute. Comment `/plan` on the issue to make one.';

export const commandDoesNotApprove = (ways: readonly string[]): string =>
  `This repository's settings (\`approval.by\`) do not let \`/execute\` approve a plan; ${ways.join(' or ')} does. Nothing was started.`;

export const authorMayNotApprove = (): string =>
  "This repository's settings (`approval.allow_issue_author: false`) ask for somebody other than the issue's author to approve. Nothing was started.";

export function planNotChecked(check: CheckRun | null, file: { readonly ok: boolean } | null): string {
  if (file?.ok === false || check?.conclusion === 'failure') {
    return 'The check `planwright / plan` failed on this plan, so it cannot be executed. Its annotations say which lines; mend them in the pull request, or comment `/replan`.';
  }
  return 'The check `planwright / plan` had not finished when this was written, so what it approves is not certain. Look at the plan and comment `/execute` again.';
}

export const approvalsMissing = (by: readonly string[], required: number): string =>
  `Approved by ${people(by)}: ${by.length} of ${required} approvals. Execution starts with the next ${required - by.length === 1 ? 'one' : required - by.length}.`;

export const unknownComponents = (unknown: readonly string[], known: readonly string[]): string =>
  `No component of this plan is called ${list(unknown)}. ${known.length > 0 ? `There are ${list(known)}.` : 'No component has been started yet: `/execute` without names approves the plan and starts them.'}`;

export const nothingToRestart = (asked: readonly (readonly [string, string])[]): string =>
  `Nothing to start again: ${asked.map(([id, state]) => `\`${id}\` is ${state}`).join(', ')}.`;

export const heldByDropped = (held: readonly (readonly [string, string])[]): string =>
  `${held.map(([id, by]) => `\`${id}\` depends on \`${by}\`, which was dropped`).join('; ')}. \`/execute ${[...new Set(held.map(([, by]) => by))].join(' ')}\` has that made again, and what is held goes on with it.`;

export const reopened = (): string =>
  'This task had stopped and stays so. `/execute` goes on with an approved plan; `/plan` plans anew.';

export const settingsBroken = (findings: readonly { readonly line: number; readonly message: string }[]): string =>
  [
    '`.github/planwright.yml` cannot be used, so nothing new is started:',
    '',
    ...findings.map((f) => `- line ${f.line}: ${f.message}`),
    '',
    'Mend the file on the default branch and ask again.',
  ].join('\n');

export const planningFailed = (reason: string): string =>
  [
    sanitizeMarkdown(`Planning stopped: ${reason}`),
    '',
    'Nothing was changed in the repository. `/replan` tries again; text after it is given to the planner as feedback.',
  ].join('\n');

export const questions = (asked: readonly Question[]): string =>
  [
    'The planner needs to know something before it can plan:',
    '',
    ...asked.map((q, i) => `${i + 1}. ${sanitizeLine(q.question)}\n   - Why it matters: ${sanitizeLine(q.why)}`),
    '',
    'Answer in comments here, then somebody with write access comments `/plan` (answers may follow it in the same comment).',
  ].join('\n');

export const blocked = (id: string, b: Blocker, amending: boolean): string =>
  [
    `\`${id}\` is blocked: carrying out the plan as written turned out to be ${BLOCKER_WORDS[b.kind]}.`,
    '',
    `**The plan says**\n\n${quote(b.plan_clause)}`,
    '',
    `**What was found**\n\n${quote(b.evidence)}`,
    '',
    `**What the executor proposes**\n\n${quote(b.proposal)}`,
    '',
    `The plan was not touched; what depends on \`${id}\` waits, the rest goes on. ${amending ? 'The planner is making the next revision from this.' : `\`/replan\` makes a new revision, or \`/execute ${id}\` tries again.`}`,
  ].join('\n');

const BLOCKER_WORDS: Record<Blocker['kind'], string> = {
  impossible: 'impossible',
  contradiction: 'a contradiction',
  missing_context: 'impossible without something the plan does not say',
  out_of_scope: 'possible only by changing files outside the component',
};

export const componentFailed = (id: string, reason: string): string =>
  [
    sanitizeMarkdown(`\`${id}\` stopped: ${reason}`),
    '',
    `No pull request was changed. \`/execute ${id}\` tries again; \`/replan\` changes the plan.`,
  ].join('\n');

export function planCarriedOut(record: TaskRecord): string {
  const pulls = Object.entries(record.components).filter(([, c]) => c.state === 'merged' && c.pull !== null);
  return [
    'Every component of this plan is merged, so this pull request is closed without being merged. What came of it:',
    '',
    ...pulls.map(([id, c]) => `- \`${id}\`: #${c.pull}`),
  ].join('\n');
}

/** Some components were merged, these were dropped: what is left is for people to decide. */
export function leftOver(dropped: readonly string[]): string {
  const ids = dropped.map((id) => `\`${id}\``).join(', ');
  return [
    `Every component is merged except ${ids}, which ${dropped.length === 1 ? 'was' : 'were'} closed without being merged, so this issue stays open.`,
    `\`/execute ${dropped.join(' ')}\` makes ${dropped.length === 1 ? 'it' : 'them'} again; close the issue if nothing is missing.`,
  ].join(' ');
}

export const finalReview = (text: string): string =>
  [
    'Every component is merged. The planner compared the result with the acceptance criteria of the approved plan:',
    '',
    sanitizeWithin(text, MOST, 'what follows was longer than a comment can be; `/ask` about a component to read on'),
  ].join('\n');

export const finalReviewFailed = (reason: string): string =>
  sanitizeMarkdown(`Every component is merged. The result could not be compared with the plan's acceptance criteria: ${reason}`);

export const asked = (by: string, text: string): string =>
  [
    `@${by}`,
    '',
    sanitizeWithin(text, MOST, 'what follows was longer than a comment can be; ask for the rest with `/ask`'),
    '',
    '<sub>The plan was not changed.</sub>',
  ].join('\n');

export const askFailed = (reason: string): string =>
  sanitizeMarkdown(`The question could not be answered: ${reason} Ask again with \`/ask\`.`);

export const nothingToAsk = (): string => 'Write the question behind the command: `/ask Why not use the cache?`';

export const planIsStale = (files: readonly string[]): string =>
  [
    'These files have changed on the base branch since the plan was made:',
    '',
    ...files.map((f) => `- ${inlineCode(f)}`),
    '',
    'Nothing was started. `/replan` makes the plan anew from what is there now; `/execute` once more goes on with the plan as it is.',
  ].join('\n');

export const planRevised = (revision: number, diff: PlanDiff): string => {
  const names = (ids: readonly string[]): string => (ids.length === 0 ? 'none' : list(ids));
  return [
    `Revision ${revision}. What it means for the work:`,
    '',
    `- added: ${names(diff.added)}`,
    `- removed: ${names(diff.removed)}`,
    ...(diff.changed.length === 0
      ? ['- changed: none']
      : diff.changed.map((c) => `- changed: \`${c.id}\` (${c.parts.join(', ')})`)),
    `- unchanged: ${names(diff.unchanged)}`,
    ...(diff.plan.length > 0 ? [`- also different: ${diff.plan.join(', ')}`] : []),
    '',
    'Approvals of the former text do not count for what is added or changed.',
  ].join('\n');
};

/** The answer to `/status`: one sentence and the way to the rest. */
export function status(state: TaskState | 'none', record: TaskRecord, url: string | null): string {
  const counts = new Map<string, number>();
  for (const c of Object.values(record.components)) counts.set(c.state, (counts.get(c.state) ?? 0) + 1);
  const parts = [...counts].map(([s, n]) => `${n} ${s}`);
  const plan = record.planPull === null ? '' : ` The plan is #${record.planPull}, revision ${record.planning.revision}.`;
  return `State: **${state}**.${plan}${parts.length > 0 ? ` Components: ${parts.join(', ')}.` : ''}${url ? ` [Details](${url})` : ''}`;
}

export const help = (): string =>
  [
    'Write one of these on the first line of a comment. Only people with write access are listened to.',
    '',
    '| command | where | what it does |',
    '|---|---|---|',
    '| `/plan [notes]` | issue | plans the issue, as the label does |',
    '| `/replan [feedback]` | issue, plan pull request | makes a new revision of the plan |',
    '| `/ask QUESTION` | plan pull request, issue | asks the planner; the plan stays as it is |',
    "| `/execute [ID ...]` | issue, any of its pull requests | approves the plan's present text and starts it; with ids: starts these again |",
    '| `/revise [notes]` | component pull request | addresses the notes and all unresolved review comments in one commit |',
    '| `/cancel` | issue, any of its pull requests | stops what is running; `/execute` resumes |',
    '| `/status`, `/help` | anywhere there is a task | the state, or this table |',
    '',
    '`/planwright WORD` is the same as `/WORD`.',
  ].join('\n');

const list = (ids: readonly string[]): string => ids.map((id) => `\`${id}\``).join(', ');
const people = (logins: readonly string[]): string => (logins.length === 0 ? 'nobody' : logins.map((l) => `@${l}`).join(', '));
