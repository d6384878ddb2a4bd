import type { TaskRecord } from '../../domain/task/task-record.ts';
import type { Settings } from '../../settings/repository-settings.ts';
import type { PlanView, TaskView } from '../model/view.ts';
import { isWithdrawn } from './plan-closed.ts';

export interface Approval {
  /** The approvers that count, each once. */
  readonly by: readonly string[];
  readonly required: number;
  /** Writers whose standing "changes requested" keeps reviews from counting. */
  readonly objections: readonly string[];
  readonly given: boolean;
}

/**
 * Who has approved the PLAN.md at the plan's head. Approval binds to the blob that was looked at, so an edit or a new revision
 * leaves all earlier approvals behind without anybody having to withdraw them.
 */
export function approvalOf(plan: PlanView, record: TaskRecord, issueAuthor: string, rules: Settings['approval']): Approval {
  const counts = (login: string): boolean => rules.allow_issue_author || login !== issueAuthor;
  const objections = plan.verdicts.filter((v) => v.verdict === 'changes_requested').map((v) => v.by);
  const { pull, blob } = plan;
  const by = new Set<string>();
  if (blob !== null) {
    if (rules.by.includes('review') && objections.length === 0 && !isWithdrawn(plan, record)) {
      for (const v of plan.verdicts) if (v.verdict === 'approved' && v.blob === blob) by.add(v.by);
    }
    // Only a person's merge is a decision; a merge queue's or another bot's is not.
    if (rules.by.includes('merge') && pull.merged && !plan.mergedElsewhere && pull.mergedBy && !pull.mergedBy.bot)
      by.add(pull.mergedBy.login);
    if (rules.by.includes('command')) for (const a of record.approvals) if (a.blob === blob) by.add(a.by);
  }
  const approvers = [...by].filter(counts);
  return { by: approvers, required: rules.required, objections, given: approvers.length >= rules.required };
}

/** The plan can be executed as it is: read back, and found sound by the App's own check at this very head. */
export const isChecked = (plan: PlanView): boolean => plan.file?.ok === true && plan.check?.conclusion === 'success';

/** The plan at the head can be executed, and enough people have approved of it. */
export const isApproved = (record: TaskRecord, { plan, issue }: TaskView, settings: Settings): boolean =>
  plan !== null && isChecked(plan) && approvalOf(plan, record, issue.author.login, settings.approval).given;

/** `/execute` approves what its author could have seen: the check must have succeeded before the comment was written. */
export const wasCheckedBefore = (plan: PlanView, at: string): boolean =>
  isChecked(plan) && plan.check?.completedAt != null && Date.parse(plan.check.completedAt) <= Date.parse(at);
