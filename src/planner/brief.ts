import type { Workspace } from '../agent/files/workspace.ts';
import type { Blocker } from '../domain/task/task.ts';
import { fence } from '../text/fence.ts';
import { stripInvisible } from '../text/invisible-characters.ts';
import {
  type AuthoredText,
  commentParts,
  type ImagesTold,
  issuePart,
  notesPart,
  type Reference,
  referencePart,
} from './context/conversation.ts';
import { directoryTree } from './context/directory-tree.ts';
import { instructions } from './context/instructions.ts';
import { manifests } from './context/manifests.ts';
import { readme } from './context/readme.ts';

export interface BriefFacts {
  readonly repository: string;
  readonly commit: string;
  readonly issue: { readonly number: number; readonly title: string; readonly body: string };
  /** Writers' comments on the issue and on the plan, oldest first. */
  readonly comments: readonly AuthoredText[];
  /** Issues and pull requests that the issue, the comments or the notes refer to. */
  readonly references: readonly Reference[];
  readonly notes: { readonly by: string; readonly text: string } | null;
  /** The present PLAN.md, for a new revision; it includes people's edits. */
  readonly formerPlan: string | null;
  /** What stopped components of the plan so far. */
  readonly blockers: readonly { readonly component: string; readonly blocker: Blocker }[];
  /** Components of the plan so far that are merged. */
  readonly merged: readonly string[];
  readonly maxComponents: number;
  readonly instructions: string;
  /** How many images of the issue come with the message, and why others do not; null where none was looked for. */
  readonly images: ImagesTold | null;
}

/**
 * Characters for what describes the repository. With system prompt, tools and an issue of ordinary length the prefix stays within
 * 8,000 tokens, however large the repository is; `npm run bench -- planner` measures it.
 */
const BUDGET = { tree: 4_000, instructions: 5_000, manifests: 1_800, readme: 1_800 };

/** The planner's first message: what is most useful for its tokens; the tools provide the rest. What changes least comes first. */
export async function brief(facts: BriefFacts, workspace: Workspace): Promise<string> {
  const paths = [...(await workspace.files()).keys()];
  const parts = [
    `Repository ${facts.repository} at commit ${facts.commit}.`,
    `Its ${paths.length} files; a number is how many files a directory holds at any depth:\n${fence('tree', directoryTree(paths, BUDGET.tree))}`,
    ...(await manifests(workspace, BUDGET.manifests)),
    ...(await readme(workspace, BUDGET.readme)),
    ...(await instructions(workspace, saidIn(facts), BUDGET.instructions)),
    `At most ${facts.maxComponents} components.${facts.instructions.trim() ? ` The maintainers add:\n${facts.instructions.trim()}` : ''}`,
    issuePart(facts.issue, facts.images),
    ...commentParts(facts.comments),
    ...formerPlanPart(facts.formerPlan),
    ...(facts.merged.length === 0
      ? []
      : [
          `Merged already, and in the repository as you see it: ${facts.merged.join(', ')}. A component that stays word for word as it is in the plan so far is not executed again; one that changes is.`,
        ]),
    ...facts.blockers.map(blockerPart),
    ...notesPart(facts.notes),
    ...referencePart(facts.references),
    'Explore what you need, then call submit_plan.',
  ];
  return parts.join('\n\n');
}

const saidIn = ({ issue, comments, notes }: BriefFacts): string =>
  [issue.title, issue.body, ...comments.map((c) => c.text), notes?.text ?? ''].join('\n');

const formerPlanPart = (plan: string | null): string[] =>
  plan === null
    ? []
    : [
        `The plan so far, with people's edits. Keep what nobody objects to, word for word:\n${fence('plan', stripInvisible(plan))}`,
      ];

const blockerPart = ({ component, blocker }: BriefFacts['blockers'][number]): string =>
  `The work on ${component} was stopped (${blocker.kind}). Amend the plan so that it can be done, and leave the other components word for word as they are:\n${fence('blocker', `The plan says: ${blocker.plan_clause}\nFound: ${blocker.evidence}\nProposed: ${blocker.proposal}`)}`;
