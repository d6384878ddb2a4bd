import type { RefusalReason } from '../../ports/forge/forge-error.ts';

/** Why GitHub refused, in a sentence for the people who can change it; null where only GitHub's own message says why. */
export function refusalSentence(reason: RefusalReason): string | null {
  switch (reason) {
    case 'secondary_limit':
    case 'primary_limit':
      return "GitHub's rate limit is reached. The work continues when it resets.";
    case 'locked':
      return 'The conversation is locked, and GitHub accepts no comments by Apps there. Unlock it to continue.';
    case 'archived':
      return 'The repository is archived, and therefore read-only.';
    case 'suspended':
      return 'The installation of the App is suspended.';
    case 'blocked':
      return 'GitHub blocks access to this repository.';
    case 'workflows':
      return 'GitHub refused the branch because a workflow file on it differs from the base branch, and the App may not change workflow files.';
    case 'not_accessible':
      return "GitHub refused because the App lacks a permission. An owner can accept the App's permissions in the installation's settings.";
    case 'signatures':
      return 'A rule of this repository requires signed commits, and refused the commit.';
    case 'ruleset':
      return 'A ruleset or branch protection refused the branch. Allow the App to create and update its branches (`planwright/**`, or those under `branches.prefix`).';
    case 'pulls_disabled':
      return 'Pull requests are disabled in this repository, and a plan is reviewed in one.';
    case 'issues_disabled':
      return 'Issues are disabled in this repository.';
    case 'empty_repository':
      return 'The repository has no commits yet. Push a first commit, then try again.';
    case 'drafts_unsupported':
    case 'not_visible_yet':
    case 'not_found':
    case 'gone':
    case 'unavailable':
    case 'other':
      return null;
  }
}

/** The same refusal where no workflow file can be the reason. */
export const branchRefusedOnBase = (): string =>
  "GitHub refused the branch although it contains the unchanged base branch. Check that the App's permissions were accepted and that no rule keeps it from writing its branches (`planwright/**`, or those under `branches.prefix`).";

/** Git cannot keep two branches of which one is a folder of the other. */
export const referenceBlocks = (there: string, branch: string): string =>
  `A branch called \`${there}\` is in the way of \`${branch}\`. Rename or delete it, or set another \`branches.prefix\`, then try again.`;

/** A branch of the right name is there, and this App did not make it. */
export const branchOfAnother = (branch: string): string =>
  `the branch \`${branch}\` was made by another author, and Planwright changes no branches but its own. Rename or delete it, or set another \`branches.prefix\`, then try again.`;

/** The branch that a task is for. */
export const baseIsMissing = (base: string): string =>
  `there is no branch \`${base}\`, which this task is for. Restore it and try again; while there is no plan, \`/plan --base BRANCH\` chooses another one.`;
