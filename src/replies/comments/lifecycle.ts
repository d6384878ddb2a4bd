import { inlineCode } from '../../text/sanitize-markdown.ts';
import { howClosed, type Undecided } from '../phrases/how-closed.ts';

/**
 * Texts for when the issue, the plan or the settings of a task are closed, deleted, moved or broken. Pure: values in, Markdown out.
 */

/** `by` is null when GitHub did not say who it was. */
export const stoppedByClosing = (by: string | null, hasPlan: boolean): string =>
  [
    `Stopped, because ${by === null ? 'this issue was closed' : `@${by} closed this issue`}. Pull requests and approvals stay as they are.`,
    `To continue, reopen it and comment ${hasPlan ? '`/execute`, or `/plan` to plan again' : '`/plan`'}.`,
  ].join(' ');

/** `mergedInto`: the branch it was merged into, where that is not the one the task is for. */
export const planClosed = (started: boolean, mergedInto: string | null): string =>
  [
    `${mergedInto === null ? 'The plan was closed without being merged' : `The plan was merged into ${inlineCode(mergedInto)}, which is not the branch that the task is for, so it is not approved`}. ${started ? 'Running components continue, but no new ones start' : 'Nothing starts'} until a person with write access decides:`,
    '',
    `- \`/execute\` uses this plan.${mergedInto === null ? ' So does reopening this pull request; its reviews then count again.' : ''}`,
    '- `/replan`, followed by what to change, opens another plan.',
    '- `/cancel` ends the task.',
  ].join('\n');

/** Nobody who could decide about the plan has closed it. */
export const planClosedUndecided = (closing: Undecided): string =>
  `The plan's pull request was closed ${howClosed(closing)}: approvals stay, and approved work continues. Reopen this pull request to continue the review here. To end the task, comment \`/cancel\`; for another plan, \`/replan\`.`;

/** The branch that a task is for was deleted while it was under way. */
export const baseIsGone = (base: string): string =>
  [
    `The branch ${inlineCode(base)}, which this task is for, was deleted, so no component starts and nothing is published.`,
    '',
    `- To continue, restore the branch and reopen the pull requests that GitHub closed with it.`,
    '- `/cancel` ends the task. To have the work done elsewhere, open another issue and comment `/plan --base BRANCH` there.',
  ].join('\n');

export const stoppedBySettings = (findings: readonly { readonly line: number; readonly message: string }[]): string =>
  [
    '`.github/planwright.yml` cannot be used; this task is paused until it is fixed:',
    '',
    ...findings.map((f) => `- line ${f.line}: ${f.message}`),
    '',
    'Fix the file on the default branch. The task then resumes automatically where it stopped.',
  ].join('\n');

export const statusWasEdited = (editor: string, url: string): string =>
  [
    `@${editor} edited [Planwright's status comment](${url}).`,
    'The edit approves nothing: approvals are always checked with GitHub itself.',
    "But the hidden record in that comment says what has been done, so if you did not expect the edit, compare it in the comment's edit history.",
    'With its next update Planwright replaces the visible text.',
  ].join(' ');

export const issueIsGone = (issue: number, to: string | null): string =>
  [
    to === null ? `Issue ${issue} was deleted` : `Issue ${issue} was transferred to ${inlineCode(to)}`,
    ', so the task of this pull request has ended. The pull request and its branch stay as they are; merge or close it as you see fit.',
    to === null ? '' : ' To plan the issue where it is now, comment `/plan` there.',
  ].join('');
