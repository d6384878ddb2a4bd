import type { PlanDiff } from '../../domain/plan/plan-diff.ts';
import type { Blocker, Question, TaskState } from '../../domain/task/task.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import type { CheckRun } from '../../ports/forge/checks.ts';
import type { CapState } from '../../ports/spend.ts';
import { inlineCode, quote, sanitizeLine, sanitizeMarkdown } from '../../text/sanitize-markdown.ts';
import { sanitizeWithin } from '../../text/truncate-markdown.ts';
import { describeCaps } from '../phrases/budget.ts';
import { approvalWays, joinNames } from '../phrases/join-names.ts';

/** Characters of a model's text in a comment; sanitizing and our own words need the rest. */
const MOST = 50_000;

/** The bot's replies to comments, one function each. Pure: values in, Markdown out. */

export const needsWriteAccess = (login: string): string =>
  `@${login}, only people with write access to this repository can use Planwright's commands. Nothing was changed.`;

export const tooManyCommands = (login: string): string =>
  `@${login}, you have sent more commands in a minute than Planwright accepts from one person. This one was ignored; wait a minute and repeat it.`;

export const labelNeedsWriteAccess = (login: string): string =>
  `@${login}, planning starts only when a person with write access sets the label. Nothing was started.`;

export const approvalNeedsWriteAccess = (login: string): string =>
  `@${login}, thank you for the review. Only people with write access can approve a plan, so this review starts nothing.`;

export const ignoredByLabel = (label: string): string =>
  `This issue has the label \`${label}\`, so it is not planned. Remove the label and try again.`;

/** @param base null: the default branch. */
export const baseIsSettled = (base: string | null): string =>
  `This task is for ${base === null ? 'the default branch' : inlineCode(base)} and keeps its base. To use another one, \`/cancel\` before there is a plan, or open another issue and comment \`/plan --base BRANCH\` there.`;

/** @param isOwn it is one of the bot's own branches. */
export function noBase(typed: string, isOwn: boolean): string {
  if (typed === '') return 'The name of the branch is missing: `/plan --base BRANCH`, then your notes. Nothing was started.';
  return isOwn
    ? `${inlineCode(typed)} is one of Planwright's own branches, which are merged and deleted. Name the branch that the work is to be merged into. Nothing was started.`
    : `${inlineCode(typed)} cannot be the name of a branch. Nothing was started.`;
}

export const baseNotFound = (base: string): string =>
  `There is no branch ${inlineCode(base)} in this repository. Check the spelling, then comment \`/plan --base BRANCH\` again. Nothing was started.`;

export const issueIsClosed = (): string => 'This issue is closed. Reopen it and try again.';

export const issueWasEdited = (issue: number): string =>
  `The text of #${issue} has changed since planning was requested. Read it again, then comment \`/plan\` on #${issue} to plan from the new text (\`/replan\` if there is a plan already).`;

export const stoppedByEdit = (login: string): string =>
  `@${login}, who has no write access, changed this issue after planning was requested, so the task has stopped. A maintainer can read the new text and comment \`/plan\` to plan from it, or \`/execute\` to continue with the present plan.`;

export const notedEdit = (login: string): string =>
  `@${login} edited this issue after its plan was approved. The approved plan is implemented unchanged. To have the edit planned, a person with write access comments \`/replan\`.`;

export const nothingToExecute = (): string => 'There is no plan to execute. Comment `/plan` on the issue to get one.';

export const commandDoesNotApprove = (ways: readonly string[]): string =>
  `In this repository \`/execute\` does not approve a plan (\`approval.by\`). What counts here: ${approvalWays(ways)}. Nothing was started.`;

export const authorMayNotApprove = (): string =>
  "In this repository the issue's author cannot approve the plan (`approval.allow_issue_author: false`). Another person with write access has to approve it. Nothing was started.";

export function planNotChecked(check: CheckRun | null, file: { readonly ok: boolean } | null): string {
  if (file?.ok === false || check?.conclusion === 'failure') {
    return 'The check `planwright / plan` failed, so this plan cannot be executed. Its annotations mark the lines: fix them in the pull request, or comment `/replan`.';
  }
  return 'The check `planwright / plan` had not finished when you commented, so it is not certain which text you approved. Read the plan and comment `/execute` again.';
}

/** A text of PLAN.md, by its blob, and where it can be read. */
export interface PlanText {
  readonly blob: string;
  readonly url: string;
}

const linked = ({ blob, url }: PlanText): string => `[\`${blob.slice(0, 7)}\`](${url})`;
const nameIt = ({ blob }: PlanText): string => `comment \`/execute ${blob.slice(0, 7)}\` to approve it`;

export const approvedText = (text: PlanText): string => `This approves the plan as it is in blob ${linked(text)}.`;

export const startsAfterPlanning = (): string => 'Work starts as soon as the planning work has ended.';

export const commandChanged = (text: PlanText): string =>
  `The comment was edited or deleted, so nothing was approved. The plan is now blob ${linked(text)}: ${nameIt(text)}.`;

/** `seen`: the blobs one of which was at the head when the comment was written; null when that is unknown. */
export function seenTextUnknown(seen: readonly string[] | null, text: PlanText): string {
  const now = `The plan is now blob ${linked(text)}: read it, then ${nameIt(text)}.`;
  if (seen === null) return `Nothing was approved, because GitHub does not tell which text of the plan you saw. ${now}`;
  if (seen.length > 1)
    return `Nothing was approved, because the plan changed at the moment you commented, and it is not certain which text you saw. ${now}`;
  return `Nothing was approved, because the plan has changed since you commented: it was blob ${list(seen.map((blob) => blob.slice(0, 7)))} then. ${now}`;
}

export const unknownBlob = (named: string, text: PlanText): string =>
  `\`${named}\` is neither a component nor the text of the plan, so nothing was approved. The plan is now blob ${linked(text)}: read it, then ${nameIt(text)}.`;

export const approvalsMissing = (by: readonly string[], required: number): string =>
  `${by.length} of ${required} approvals${by.length === 0 ? '' : `, by ${people(by)}`}. ${required - by.length} more ${required - by.length === 1 ? 'person' : 'people'} with write access ${required - by.length === 1 ? 'has' : 'have'} to approve before work starts.`;

export const unknownComponents = (unknown: readonly string[], known: readonly string[]): string =>
  `This plan has no component ${list(unknown)}. ${known.length > 0 ? `Its components are ${list(known)}.` : 'No component has started yet: `/execute` without names approves the plan and starts them.'}`;

export const nothingToRestart = (asked: readonly (readonly [string, string])[]): string =>
  `Nothing to restart: ${asked.map(([id, state]) => `\`${id}\` is ${state}`).join(', ')}.`;

export const heldByDropped = (held: readonly (readonly [string, string])[]): string =>
  `${held.map(([id, by]) => `\`${id}\` depends on \`${by}\`, which was dropped`).join('; ')}. Comment \`/execute ${[...new Set(held.map(([, by]) => by))].join(' ')}\` to make that one again; what is held then resumes.`;

/** Nothing else is left of the plan; `/execute` without names does not bring back what a person has closed. */
export const onlyDroppedRemain = (dropped: readonly string[]): string => {
  const one = dropped.length === 1;
  return `Nothing was started: ${joinNames(dropped.map((id) => `\`${id}\``))} ${one ? 'was' : 'were'} closed without being merged. Comment \`/execute ${dropped.join(' ')}\` to make ${one ? 'it' : 'them'} again, \`/replan\` with what to change in the plan, or close the issue.`;
};

export const reopened = (): string =>
  'This task stays stopped. Comment `/execute` to resume with the approved plan, or `/plan` to plan again.';

export const settingsBroken = (findings: readonly { readonly line: number; readonly message: string }[]): string =>
  [
    '`.github/planwright.yml` cannot be used, so nothing was started:',
    '',
    ...findings.map((f) => `- line ${f.line}: ${f.message}`),
    '',
    'Fix the file on the default branch and try again.',
  ].join('\n');

/** `untouched`: whether it is known that nothing of the plan has reached the repository. */
export const planningFailed = (reason: string, untouched: boolean): string =>
  [
    sanitizeMarkdown(`Planning stopped: ${reason}`),
    '',
    `${untouched ? 'The repository was not changed. ' : ''}Comment \`/replan\` to try again; text after it is given to the planner.`,
  ].join('\n');

/** A sentence that begins with a mention of the person it is for; a bot is not mentioned, because it might take that for a command. */
const address = (login: string, first: string): string =>
  login.endsWith('[bot]') ? first.charAt(0).toUpperCase() + first.slice(1) : `@${login}, ${first}`;

export const questions = (asked: readonly Question[], requester: string): string =>
  [
    `${address(requester, 'the')} planner has questions before it can plan:`,
    '',
    ...asked.map((q, i) => `${i + 1}. ${sanitizeLine(q.question)}\n   - Why it matters: ${sanitizeLine(q.why)}`),
    '',
    'Answer in comments here. A person with write access then comments `/plan`; the answers may follow it in the same comment.',
  ].join('\n');

interface Waiting {
  /** The planner writes the next revision, so there is nothing to do yet. */
  readonly isAmending: boolean;
  readonly requester: string;
}

export const blocked = (id: string, b: Blocker, { isAmending: amending, requester }: Waiting): string =>
  [
    `${amending ? `\`${id}\`` : address(requester, `\`${id}\``)} is blocked: ${BLOCKER_WORDS[b.kind]}.`,
    '',
    `**The plan says**\n\n${quote(b.plan_clause)}`,
    '',
    `**The executor found**\n\n${quote(b.evidence)}`,
    '',
    `**The executor proposes**\n\n${quote(b.proposal)}`,
    '',
    `The plan is unchanged. Components that depend on \`${id}\` wait; the others continue. ${amending ? 'The planner is writing the next revision, which needs your approval.' : `Comment \`/replan\` for a new revision, or \`/execute ${id}\` to try again.`}`,
  ].join('\n');

const BLOCKER_WORDS: Record<Blocker['kind'], string> = {
  impossible: 'the plan cannot be implemented as written',
  contradiction: 'the plan contradicts the code',
  missing_context: 'the plan leaves out something that has to be known',
  out_of_scope: 'a file outside the component would have to change',
};

export const componentFailed = (id: string, reason: string): string =>
  [
    sanitizeMarkdown(`\`${id}\` stopped: ${reason}`),
    '',
    `No pull request was changed. Comment \`/execute ${id}\` to try again, or \`/replan\` to change the plan.`,
  ].join('\n');

export function planCompleted(record: TaskRecord): string {
  const pulls = Object.entries(record.components).filter(([, c]) => c.state === 'merged' && c.pull !== null);
  return [
    'Every component of this plan is merged, so this pull request is closed without being merged. Its components:',
    '',
    ...pulls.map(([id, c]) => `- \`${id}\`: #${c.pull}`),
  ].join('\n');
}

/** All other components were merged and these were dropped: people decide about the rest. */
export function droppedComponentsRemain(dropped: readonly string[]): string {
  const ids = joinNames(dropped.map((id) => `\`${id}\``));
  return [
    `Every component is merged except ${ids}, which ${dropped.length === 1 ? 'was' : 'were'} closed without being merged, so this issue stays open.`,
    `Comment \`/execute ${dropped.join(' ')}\` to make ${dropped.length === 1 ? 'it' : 'them'} again, or close the issue if nothing is missing.`,
  ].join(' ');
}

export const finalReview = (text: string): string =>
  [
    "Every component is merged. The planner compared the result with the plan's acceptance criteria:",
    '',
    sanitizeWithin(text, MOST, 'the rest is too long for a comment; `/ask` about a component to read on'),
  ].join('\n');

export const finalReviewFailed = (reason: string): string =>
  sanitizeMarkdown(
    `Every component is merged, but the result could not be compared with the plan's acceptance criteria: ${reason}`,
  );

export const asked = (by: string, text: string): string =>
  [
    `@${by}`,
    '',
    sanitizeWithin(text, MOST, 'the rest is too long for a comment; ask for it with `/ask`'),
    '',
    '<sub>The plan was not changed.</sub>',
  ].join('\n');

export const askFailed = (reason: string): string =>
  sanitizeMarkdown(`The question could not be answered: ${reason} Comment \`/ask\` with it to try again.`);

export const nothingToAsk = (): string => 'Write the question after the command: `/ask Why not use the cache?`';

export const planIsStale = (files: readonly string[]): string =>
  [
    'Nothing was started, because these files have changed on the base branch since the plan was made:',
    '',
    ...files.map((f) => `- ${inlineCode(f)}`),
    '',
    'Comment `/replan` to plan again from the files as they are now, or `/execute` again to use the plan as it is.',
  ].join('\n');

export const planRevised = (revision: number, diff: PlanDiff): string => {
  const names = (ids: readonly string[]): string => (ids.length === 0 ? 'none' : list(ids));
  return [
    `Revision ${revision} of the plan. Its components:`,
    '',
    `- added: ${names(diff.added)}`,
    `- removed: ${names(diff.removed)}`,
    ...(diff.changed.length === 0
      ? ['- changed: none']
      : diff.changed.map((c) => `- changed: \`${c.id}\` (${c.parts.join(', ')})`)),
    `- unchanged: ${names(diff.unchanged)}`,
    ...(diff.plan.length > 0 ? [`- other changes: ${diff.plan.join(', ')}`] : []),
    '',
    'Earlier approvals do not cover what was added or changed.',
  ].join('\n');
};

/** The answer to `/status`: one sentence and a link to the rest. */
export function status(state: TaskState | 'none', record: TaskRecord, url: string | null, caps: readonly CapState[]): string {
  const counts = new Map<string, number>();
  for (const c of Object.values(record.components)) counts.set(c.state, (counts.get(c.state) ?? 0) + 1);
  const parts = [...counts].map(([s, n]) => `${n} ${s}`);
  const plan = record.planPull === null ? '' : ` The plan is #${record.planPull}, revision ${record.planning.revision}.`;
  const spent = caps.length === 0 ? '' : ` Spent: ${describeCaps(caps)}.`;
  return `State: **${state}**.${plan}${parts.length > 0 ? ` Components: ${parts.join(', ')}.` : ''}${spent}${url ? ` [Details](${url})` : ''}`;
}

export const didYouMean = (command: string): string =>
  `Did you mean \`/${command}\`? Nothing was done. \`/planwright help\` shows the commands.`;

export const help = (): string =>
  [
    'Write one of these on the first line of a comment. Only people with write access can use them.',
    '',
    '| command | where | what it does |',
    '|---|---|---|',
    '| `/plan [--base BRANCH] [notes]` | issue | plans the issue, like the label; for another branch than the usual one, if you name it |',
    '| `/replan [feedback]` | issue, plan pull request | writes a new revision of the plan |',
    '| `/ask QUESTION` | plan pull request, issue | asks the planner; does not change the plan |',
    '| `/execute [ID ...]` | issue, any of its pull requests | approves the current plan and starts it; with ids: restarts these components |',
    '| `/execute SHA7` | issue, any of its pull requests | approves the plan with this blob, which the pull request and the replies name |',
    '| `/revise [notes]` | component pull request | addresses the notes and all unresolved review comments in one commit |',
    '| `/cancel` | issue, any of its pull requests | stops all work; `/execute` resumes it |',
    '| `/status`, `/help` | anywhere in a task | shows the state, or this table |',
    '',
    '`/planwright WORD` is the same as `/WORD`; `/planwright help` works on every issue.',
  ].join('\n');

const list = (ids: readonly string[]): string => ids.map((id) => `\`${id}\``).join(', ');
const people = (logins: readonly string[]): string => (logins.length === 0 ? 'nobody' : logins.map((l) => `@${l}`).join(', '));
