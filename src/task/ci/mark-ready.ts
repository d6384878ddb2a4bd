import { parseBranchName } from '../../domain/task/branch-name.ts';
import { isFixable, type Verdict } from '../../domain/task/checks.ts';
import type { ComponentRecord, TaskRecord } from '../../domain/task/task.ts';
import { recheckId } from '../../domain/task/work-id.ts';
import type { PullRequest } from '../../ports/forge/pulls.ts';
import * as say from '../../replies/comments/ci-news.ts';
import type { Settings } from '../../settings/repository-settings.ts';
import type { Action } from '../model/action.ts';
import type { TaskView } from '../model/view.ts';
import { ageOf, checksMatter, ciVerdict, shouldFix } from './ci-verdict.ts';

interface CiOutcome {
  readonly components: TaskRecord['components'];
  readonly actions: readonly Action[];
}

/**
 * What the checks of open pull requests mean for people: green ones are handed over to them, ready and with the approvers asked for a
 * review; those that the executor cannot mend are left to them, and say so. `approved` holds the spec hashes people stand by.
 */
export function markReadyWhenGreen(
  record: TaskRecord,
  view: TaskView,
  approved: TaskRecord['approved'],
  approvers: readonly string[],
  { execution }: Settings,
): CiOutcome {
  const components = { ...record.components };
  const actions: Action[] = [];
  for (const [id, c] of Object.entries(record.components)) {
    const pull = view.components[id]?.pull;
    const isCurrent = c.state === 'open' && c.pull === pull?.number && c.built === c.spec && approved[id] === c.spec;
    if (!pull || !isCurrent || !checksMatter(c, pull, execution)) continue;
    const verdict = ciVerdict(id, c, view);
    const [next, ...more] = isGood(verdict, pull)
      ? settledGreen(c, pull, verdict, approvers, execution)
      : verdict.kind === 'red'
        ? settledRed(c, pull, verdict, execution)
        : [c, ...(verdict.kind === 'unread' ? lookAgain(id, c, pull, view) : [])];
    components[id] = next;
    actions.push(...more);
  }
  return { components, actions };
}

/** A stacked one where nothing ran is not through its checks: many workflows run for the default branch only, so they run when it is moved. */
const isGood = (verdict: Verdict, { baseRef }: PullRequest): boolean =>
  verdict.kind === 'green' || (verdict.kind === 'nothing ran' && parseBranchName(baseRef) === null);

type Step = [ComponentRecord, ...Action[]];

/** Before the grace is over there is nothing to see, so nothing else would bring anybody here again. */
function lookAgain(id: string, c: ComponentRecord, pull: PullRequest, { task, at, checksGrace }: TaskView): Action[] {
  const seconds = Math.max(0, Math.ceil(checksGrace - ageOf(c, pull, at) / 1000));
  return [{ kind: 'look_again', workflow: recheckId(task, id, c.head ?? { sha: pull.headSha, seen: '' }), seconds }];
}

function settledGreen(
  before: ComponentRecord,
  pull: PullRequest,
  verdict: Verdict,
  approvers: readonly string[],
  { draft }: Settings['execution'],
): Step {
  const actions: Action[] = [];
  if (before.given_up !== null) actions.push({ kind: 'flag_checks', number: pull.number, failing: false });
  const mended = before.given_up !== null || before.job.kind === 'fix';
  const c = { ...before, given_up: null, reason: mended ? null : before.reason };
  // Once a head: whoever makes it a draft again after that means it.
  if (c.ready === pull.headSha) return [c, ...actions];
  const said = (key: string, text: string): void => void actions.push({ kind: 'reply', on: pull.number, key, text });
  if (verdict.kind === 'green' && verdict.failingBelow.length > 0)
    said('fails-below', say.failsBelow(verdict.failingBelow, pull.baseRef));
  const isFirst = c.ready === null;
  if (draft && verdict.kind === 'nothing ran' && (pull.draft || isFirst)) said(`nothing-ran:${pull.headSha}`, say.nothingRan());
  // It counts as handed over when it is seen to be ready: the action is followed by another look.
  if (draft && pull.draft) return [c, ...actions, { kind: 'make_ready', number: pull.number }];
  const of = approvers.filter((login) => login !== pull.author.login);
  if (isFirst && of.length > 0) actions.push({ kind: 'request_review', number: pull.number, of });
  return [{ ...c, ready: pull.headSha }, ...actions];
}

function settledRed(
  c: ComponentRecord,
  pull: PullRequest,
  verdict: Extract<Verdict, { kind: 'red' }>,
  execution: Settings['execution'],
): Step {
  const wasTried = c.fixed.length > 0 && verdict.failing.some(isFixable);
  if (!wasTried || shouldFix(c, pull.headSha, verdict, execution)) return [c];
  const names = verdict.failing.map((check) => check.name);
  const left = { ...c, given_up: pull.headSha, reason: say.stillFailing(names) };
  if (c.given_up !== null) return [left];
  return [
    left,
    { kind: 'flag_checks', number: pull.number, failing: true },
    { kind: 'reply', on: pull.number, key: `checks-left:${c.fixed.length}`, text: say.checksLeft(names, c.tried) },
  ];
}
