import { specHash } from '../../domain/plan/spec-hash.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import { identityOf, type Person } from '../../ports/forge/people.ts';
import type { Settings } from '../../settings/repository-settings.ts';
import type { Approver, CommandApproval, PlanView, TaskView } from '../model/view.ts';
import { isWithdrawn } from './plan-closed.ts';

export interface Approval {
  /** The approvers that count, each once. */
  readonly by: readonly string[];
  readonly required: number;
  /** People with write access whose standing "changes requested" keeps reviews from counting. */
  readonly objections: readonly string[];
  readonly given: boolean;
}

/**
 * Who has approved the PLAN.md at the plan's head. An approval binds to the blob that was reviewed, so an edit or a new revision
 * invalidates all earlier approvals without anyone having to withdraw them. Each person counts by what GitHub shows about them now.
 */
export function approvalOf(plan: PlanView, record: TaskRecord, issueAuthor: Person, rules: Settings['approval']): Approval {
  const approvers = [
    ...new Map(approversOf(plan, record, issueAuthor, rules).map(({ identity, by }) => [identity, by])).values(),
  ];
  const { required } = rules;
  return { by: approvers, required, objections: objectionsTo(plan), given: approvers.length >= required };
}

const objectionsTo = ({ verdicts }: PlanView): string[] =>
  verdicts.filter((v) => v.verdict === 'changes_requested').map((v) => v.by);

/** Every approval that counts; a person who approved in several ways is there several times. */
export function approversOf(plan: PlanView, record: TaskRecord, issueAuthor: Person, rules: Settings['approval']): Approver[] {
  const objections = objectionsTo(plan);
  const { pull, blob } = plan;
  const all: Approver[] = [];
  if (blob !== null) {
    if (objections.length === 0 && !isWithdrawn(plan, record)) {
      for (const { by, identity, verdict, blob: seen, given } of plan.verdicts)
        if (verdict === 'approved' && seen === blob) all.push({ way: 'review', by, identity, ...given });
    }
    // Only a person's merge is a decision; a merge queue's or another bot's is not.
    if (pull.merged && !plan.mergedElsewhere && pull.mergedBy && !pull.mergedBy.bot)
      all.push({ way: 'merge', by: pull.mergedBy.login, identity: identityOf(pull.mergedBy) });
    all.push(...byCommand(plan, record, blob));
  }
  return counting(all, issueAuthor, rules);
}

/** The spec hashes of a plan that was approved before the present one, where the approval still stands; none otherwise. */
export function keptSpecs(
  record: TaskRecord,
  { plan, kept, issue }: TaskView,
  { approval: rules }: Settings,
): Record<string, string> {
  if (plan === null || kept === null) return {};
  const all = [...kept.by, ...byCommand(plan, record, kept.blob)];
  const people = new Set(counting(all, issue.author, rules).map(({ identity }) => identity));
  return people.size >= rules.required ? specsOf(kept.plan) : {};
}

export const specsOf = (plan: Parameters<typeof specHash>[0]): Record<string, string> =>
  Object.fromEntries(plan.components.map(({ id }) => [id, specHash(plan, id)]));

/** The approvals by command that the record points to, as far as they are proven. */
const byCommand = ({ commands }: PlanView, { approvals }: TaskRecord, blob: string): Approver[] =>
  approvals.flatMap((pointer) => {
    const proven = pointer.blob === blob ? commands.find(({ node }) => node === pointer.node) : undefined;
    return proven && approves(proven, blob)
      ? [
          {
            way: 'command' as const,
            by: proven.by,
            identity: proven.identity,
            at: proven.at,
            ...(proven.url && { url: proven.url }),
          },
        ]
      : [];
  });

/** Whether it approves this blob: it names it, or no other blob can have been at the head when it was written. */
export const approves = ({ named, blobs }: CommandApproval, blob: string): boolean =>
  named === null ? blobs?.length === 1 && blobs[0] === blob : blob.startsWith(named);

/** Those whose way and person count. Each person counts once, whichever ways they used: the callers see to that. */
const counting = (all: readonly Approver[], issueAuthor: Person, rules: Settings['approval']): Approver[] =>
  all.filter(({ way, identity }) => rules.by.includes(way) && (rules.allow_issue_author || identity !== identityOf(issueAuthor)));

/** Whether the plan can be executed as it is: it can be read back, and the App's own check at this very head found it sound. */
export const isChecked = (plan: PlanView): boolean => plan.file?.ok === true && plan.check?.conclusion === 'success';

/** Whether the plan at the head can be executed, and enough people have approved it. */
export const isApproved = (record: TaskRecord, { plan, issue }: TaskView, settings: Settings): boolean =>
  plan !== null && isChecked(plan) && approvalOf(plan, record, issue.author, settings.approval).given;

/** `/execute` approves what its author could have seen: the check must have succeeded before the comment was written. */
export const wasCheckedBefore = (plan: PlanView, at: string): boolean =>
  isChecked(plan) && plan.check?.completedAt != null && Date.parse(plan.check.completedAt) <= Date.parse(at);
