import { readFileSync, writeFileSync } from 'node:fs';
import { gitBlobId } from '../../domain/change/git-blob-id.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { Blocker, Question } from '../../domain/task/task.ts';
import { loadPlanFile } from '../../plan-file/load.ts';
import { renderPlanFile } from '../../plan-file/render.ts';
import { estimateCost } from '../../workflows/shared/estimate.ts';
import type { LocalPlanResult } from '../../workflows/try/plan-locally.ts';
import { type ActiveTry, type Ended, PERSON, stopped } from './active-try.ts';
import type { Decision } from './decision.ts';
import { readPlanFile } from './read-plan-file.ts';

/** A text that the person has approved, and what it says. */
export interface Approved {
  readonly kind: 'approved';
  readonly plan: Plan;
  readonly text: string;
  readonly blob: string;
}

/** From the request to a text of PLAN.md that the person has approved. */
export async function planUntilApproved(current: ActiveTry): Promise<Approved | Ended> {
  for (;;) {
    const { approved } = current.session();
    if (approved !== null) {
      const read = await loadPlanFile(approved);
      if (!read.ok) return stopped('The approved plan can no longer be read.', 1);
      return { kind: 'approved', plan: read.value.plan, text: approved, blob: gitBlobId(Buffer.from(approved)) };
    }
    const planned = await writePlan(current);
    if (planned !== null && planned.kind === 'stopped') return planned;
    const ended = await review(current);
    if (ended !== null) return ended;
  }
}

/**
 * Has the plan of this round written, unless it exists already. Null: PLAN.md is written, or the person has answered and the next
 * round begins.
 */
async function writePlan(current: ActiveTry): Promise<Ended | null> {
  for (;;) {
    const { planning, comments, written } = current.session();
    if (written === planning.round) return null;
    const id = `plan:${planning.round}:${planning.attempt}`;
    const { notes, former, blockers } = planning;
    const result = await current.work.plan(id, { comments, notes, former, blockers });
    switch (result.kind) {
      case 'plan':
        writeFileSync(current.planPath, textOf(current, result));
        current.update({ written: planning.round });
        if (result.unreviewed !== null) current.emit({ type: 'note', text: unreviewed(result.unreviewed) });
        return null;
      case 'questions': {
        const ended = await answerQuestions(current, result.questions);
        if (ended !== null) return ended;
        break;
      }
      case 'failed': {
        current.emit({ type: 'failed', what: 'planner', reason: result.reason });
        current.update({ failed: [id] });
        const decision = await current.decide('The plan could not be made.', ['retry', 'stop']);
        if (decision?.kind !== 'retry') return stopped('There is no plan.', 1);
        await retryPlanning(current);
      }
    }
  }
}

const unreviewed = (reason: string): string =>
  `The planner's review of its own plan failed (${reason.replace(/\.$/, '')}); this is the plan from before it. Read it with extra care.`;

/** Called before planning is tried again: where no model answered it continues, else a new conversation begins. */
export async function retryPlanning(current: ActiveTry): Promise<void> {
  const { planning, failed } = current.session();
  const id = `plan:${planning.round}:${planning.attempt}`;
  if (!failed.includes(id)) return;
  const continues = await current.work.retry(id);
  const attempt = continues ? planning.attempt : planning.attempt + 1;
  current.update({ failed: failed.filter((one) => one !== id), planning: { ...planning, attempt } });
}

function textOf({ subject, session }: ActiveTry, { plan, model }: Extract<LocalPlanResult, { kind: 'plan' }>): string {
  const { number: issue, head: commit } = subject;
  return renderPlanFile(plan, { issue, revision: session().planning.revision, model, commit });
}

async function answerQuestions(current: ActiveTry, questions: readonly Question[]): Promise<Ended | null> {
  current.emit({ type: 'questions', questions });
  const waiting = stopped('The planner waits for your answers: continue with --replan "your answers".', 0);
  const decision = await current.decide('Answer in one line (replan ...), or stop.', ['replan', 'stop']);
  if (decision?.kind !== 'replan') return waiting;
  const text = decision.text || (await current.askFor('Your answers'));
  if (!text) return waiting;
  nextRound(current, { text, asked: questions.map(({ question }) => question) });
  return null;
}

interface Feedback {
  readonly text: string;
  /** The questions that this answers. */
  readonly asked?: readonly string[];
  readonly blockers?: readonly { readonly component: string; readonly blocker: Blocker }[];
}

/** Another planning conversation, with what the person says now and everything said before. */
export function nextRound(current: ActiveTry, { text, asked = [], blockers = [] }: Feedback): void {
  const { planning, comments, written } = current.session();
  const at = new Date(current.clock.now()).toISOString();
  const questions = asked.length === 0 ? '' : `You asked:\n${asked.map((question) => `- ${question}`).join('\n')}\n\n`;
  const hasPlan = written === planning.round;
  current.update({
    approved: null,
    comments: planning.notes === null ? comments : [...comments, planning.notes],
    planning: {
      round: planning.round + 1,
      revision: planning.revision + (hasPlan ? 1 : 0),
      attempt: 1,
      notes: text === '' ? null : { by: PERSON, at, text: questions + text },
      former: hasPlan ? readFileSync(current.planPath, 'utf8') : null,
      blockers: [...blockers],
    },
  });
}

const CHOICES: readonly Decision['kind'][] = ['approve', 'ask', 'replan', 'edit', 'stop'];
const UNUSABLE_CHOICES: readonly Decision['kind'][] = ['edit', 'ask', 'replan', 'stop'];

/** Shows the plan and acts on the person's decisions until it is approved or planned again (null), or the process is to end. */
async function review(current: ActiveTry): Promise<Ended | null> {
  let shown: string | null = null;
  for (;;) {
    const text = readFileSync(current.planPath, 'utf8');
    const read = await readPlanFile(text, current.subject, current.snapshot);
    if (!read.ok) current.emit({ type: 'findings', path: current.planPath, findings: read.reason });
    else if (text !== shown) await show(current, read.value, text);
    shown = text;
    const { asking } = current.session();
    if (asking !== null) await answer(current, asking, text);
    const about = read.ok ? 'What next?' : 'PLAN.md has to be corrected first.';
    const decision = await current.decide(about, read.ok ? CHOICES : UNUSABLE_CHOICES);
    switch (decision?.kind) {
      case 'approve':
        if (!read.ok) break;
        current.update({ approved: text });
        current.emit({ type: 'approved', blob: gitBlobId(Buffer.from(text)) });
        return null;
      case 'ask':
        await ask(current, decision.text, text);
        break;
      case 'replan': {
        const feedback = decision.text || (await current.askFor('What should change?'));
        if (!feedback) break;
        nextRound(current, { text: feedback });
        return null;
      }
      case 'edit': {
        const problem = await current.edit(current.planPath);
        if (problem !== null) current.emit({ type: 'note', text: problem });
        break;
      }
      default:
        return read.ok
          ? stopped('The plan waits for your approval: read it, edit the file if you like, and continue with --yes.', 0)
          : stopped('The plan cannot be approved as it is.', 1);
    }
  }
}

async function show(current: ActiveTry, plan: Plan, text: string): Promise<void> {
  const { subject, snapshot, limits, planPath, session } = current;
  current.emit({
    type: 'plan',
    path: planPath,
    revision: session().planning.revision,
    text,
    components: plan.components.length,
    estimate: await estimateCost(current, subject.settings, snapshot, { plan, text }),
    max_usd: limits.usd,
  });
}

async function ask(current: ActiveTry, given: string, plan: string): Promise<void> {
  const question = given || (await current.askFor('Your question'));
  if (!question) return;
  current.update({ questions: current.session().questions + 1, asking: question });
  await answer(current, question, plan);
}

/** Answers a question, also one of an earlier process that ended before the answer came. */
async function answer(current: ActiveTry, question: string, plan: string): Promise<void> {
  const result = await current.work.ask(`ask:${current.session().questions}`, { question, plan, by: PERSON });
  current.update({ asking: null });
  if (result.kind === 'answered') current.emit({ type: 'answer', question, text: result.text });
  else current.emit({ type: 'failed', what: 'planner', reason: result.reason });
}
