import { inlineCode } from '../../text/sanitize-markdown.ts';

/** What is said when something a task stands on is closed, deleted or moved. Pure: values in, Markdown out. */

/** `by` null: nobody told who did it. */
export const stoppedByClosing = (by: string | null, hasPlan: boolean): string =>
  [
    `Stopped, because ${by === null ? 'this issue was closed' : `@${by} closed this issue`}. Pull requests and approvals stay as they are.`,
    `To go on, reopen it and comment ${hasPlan ? '`/execute`, or `/plan` to plan anew' : '`/plan`'}.`,
  ].join(' ');

/** `mergedInto`: the branch it was merged into, where that is not the one the task is for. */
export const planClosed = (started: boolean, mergedInto: string | null): string =>
  [
    `${mergedInto === null ? 'The plan was closed without being merged' : `The plan was merged into ${inlineCode(mergedInto)}, which is not the default branch, so that approves nothing`}. ${started ? 'What has been started goes on, and nothing new starts' : 'Nothing starts'} until somebody with write access says what is to be done:`,
    '',
    '- `/execute` goes on with the plan as it is; so does reopening this pull request, while its branch is there, with the reviews it had.',
    '- `/replan`, with what should be different, opens the next plan.',
    '- `/cancel` ends the task.',
  ].join('\n');

export const stoppedBySettings = (findings: readonly { readonly line: number; readonly message: string }[]): string =>
  [
    '`.github/planwright.yml` cannot be used any more, so this task has stopped where it was:',
    '',
    ...findings.map((f) => `- line ${f.line}: ${f.message}`),
    '',
    'Mend the file on the default branch, and it goes on by itself; nothing that was done is done again.',
  ].join('\n');

export const issueIsGone = (issue: number, to: string | null): string =>
  [
    to === null ? `Issue ${issue} was deleted` : `Issue ${issue} was transferred to ${inlineCode(to)}`,
    ', and with it the task this pull request belongs to: what was running has stopped. This pull request and its branch stay as they are; close or merge it as you see fit.',
    to === null ? '' : ' To have the issue planned where it is now, comment `/plan` there.',
  ].join('');
