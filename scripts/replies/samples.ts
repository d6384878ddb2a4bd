import type { TaskState } from '../../src/domain/task/task.ts';
import type { CheckReport } from '../../src/ports/forge/checks.ts';
import type { RefusalReason } from '../../src/ports/forge/forge-error.ts';
import * as checks from '../../src/replies/checks/own-checks.ts';
import * as settingsCheck from '../../src/replies/checks/settings-check.ts';
import * as answers from '../../src/replies/comments/answers.ts';
import * as checkNews from '../../src/replies/comments/ci-news.ts';
import * as work from '../../src/replies/comments/component-news.ts';
import * as conflict from '../../src/replies/comments/file-conflict.ts';
import * as generated from '../../src/replies/comments/generated-files.ts';
import * as lifecycle from '../../src/replies/comments/lifecycle.ts';
import * as review from '../../src/replies/comments/review-answers.ts';
import * as commits from '../../src/replies/pages/commit-messages.ts';
import * as componentPull from '../../src/replies/pages/component-pull-request.ts';
import * as localCommit from '../../src/replies/pages/local-commit.ts';
import * as awaited from '../../src/replies/pages/pending-checks.ts';
import * as planPull from '../../src/replies/pages/plan-pull-request.ts';
import * as statusComment from '../../src/replies/pages/status-comment.ts';
import * as budget from '../../src/replies/phrases/budget.ts';
import * as conformance from '../../src/replies/phrases/conformance-report.ts';
import * as forecasts from '../../src/replies/phrases/estimate.ts';
import * as gate from '../../src/replies/phrases/gate-findings.ts';
import * as outage from '../../src/replies/phrases/model-fallbacks.ts';
import * as patterned from '../../src/replies/phrases/patterned.ts';
import * as refusals from '../../src/replies/phrases/refusals.ts';
import * as sensitive from '../../src/replies/phrases/sensitive-files.ts';
import { aTask, BLOB, BLOCKER, component, OUT, PLAN, PLANNING, SPEND, STACK } from './sample-values.ts';

/** One text the bot can write: the function in src/replies that says it, and when. */
export interface Sample {
  readonly says: string;
  readonly when: string;
  readonly text: string | CheckReport;
}

const LIMITS = { usd: 10, tokens: null };
const FORECAST = {
  model: 'anthropic/claude-haiku-5-5',
  reviewer: 'anthropic/claude-opus-5-5',
  low: { turns: 7, tokens: 61_000, usd: 0.03 },
  high: { turns: 28, tokens: 740_000, usd: 0.31 },
};
const FINDINGS = [{ line: 4, message: 'Unknown key `exection`. Did you mean `execution`?' }];
const TEXT = { blob: BLOB, url: `https://github.com/acme/links/blob/${'c'.repeat(40)}/PLAN.md` };
const CAP = { cap: { kind: 'day' as const, repository: null, since: 0, usd: 20 }, spent: 19.7, held: 0.1 };
const DIFF = {
  added: ['metrics'],
  removed: [],
  changed: [{ id: 'limit-links', parts: ['contract', 'files'] }],
  unchanged: ['token-bucket'],
  plan: ['risks'],
};
const bucket = PLAN.components[0] as (typeof PLAN.components)[number];
const links = PLAN.components[1] as (typeof PLAN.components)[number];
const OPEN = component({ state: 'open', note: null }, 'token-bucket', { pull: 13 });
const RUNNING = component({ state: 'running' }, 'limit-links', { spend: [], built: null, job: { kind: 'build', base: STACK } });

/** `answer(answers.help, 'asked with /help')`: the function of that module is called with what follows. */
const from =
  (module: object) =>
  <A extends readonly unknown[]>(of: (...args: A) => string | CheckReport, when: string, ...args: A): Sample => {
    const [says] = Object.entries(module).find(([, value]) => value === of) ?? [];
    if (says === undefined) throw new Error(`what is said ${when} is in another module`);
    return { says, when, text: of(...args) };
  };

const answer = from(answers);
const check = from(checks);
const news = from(work);
const money = from(budget);
const forecast = from(forecasts);
const plan = from(planPull);
const pull = from(componentPull);
const commit = from(commits);
const byPattern = from(patterned);
const ci = from(checkNews);
const local = from(localCommit);
const life = from(lifecycle);
const onReview = from(review);
const unfit = from(gate);
const other = from(conflict);
const held = from(conformance);
const madeBy = from(generated);
const RUN = 'https://github.com/mara/shortlinks/actions/runs/9';
const settings = from(settingsCheck);
const refusal = from(refusals);
const first = from(sensitive);
const RULES: patterned.CommitRules = { pattern: '{title}', trailers: [] };
const QUEUED = { name: checks.PLAN_CHECK, conclusion: 'success', title: 'Made from the approved plan', externalId: 'plan' };
const BY_RULES: patterned.CommitRules = {
  pattern: '{type}({scope}): {title}\n\nRefs #{issue}',
  trailers: ['Co-authored-by: mara <7+mara@users.noreply.github.com>'],
};
const OF_LINKS = { component: links, issue: 7, rules: RULES };
const CLASSIFIED = { ...links, type: 'feat', scope: 'links' };
const SENSITIVE = {
  ...PLAN,
  components: [{ ...bucket, files: [{ path: 'Makefile', action: 'modify' as const, change: 'a target for the new test' }] }],
};

const facts = (state: TaskState, record: statusComment.StatusFacts['record'], more: Partial<statusComment.StatusFacts> = {}) => ({
  issue: 7,
  state,
  record,
  plan: PLAN,
  planPull: { number: 12, state: 'open' as const, merged: false, mergedInto: null },
  planCheck: 'success',
  approval: { by: [], required: 1, objections: [], ways: ['review', 'merge', 'command'] },
  checked: [],
  limits: LIMITS,
  settingsFindings: [],
  dashboard: null,
  ...more,
});
const status = (when: string, of: statusComment.StatusFacts): Sample =>
  from(statusComment)(statusComment.statusComment, when, of);

const PLAN_PULL: planPull.PlanPullRequest = {
  issue: 7,
  revision: 1,
  blob: BLOB,
  path: 'PLAN.md',
  plan: PLAN,
  spend: [PLANNING],
  model: PLANNING.model,
  prompt: 3,
  reasoning: 'The server asks for the address in one place only, so the limit belongs there.',
  forecast: FORECAST,
  limits: LIMITS,
  ways: ['review', 'merge', 'command'],
  unopened: [],
  protectsNothing: [],
  weakPlanner: false,
  unreviewed: null,
  dashboard: {
    task: 'https://planwright.example.com/dashboard/acme/links/7',
    conversation: 'https://planwright.example.com/dashboard/acme/links/7/plan/1.1.1',
  },
};
const COMPONENT_PULL: componentPull.ComponentPullRequest = {
  dashboard: null,
  issue: 7,
  blob: BLOB,
  planPull: 12,
  plan: PLAN,
  component: links,
  summary: [
    'The server asks the bucket before it makes a link.',
    '- [x] The 21st link of a second is refused with 429. (shown by `test/limit.test.js`)',
  ].join('\n'),
  deviations: [],
  conformance: null,
  spend: [SPEND],
  siblings: new Map([['token-bucket', 13]]),
  stack: STACK,
};

const CONFORMANCE: conformance.ConformanceReport = {
  found: 2,
  remaining: [
    {
      criterion: 'The 21st link of a second is refused with 429.',
      path: 'src/server.js',
      line: 14,
      problem: 'The server answers 503 where the plan says 429.',
      answer: 'Not changed: line 16 sets 429.',
    },
  ],
  unreviewed: null,
  spend: [PLANNING],
};

const REVISION = { sha: '4be1c02d9f7a4be1c02d9f7a4be1c02d9f7a4be1', url: 'https://github.com/mara/shortlinks/commit/4be1c02' };
const OVERLAP = { issue: 9, component: 'metrics', pull: 21, files: ['src/server.js'] };
const awaitedFor = (when: string, of: Partial<awaited.Checked>): Sample => {
  const checked: awaited.Checked = { component: OPEN, number: 13, draft: true, verdict: { kind: 'unread' }, attempts: 2, ...of };
  return { says: 'pendingOn', when, text: awaited.pendingOn(checked) ?? '' };
};

/** Those that have a sentence of ours. */
const REFUSALS = [
  ...['secondary_limit', 'locked', 'archived', 'suspended', 'blocked', 'workflows', 'not_accessible'],
  ...['signatures', 'ruleset', 'pulls_disabled', 'issues_disabled', 'empty_repository'],
] as RefusalReason[];

/** Every text, in the order in which a task meets them. */
export const SAMPLES: Readonly<Record<string, readonly Sample[]>> = {
  'Who may ask': [
    answer(answers.needsWriteAccess, 'a command by a person without write access', 'rita'),
    answer(answers.labelNeedsWriteAccess, 'the label set by a person without write access', 'rita'),
    answer(answers.approvalNeedsWriteAccess, 'an approving review by a person without write access', 'rita'),
    answer(answers.ignoredByLabel, 'asked to plan an issue that is kept out', 'no-plan'),
    answer(answers.issueIsClosed, 'asked to plan a closed issue'),
    answer(answers.baseIsSettled, 'asked to plan for another branch while the task is under way', null),
    answer(answers.noBase, '/plan --base without a name', '', false),
    answer(answers.noBase, '/plan --base with a name that git refuses', 'release 2..x', false),
    answer(answers.noBase, "/plan --base with one of the bot's branches", 'planwright/issue-7/token-bucket', true),
    answer(answers.baseNotFound, '/plan --base with a branch that is not there', 'release/3.x'),
    answer(answers.settingsBroken, 'asked for something while the settings cannot be read', FINDINGS),
    life(lifecycle.stoppedBySettings, 'the settings cannot be read any more', FINDINGS),
    settings(settingsCheck.settingsFit, 'check on a pull request that changes the settings', '.github/planwright.yml'),
    settings(settingsCheck.settingsBad, 'check on a pull request that breaks them', '.github/planwright.yml', FINDINGS),
    settings(settingsCheck.settingsGone, 'check on a pull request that removes them', '.github/planwright.yml'),
    check(checks.queuedCheck, "check on a merge queue's commit", QUEUED, 13, 'c'.repeat(40)),
    check(
      checks.queuedUnchecked,
      "check on a merge queue's commit for a head without checks",
      checks.PLAN_CHECK,
      13,
      'c'.repeat(40),
    ),
    check(checks.notOurPullRequest, "check on another person's pull request", checks.PLAN_CHECK),
    check(checks.fromReservedBranch, "check on a person's pull request from a branch of the bot", checks.SCOPE_CHECK),
  ],
  'The status comment': [
    status(
      'planning',
      facts(
        'planning',
        aTask({}, { planning: { ...aTask({}).planning, phase: 'running', revision: 1, spend: [] }, planPull: null }),
        { plan: null, planPull: null },
      ),
    ),
    status('in review', facts('review', aTask({}))),
    status(
      'in review, and its base was deleted',
      facts('review', aTask({}, { baseIsGone: true, branches: { prefix: 'planwright/', base: 'release/2.x' } })),
    ),
    status('one component open, one running', facts('executing', aTask({ 'token-bucket': OPEN, 'limit-links': RUNNING }))),
    status(
      'a stack to be merged',
      facts(
        'executing',
        aTask({
          'token-bucket': OPEN,
          'limit-links': component({ state: 'open', note: null }, 'limit-links', { pull: 14, stack: STACK }),
        }),
      ),
    ),
    status(
      'blocked',
      facts(
        'blocked',
        aTask({
          'token-bucket': component({ state: 'merged' }, 'token-bucket', { pull: 13 }),
          'limit-links': component({ state: 'blocked', blocker: BLOCKER }, 'limit-links'),
        }),
      ),
    ),
    status(
      'everything closed by people',
      facts(
        'blocked',
        aTask({
          'token-bucket': component({ state: 'dropped', reason: work.CLOSED, removedByPlan: false }, 'token-bucket', {
            pull: 13,
          }),
          'limit-links': component({ state: 'dropped', reason: work.CLOSED, removedByPlan: false }, 'limit-links', { pull: 14 }),
        }),
      ),
    ),
    status('cancelled', facts('cancelled', aTask({ 'token-bucket': OPEN }, { cancelled: true }))),
    status(
      'done',
      facts(
        'done',
        aTask({
          'token-bucket': component({ state: 'merged' }, 'token-bucket', { pull: 13 }),
          'limit-links': component({ state: 'merged' }, 'limit-links', { pull: 14 }),
        }),
      ),
    ),
    status('settings that cannot be read', facts('review', aTask({}), { settingsFindings: FINDINGS })),
    answer(
      answers.status,
      'asked with /status',
      'executing',
      aTask({ 'token-bucket': OPEN, 'limit-links': RUNNING }),
      'https://github.com/mara/shortlinks/issues/7#issuecomment-1',
      [],
    ),
    answer(answers.tooManyCommands, 'the 31st command in a minute', 'rita'),
    answer(answers.help, 'asked with /help'),
  ],
  Planning: [
    answer(
      answers.questions,
      'the planner must know something first',
      [{ question: 'Is a client an address or a key?', why: 'Keys can be shared, addresses can be many.' }],
      'mara',
    ),
    answer(answers.didYouMean, '/paln by a writer', 'plan'),
    answer(
      answers.planningFailed,
      'the planner stopped',
      'the limit of 60 model turns was reached before the work was finished.',
      true,
    ),
    answer(answers.issueWasEdited, 'asked to plan a text that is not the one planning was asked for', 7),
    answer(answers.stoppedByEdit, 'a person without write access edited the issue', 'rita'),
    answer(answers.notedEdit, 'a person without write access edited the issue after the plan was approved', 'rita'),
    plan(planPull.planTitle, 'title of the plan', PLAN, 7, '{title}'),
    plan(planPull.planTitle, 'title of the plan by a pattern', PLAN, 7, '{type}({scope}): {title}'),
    plan(planPull.planBody, 'body of the plan', PLAN_PULL),
    plan(planPull.planBody, 'body of a plan that was not reviewed by a planner that is weaker than the executor', {
      ...PLAN_PULL,
      weakPlanner: true,
      reasoning: null,
      unreviewed: 'the model gave nothing usable after 3 corrections',
    }),
    forecast(forecasts.estimateLine, 'in the body of the plan', FORECAST, LIMITS),
    forecast(forecasts.estimateReasoning, 'in the body of the plan', FORECAST, 2),
    forecast(forecasts.weakPlannerNote, 'in the body of the plan', 'anthropic/claude-haiku-5-5', 'anthropic/claude-opus-5-5'),
    check(checks.planIsSound, 'check on a plan', BLOB, PLAN, FORECAST, LIMITS),
    check(checks.planIsForAnotherBase, 'finding about a plan whose branch was changed', 'release/2.x'),
    check(checks.planIsForAnotherBase, 'finding about a plan that was given a branch', null),
    check(checks.planIsUnsound, 'check on an edited plan', 'PLAN.md', BLOB, [
      { line: 31, message: 'src/sever.js is to be modified but is not there. Did you mean src/server.js?' },
    ]),
    first(sensitive.sensitiveFiles, 'first in the check on a plan that touches such files', SENSITIVE),
    first(sensitive.sensitiveFilesBlock, 'first in the body of such a plan', SENSITIVE),
    first(sensitive.updateSensitiveFiles, 'in the body of a plan that a person has edited', 'What it is about.', SENSITIVE, true),
    check(checks.onlyPlanFileChanged, 'check on a plan', 'PLAN.md'),
    check(checks.otherFilesInPlanPull, 'check on a plan with other files', 'PLAN.md', ['README.md']),
    check(checks.unrelated, 'check on a plan whose branch was replaced', 'PLAN.md'),
    commit(
      commits.planMergeMessage,
      'merge commit that keeps a plan mergeable',
      { issue: 7, base: 'main', path: 'PLAN.md' },
      RULES,
    ),
    life(lifecycle.baseIsGone, 'the branch that the task is for was deleted', 'release/2.x'),
    life(lifecycle.planClosed, 'the plan was closed before anything was started', false, null),
    life(lifecycle.planClosed, 'the plan was closed afterwards', true, null),
    life(lifecycle.planClosed, 'the plan was merged into another branch', false, 'release-1'),
    life(
      lifecycle.statusWasEdited,
      'a person edited the status comment',
      'wes',
      'https://github.com/mara/shortlinks/issues/7#issuecomment-8',
    ),
    onReview(
      review.threadReplanned,
      'in a conversation on the plan, after a revision',
      2,
      'https://github.com/mara/shortlinks/pull/12#issuecomment-9',
    ),
    answer(answers.planRevised, 'a revision was posted', 2, DIFF),
    answer(answers.asked, 'answer to /ask', 'mara', 'Because `src/server.js` asks in one place only.'),
    answer(answers.askFailed, 'no answer to /ask', 'the model cannot be reached.'),
    answer(answers.nothingToAsk, '/ask without a question'),
    commit(commits.planCommitMessage, 'commit of a plan', { plan: PLAN, issue: 7, rules: RULES }, { revision: 2, attempt: 1 }),
  ],
  Approval: [
    answer(answers.nothingToExecute, '/execute without a plan'),
    answer(answers.commandDoesNotApprove, '/execute where it does not count', ['review', 'merge']),
    answer(answers.authorMayNotApprove, '/execute by the author where that does not count'),
    answer(answers.planNotChecked, '/execute before the check had ended', null, null),
    answer(answers.planNotChecked, '/execute on a plan that cannot be read', null, { ok: false }),
    answer(answers.approvalsMissing, 'one of two approvals', ['mara'], 2),
    answer(answers.approvedText, 'approved with /execute', TEXT),
    answer(answers.startsAfterPlanning, 'approved with /execute while the planning work is still ending'),
    answer(answers.commandChanged, '/execute, edited since', TEXT),
    answer(answers.seenTextUnknown, '/execute, GitHub does not tell what was at the head', null, TEXT),
    answer(answers.seenTextUnknown, '/execute at the moment of an edit', [BLOB, 'e'.repeat(40)], TEXT),
    answer(answers.seenTextUnknown, '/execute before an edit', ['e'.repeat(40)], TEXT),
    answer(answers.unknownBlob, '/execute with a blob that is not the plan', 'eeeeeee', TEXT),
    answer(answers.planIsStale, 'approved, but the files are not the same any more', ['src/server.js']),
  ],
  Components: [
    pull(componentPull.componentTitle, 'title of a component', links, 7, '{title}'),
    pull(componentPull.componentTitle, 'title of a component by a pattern', CLASSIFIED, 7, '{type}({scope}): {title}'),
    pull(componentPull.componentBody, 'body of a component stacked on another', COMPONENT_PULL),
    pull(componentPull.componentBody, 'body of a component found on its branch', {
      ...COMPONENT_PULL,
      component: bucket,
      summary: null,
      spend: [],
      stack: null,
      siblings: new Map(),
    }),
    commit(commits.componentCommitMessage, 'commit of a component', OF_LINKS, {
      component: 'limit-links',
      attempt: 1,
      blob: BLOB,
    }),
    commit(
      commits.componentCommitMessage,
      'commit of a component by a pattern',
      { component: CLASSIFIED, issue: 7, rules: BY_RULES },
      { component: 'limit-links', attempt: 1, blob: BLOB },
    ),
    byPattern(patterned.patternedTitle, 'title by a pattern', '{id}: {title}', 'Limit links', patterned.namedAs(CLASSIFIED, 7)),
    byPattern(
      patterned.patternedMessage,
      'commit message by a pattern',
      'Limit links\n\nPlanwright-Attempt: 1\n',
      BY_RULES,
      patterned.namedAs(links, 7),
    ),
    commit(commits.moveCommitMessage, 'merge commit that moves a component', OF_LINKS, 'main', {
      component: 'limit-links',
      attempt: 2,
      blob: BLOB,
    }),
    check(checks.withinScope, 'check on a component', 'limit-links', 'a'.repeat(64), 2),
    check(checks.scopeUnknown, 'check on a component whose plan is lost', 'limit-links', 'a'.repeat(64), BLOB),
    check(checks.madeFromApprovedPlan, 'check on a component', BLOB),
    check(checks.madeFromFormerPlan, 'check on a component whose plan was changed', BLOB),
    check(checks.pausedByLock, 'check on a component whose issue was locked', 7, { conclusion: 'success' }),
    commit(commits.fixCommitMessage, 'commit that fixes checks', OF_LINKS, ['test'], {
      component: 'limit-links',
      attempt: 3,
      blob: BLOB,
    }),
    commit(
      commits.updateParentCommitMessage,
      'merge commit that brings a parent up to date',
      'planwright/issue-7/token-bucket',
      'main',
      RULES,
    ),
    news(
      work.parentConflicts,
      'reason of a component whose parent is out of date',
      'planwright/issue-7/token-bucket',
      ['src/server.js'],
      'main',
    ),
    commit(commits.revisionCommitMessage, 'commit of a revision', OF_LINKS, {
      component: 'limit-links',
      attempt: 2,
      blob: BLOB,
    }),
    pull(componentPull.componentBody, 'body of a component that did not meet everything', {
      ...COMPONENT_PULL,
      summary: 'The server asks the bucket.\n- [ ] The 21st link of a second is refused with 429: the test server has no clock.',
    }),
    pull(componentPull.componentBody, 'body of a component that was reviewed against the plan', {
      ...COMPONENT_PULL,
      conformance: CONFORMANCE,
    }),
    ...(['missing', 'disabled', 'unreadable', 'not-started'] as const).map((kind) => ({
      says: 'patchMissing',
      when: `execution.workflow is ${kind}`,
      text: generated.patchMissing('planwright-run.yml', { kind }) ?? '',
    })),
    {
      says: 'patchMissing',
      when: 'execution.workflow does not end',
      text: generated.patchMissing('planwright-run.yml', { kind: 'too-long', url: RUN }) ?? '',
    },
    madeBy(
      generated.patchRefused,
      'the patch changes something else',
      RUN,
      generated.patchUnfit(['README.md is not among the files of component limit-links.']),
    ),
    madeBy(generated.patchUnfit, 'reason', ['README.md is not among the files of component limit-links.']),
    madeBy(generated.patchDoesNotApply, 'reason', 'error: patch failed: package-lock.json:3'),
    commit(commits.generatedCommitMessage, 'commit of what the workflow generated', OF_LINKS, RUN, {
      component: 'limit-links',
      attempt: 2,
      blob: BLOB,
    }),
    held(conformance.conformanceWarning, 'at the top of a component, with findings that remain', CONFORMANCE),
    held(conformance.conformanceWarning, 'at the top of a component that could not be reviewed', {
      ...CONFORMANCE,
      found: 0,
      remaining: [],
      unreviewed: 'the model cannot be reached.',
    }),
    held(conformance.conformanceWarning, 'at the top of a component whose correction could not be reviewed', {
      ...CONFORMANCE,
      unreviewed: 'the model cannot be reached.',
    }),
    held(conformance.conformanceNote, 'on the terminal, before the summary', CONFORMANCE),
    held(conformance.conformanceOrigin, 'in the small print of a component', CONFORMANCE),
    unfit(gate.unfit, 'reason after the output gate found something twice', [
      'README.md is not among the files of component limit-links.',
      "src/key.js line 3 holds what looks like a secret (secretlint's rule privatekey).",
    ]),
    unfit(gate.editsRefused, "after the executor's summary", 'The server asks the bucket.', 'At most 300 files may be changed.'),
    other(conflict.waitsForOther, 'another task changes the same file', 'limit-links', OVERLAP),
    other(conflict.waitReason, 'in the table of components', OVERLAP),
    answer(answers.onlyDroppedRemain, '/execute where people closed all that is left', ['token-bucket', 'limit-links']),
    answer(answers.heldByDropped, '/execute with what is held', [['limit-links', 'token-bucket']]),
    check(checks.outsideScope, 'check on a component that reaches further', 'limit-links', 'a'.repeat(64), [
      { path: 'README.md', reason: 'is not among the files of component limit-links' },
    ]),
    answer(answers.blocked, 'the plan cannot be followed; it is being amended', 'limit-links', BLOCKER, {
      isAmending: true,
      requester: 'mara',
    }),
    answer(answers.blocked, 'the plan cannot be followed; people decide', 'limit-links', BLOCKER, {
      isAmending: false,
      requester: 'mara',
    }),
    answer(
      answers.componentFailed,
      'a component stopped',
      'limit-links',
      'the limit of 40 model turns was reached before the work was finished.',
    ),
    answer(answers.droppedComponentsRemain, 'everything is merged but for what people dropped', ['limit-links']),
    answer(answers.unknownComponents, '/execute with a name that is none', ['limits'], ['token-bucket', 'limit-links']),
    answer(answers.nothingToRestart, '/execute with what is running', [['limit-links', 'running']]),
    news(work.conflictsElsewhere, 'reason of a component that cannot be moved', ['docs/limits.md'], 'main'),
    news(work.parentClosed, 'the parent of a stack was closed', STACK, 'token-bucket'),
    news(work.parentClosed, 'the parent of its parent was closed', STACK, 'client-key'),
    { says: 'CLOSED', when: 'reason of a component whose pull request a writer closed', text: work.CLOSED },
    news(work.closedUndecided, 'reason of a component whose pull request a bot closed', { kind: 'by_bot', by: 'stale[bot]' }),
    news(work.closedUndecided, 'reason of a component whose base was deleted', { kind: 'base_deleted' }),
    news(
      work.waitsAfterClosing,
      'on a pull request that a person without write access closed',
      'limit-links',
      work.closedUndecided({ kind: 'by_stranger', by: 'rita' }),
    ),
    local(localCommit.localCommitMessage, 'commit of a component by `planwright try`', links, BLOB),
    local(
      localCommit.localJoinMessage,
      'merge commit of a component with two dependencies by `planwright try`',
      'limit-links',
      'planwright/try-1/token-bucket',
    ),
    news(work.landsWithParent, 'merged before its parent', 'planwright/issue-7/token-bucket'),
    news(work.mergedIntoClosedBranch, 'merged into a branch that was merged before', 'planwright/issue-7/token-bucket'),
    news(work.keptByRevision, 'a new revision keeps it', 12, 2),
    news(work.droppedByRevision, 'a new revision drops it', 12, 2),
    news(work.reviseWhere, '/revise on the issue', [['token-bucket', 13]]),
    news(work.reviseLater, '/revise while it is worked on', 'limit-links', 'work'),
    news(work.reviseLater, '/revise while the task is cancelled', 'limit-links', 'resume'),
    news(work.reviseLater, '/revise while it is blocked', 'limit-links', 'restart'),
    news(work.reviseLater, '/revise while the plan is not approved', 'limit-links', 'approval'),
    news(work.revisionBlocked, 'a review asks for what the plan does not allow', 'limit-links', 7, true),
    onReview(review.revisionAccount, 'a review was addressed', {
      by: 'mara',
      revision: REVISION,
      summary: '1. The header is in whole seconds now.\n2. Left as it is: the plan asks for 429.',
      points: [],
      leftOut: 0,
      spend: [SPEND],
    }),
    onReview(
      review.threadAnswer,
      'in a conversation',
      'The header is in whole seconds now.',
      REVISION,
      'https://github.com/mara/shortlinks/pull/14#issuecomment-9',
    ),
    onReview(
      review.threadAnswer,
      'in a conversation the executor said nothing of',
      null,
      REVISION,
      'https://github.com/mara/shortlinks/pull/14#issuecomment-9',
    ),
    onReview(review.nothingToRevise, '/revise with nothing to address', 'mara'),
    news(
      work.followUpStopped,
      'reason after a revision that failed',
      { kind: 'revise', by: 'mara', at: '', notes: '' },
      'the model cannot be reached.',
    ),
    news(work.followUpNews, 'a revision failed', 'The revision stopped: the model cannot be reached.'),
  ],
  Checks: [
    awaitedFor('before they were observed', {}),
    awaitedFor('while they run', { verdict: { kind: 'unsettled', running: ['test', 'lint'] } as awaited.Checked['verdict'] }),
    ci(checkNews.noChecksRan, 'no check ran'),
    ci(checkNews.failsOnBase, 'what fails here fails below, too', ['test'], 'main'),
    ci(checkNews.stillFailing, 'reason', ['test']),
    ci(
      checkNews.checksAbandoned,
      'no attempt to fix the checks is left',
      ['test'],
      ['Rounded the header up.', 'Nothing was changed. The test needs a clock.'],
    ),
  ],
  Money: [
    money(budget.budgetSpent, 'reason', 'usd', LIMITS, { usd: 9.81, tokens: 4_100_000 }, { usd: 0.4, tokens: 90_000 }),
    money(
      budget.budgetSpent,
      'reason before anything was spent',
      'usd',
      { usd: 0.1, tokens: null },
      { usd: 0, tokens: 0 },
      { usd: 0.4, tokens: 90_000 },
    ),
    money(budget.capReached, 'reason', CAP, { usd: 0.4, tokens: 90_000 }),
    money(budget.describeCaps, 'in the answer to /status', [CAP]),
    money(budget.priceUnknown, 'reason', 'compatible/llama', 10),
    {
      says: 'modelFallbacks',
      when: 'a model was unavailable',
      text: outage.modelFallbacks([OUT, { ...SPEND, model: 'openai/gpt-6' }]).join('\n'),
    },
  ],
  'GitHub refuses': [
    ...REFUSALS.map((reason) => ({
      says: 'refusalSentence',
      when: `GitHub refuses as ${reason}`,
      text: refusals.refusalSentence(reason) ?? '',
    })),
    refusal(refusals.branchRefusedOnBase, 'GitHub refuses a branch that changes no workflow file'),
    refusal(refusals.branchOfAnother, 'a branch of the same name is there', 'feature/issue-7/plan'),
    refusal(refusals.baseIsMissing, 'the branch that the task is for is gone', 'release/2.x'),
    refusal(refusals.referenceBlocks, 'a branch is in the way', 'planwright', 'planwright/issue-7/plan'),
  ],
  'The end': [
    answer(
      answers.finalReview,
      'the result was compared with the plan',
      '- `token-bucket`: met.\n- `limit-links`: met; the header says whole seconds.',
    ),
    answer(answers.finalReviewFailed, 'the result could not be compared', 'the model cannot be reached.'),
    answer(
      answers.planCompleted,
      'on the plan, when it is closed',
      aTask({ 'token-bucket': component({ state: 'merged' }, 'token-bucket', { pull: 13 }) }),
    ),
    answer(answers.reopened, 'the issue was reopened'),
    life(lifecycle.stoppedByClosing, 'the issue was closed', 'mara', true),
    life(lifecycle.issueIsGone, 'on pull requests, when the issue was deleted', 7, null),
    life(lifecycle.issueIsGone, 'on pull requests, when the issue was transferred', 7, 'mara/limits'),
  ],
};
