import type { Job, Stack } from '../../domain/task/task.ts';
import { inlineCode, sanitizeMarkdown } from '../../text/sanitize-markdown.ts';

/** What is said on components' pull requests besides their bodies: Markdown for people. */

export const keptByPlan = (planPull: number, revision: number): string =>
  `Revision ${revision} of the plan in #${planPull} leaves this component as it was, so this pull request stays as it is.`;

export const droppedByPlan = (planPull: number, revision: number): string =>
  `Revision ${revision} of the plan in #${planPull} no longer has this component, so this pull request is closed. Its branch is left alone.`;

export const parentClosed = ({ component, pull }: Stack, dropped: string): string =>
  [
    component === dropped
      ? `This pull request is stacked on #${pull} (\`${component}\`), which was closed without being merged.`
      : `This pull request is stacked on #${pull} (\`${component}\`), and with it on \`${dropped}\`, which was closed without being merged.`,
    `It is held until \`${dropped}\` comes back: reopen that pull request, comment \`/execute ${dropped}\` to have it made again, or \`/replan\` to do without it.`,
  ].join(' ');

export const conflictsElsewhere = (paths: readonly string[], theirs: string): string =>
  `it conflicts with \`${theirs}\` in files that are not the component's: ${paths.map(inlineCode).join(', ')}. Merge \`${theirs}\` into its branch by hand.`;

export const parentConflicts = (branch: string, paths: readonly string[], base: string): string =>
  `what it is to stand on, ${inlineCode(branch)}, is older than ${inlineCode(base)} and conflicts with it in ${paths.map(inlineCode).join(', ')}. Merge ${inlineCode(base)} into that branch by hand.`;

export const landsWithParent = (branch: string): string => `Merged into ${inlineCode(branch)}; it lands when that is merged.`;

export const mergedAstray = (branch: string): string =>
  `It was merged into ${inlineCode(branch)} and has not come to the default branch with it, so its change is missing there.`;

/** Kept as the component's reason, so a sentence by itself. */
export const followUpStopped = ({ kind }: Job, reason: string): string =>
  `${kind === 'fix' ? 'Mending the failed checks' : 'Revising it'} stopped: ${reason}`;

export const followUpNews = (reason: string): string =>
  sanitizeMarkdown(
    `${reason}\n\nThe pull request is as it was. \`/revise\` tries again; text after it is given to the executor.`,
  );

export function reviseWhere(pulls: readonly (readonly [string, number])[]): string {
  const there = pulls.map(([id, n]) => `#${n} (\`${id}\`)`).join(', ');
  const which = pulls.length === 0 ? 'There is none at the moment.' : `There ${pulls.length === 1 ? 'is' : 'are'} ${there}.`;
  return `\`/revise\` works on a component's open pull request. ${which}`;
}

/** What a request for changes may have to wait for: an attempt that is under way, `/execute`, or that people approve the plan. */
export type WaitsFor = 'work' | 'resume' | 'restart' | 'approval';

export const reviseLater = (id: string, first: WaitsFor): string => {
  switch (first) {
    case 'work':
      return `\`${id}\` is being worked on; this is addressed right after.`;
    case 'resume':
      return 'This task is stopped. It is addressed when `/execute` resumes it.';
    case 'restart':
      return `\`${id}\` has stopped; this is addressed when it goes on: after the plan is amended, or with \`/execute ${id}\`.`;
    case 'approval':
      return 'The plan is not approved as it stands. This is addressed when it is.';
  }
};

export const revisionBlocked = (id: string, issue: number, amending: boolean): string =>
  [
    `What was asked for here cannot be done within the plan: \`${id}\` is blocked, and #${issue} says why. This pull request stays as it is.`,
    amending
      ? `The planner is amending the plan; once that is approved, this pull request is brought up to it, and what was asked for is taken up again.`
      : `\`/replan\` changes the plan, \`/execute ${id}\` tries again.`,
  ].join(' ');
