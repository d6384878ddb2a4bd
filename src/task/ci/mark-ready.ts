import { parseBranchName } from '../../domain/task/branch-name.ts';
import { isFixable, type Verdict } from '../../domain/task/checks.ts';
import { type ComponentRecord, isBuilt } from '../../domain/task/component-record.ts';
import type { TaskBranches } from '../../domain/task/task-branches.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import { recheckId } from '../../domain/task/work-id.ts';
import type { PullRequest } from '../../ports/forge/pulls.ts';
import * as say from '../../replies/comments/ci-news.ts';
import type { Settings } from '../../settings/repository-settings.ts';
import type { Action } from '../model/action.ts';
import type { Deciding, Phase } from '../model/deciding.ts';
import type { PlanContext } from '../model/plan-context.ts';
import type { TaskView } from '../model/view.ts';
import { ageOf, checksMatter, ciVerdict, lagOfHead, shouldFix } from './ci-verdict.ts';
import { generationOf } from './generated-files.ts';

interface CiOutcome {
  readonly components: TaskRecord['components'];
  readonly actions: readonly Action[];
}

/**
 * Acts on the checks of open pull requests: green ones become ready, and the approvers are requested to review; those that
 * the executor cannot fix are left to people, with a comment.
 */
export const markPullRequestsReady: Phase = (state): Deciding => {
  if (state.execution === null) return state;
  const { components, actions } = markReadyWhenGreen(state.record, state.execution);
  return { ...state, record: { ...state.record, components }, actions: [...state.actions, ...actions] };
};

function markReadyWhenGreen(
  record: TaskRecord,
  { view, approved, reviewers, settings }: Pick<PlanContext, 'view' | 'approved' | 'reviewers' | 'settings'>,
): CiOutcome {
  const { execution } = settings;
  const components = { ...record.components };
  const actions: Action[] = [];
  for (const [id, component] of Object.entries(record.components)) {
    const pull = view.components[id]?.pull;
    const { built } = component;
    const isCurrent =
      component.state === 'open' &&
      component.pull === pull?.number &&
      isBuilt(component) &&
      built !== null &&
      approved[id] === built.spec;
    if (!pull || !isCurrent || !checksMatter(component, pull, execution)) continue;
    // Generated files are still missing: its checks are about a state that nobody is to look at.
    if (generationOf(id, component, view, settings).kind !== 'settled') continue;
    const seen: SeenPull = { pull, verdict: ciVerdict(id, component, view), branches: view.branches, execution };
    const [next, ...more] = isGood(seen)
      ? settledGreen(component, seen, reviewers)
      : seen.verdict.kind === 'red'
        ? settledRed(component, seen, seen.verdict)
        : [component, ...(seen.verdict.kind === 'unread' ? observeLater(id, component, pull, view) : [])];
    components[id] = next;
    actions.push(...more);
  }
  return { components, actions };
}

interface SeenPull {
  readonly pull: PullRequest;
  readonly verdict: Verdict;
  readonly branches: TaskBranches;
  readonly execution: Settings['execution'];
}

/**
 * A stacked pull request where nothing ran is not green: many workflows run for the default branch only, so they run when it is
 * moved there.
 */
const isGood = ({ verdict, pull, branches }: SeenPull): boolean =>
  verdict.kind === 'green' || (verdict.kind === 'nothing ran' && !isStacked(pull.baseRef, branches));

const isStacked = (baseRef: string, { prefix, base }: TaskBranches): boolean =>
  baseRef !== base && parseBranchName(baseRef)?.prefix === prefix;

type Step = [ComponentRecord, ...Action[]];

/**
 * Observes the task again when the grace period is over: before that there may be no checks to see, and no event would lead here
 * again. Likewise when a head that may be GitHub's lag is ignored no longer.
 */
function observeLater(id: string, component: ComponentRecord, pull: PullRequest, { task, at, checksGrace }: TaskView): Action[] {
  const seconds = Math.max(0, Math.ceil(checksGrace - ageOf(component, pull, at) / 1000));
  const { sha, seenAt } = component.ci.head ?? { sha: pull.headSha, seenAt: '' };
  const lag = Math.ceil(lagOfHead(component, pull, at) / 1000);
  const lagging = recheckId(task, id, { sha: pull.headSha, seen: `lag:${seenAt}` });
  return [
    { kind: 'observe_later', workflow: recheckId(task, id, { sha, seen: seenAt }), seconds },
    ...(lag > 0 ? [{ kind: 'observe_later' as const, workflow: lagging, seconds: lag }] : []),
  ];
}

function settledGreen(
  before: ComponentRecord,
  { pull, verdict, execution: { draft } }: SeenPull,
  reviewers: readonly string[],
): Step {
  const actions: Action[] = [];
  if (before.ci.abandonedAt !== null) actions.push({ kind: 'flag_checks', number: pull.number, failing: false });
  const isFixed = before.ci.abandonedAt !== null || before.job.kind === 'fix';
  const ci = { ...before.ci, abandonedAt: null };
  const component: ComponentRecord = isFixed && before.state === 'open' ? { ...before, ci, note: null } : { ...before, ci };
  // Once for each head: a person who turns it back into a draft after that does so deliberately.
  if (ci.readyAt === pull.headSha) return [component, ...actions];
  const reply = (key: string, text: string): void => void actions.push({ kind: 'reply', on: pull.number, key, text });
  if (verdict.kind === 'green' && verdict.failingBelow.length > 0)
    reply('fails-below', say.failsOnBase(verdict.failingBelow, pull.baseRef));
  const isFirst = ci.readyAt === null;
  if (draft && verdict.kind === 'nothing ran' && (pull.draft || isFirst)) reply(`nothing-ran:${pull.headSha}`, say.noChecksRan());
  // It counts as ready only when it is observed to be ready: another observation follows the action.
  if (draft && pull.draft) return [component, ...actions, { kind: 'make_ready', number: pull.number }];
  const of = reviewers.filter((login) => login !== pull.author.login);
  if (isFirst && of.length > 0) actions.push({ kind: 'request_review', number: pull.number, of });
  return [{ ...component, ci: { ...ci, readyAt: pull.headSha } }, ...actions];
}

function settledRed(component: ComponentRecord, { pull, execution }: SeenPull, verdict: Extract<Verdict, { kind: 'red' }>): Step {
  const { ci } = component;
  const wasTried = ci.attemptedHeads.length > 0 && verdict.failing.some(isFixable);
  if (!wasTried || shouldFix(component, pull.headSha, verdict, execution)) return [component];
  const names = verdict.failing.map((check) => check.name);
  const abandoned: ComponentRecord = {
    ...component,
    ci: { ...ci, abandonedAt: pull.headSha },
    ...(component.state === 'open' ? { note: say.stillFailing(names) } : {}),
  };
  if (ci.abandonedAt !== null) return [abandoned];
  return [
    abandoned,
    { kind: 'flag_checks', number: pull.number, failing: true },
    {
      kind: 'reply',
      on: pull.number,
      key: `checks-left:${ci.attemptedHeads.length}`,
      text: say.checksAbandoned(names, ci.outcomes),
    },
  ];
}
