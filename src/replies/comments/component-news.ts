import type { Job, Stack } from '../../domain/task/task.ts';
import { inlineCode, sanitizeMarkdown } from '../../text/sanitize-markdown.ts';
import { howClosed, type Undecided } from '../phrases/how-closed.ts';

/** Comments on components' pull requests, and reasons of components: Markdown for people. */

export const keptByRevision = (planPull: number, revision: number): string =>
  `Revision ${revision} of the plan in #${planPull} does not change this component, so this pull request stays as it is.`;

export const droppedByRevision = (planPull: number, revision: number): string =>
  `Revision ${revision} of the plan in #${planPull} no longer has this component, so this pull request is closed. Its branch is kept.`;

export const parentClosed = ({ component, pull }: Stack, dropped: string): string =>
  [
    component === dropped
      ? `This pull request is stacked on #${pull} (\`${component}\`), which was closed without being merged.`
      : `This pull request is stacked on #${pull} (\`${component}\`), and through it on \`${dropped}\`, which was closed without being merged.`,
    `It is held until you decide: reopen that pull request, comment \`/execute ${dropped}\` to make it again, or \`/replan\` to plan without it.`,
  ].join(' ');

/** Kept as the component's reason, like the next. */
export const CLOSED = 'Its pull request was closed without being merged.';

export const closedUndecided = (closing: Undecided): string => `Its pull request was closed ${howClosed(closing)}.`;

/** On the pull request that was closed. */
export const waitsAfterClosing = (id: string, reason: string): string =>
  `${reason} \`${id}\` waits. To continue, reopen this pull request, or comment \`/execute ${id}\` to make it again. To drop it, reopen this pull request and close it.`;

export const conflictsElsewhere = (paths: readonly string[], theirs: string): string =>
  `it conflicts with \`${theirs}\` in files that the component may not change: ${paths.map(inlineCode).join(', ')}. Merge \`${theirs}\` into its branch by hand.`;

export const parentConflicts = (branch: string, paths: readonly string[], base: string): string =>
  `its stack base ${inlineCode(branch)} is behind ${inlineCode(base)} and conflicts with it in ${paths.map(inlineCode).join(', ')}. Merge ${inlineCode(base)} into that branch by hand.`;

export const landsWithParent = (branch: string): string =>
  `Merged into ${inlineCode(branch)}; it reaches the base branch when that one is merged.`;

export const mergedIntoClosedBranch = (branch: string): string =>
  `It was merged into ${inlineCode(branch)}, which has not been merged into the branch that the task is for, so its change is missing there.`;

/** Kept as the component's reason, so it is a whole sentence. */
export const followUpStopped = ({ kind }: Job, reason: string): string =>
  kind === 'generate' ? reason : `${kind === 'fix' ? 'The fix of failed checks' : 'The revision'} stopped: ${reason}`;

export const followUpNews = (reason: string): string =>
  sanitizeMarkdown(
    `${reason}\n\nThe pull request was not changed. Comment \`/revise\` to try again; text after it is given to the executor.`,
  );

export function reviseWhere(pulls: readonly (readonly [string, number])[]): string {
  const there = pulls.map(([id, n]) => `#${n} (\`${id}\`)`).join(', ');
  const which = pulls.length === 0 ? 'None is open.' : `Open now: ${there}.`;
  return `\`/revise\` works on a component's open pull request. ${which}`;
}

/** What a change request may have to wait for: an attempt that is under way, `/execute`, or an approval of the plan. */
export type WaitsFor = 'work' | 'resume' | 'restart' | 'approval';

export const reviseLater = (id: string, first: WaitsFor): string => {
  switch (first) {
    case 'work':
      return `\`${id}\` is being worked on. Your request is next.`;
    case 'resume':
      return 'This task is stopped. Your request is addressed once `/execute` resumes it.';
    case 'restart':
      return `\`${id}\` has stopped. Your request is addressed when it resumes: once the plan is amended, or with \`/execute ${id}\`.`;
    case 'approval':
      return 'The current plan is not approved yet. Your request is addressed once it is.';
  }
};

export const revisionBlocked = (id: string, issue: number, amending: boolean): string =>
  [
    `The plan does not allow the change requested here: \`${id}\` is blocked, and #${issue} says why. This pull request stays as it is.`,
    amending
      ? 'The planner is amending the plan. Once that is approved, this pull request is updated to it and your request is addressed.'
      : `Comment \`/replan\` to change the plan, or \`/execute ${id}\` to try again.`,
  ].join(' ');
