import { joinNames } from '../../replies/phrases/join-names.ts';
import { type ActiveTry, type Ended, stopped } from './active-try.ts';
import { buildComponents, type Outcomes, retryComponents } from './build-components.ts';
import { nextRound, planUntilApproved, retryPlanning } from './review-plan.ts';
import { type RepositoryFolder, summarise } from './summarise.ts';

/** Runs the try from wherever it is to the end, or to where it needs a person. */
export async function continueTry(current: ActiveTry, place: RepositoryFolder): Promise<Ended> {
  await retryPlanning(current);
  for (let first = true; ; first = false) {
    const agreed = await planUntilApproved(current);
    if (agreed.kind === 'stopped') return agreed;
    if (first) await retryComponents(current, agreed);
    const outcomes = await buildComponents(current, agreed);
    if (outcomes.blocked.length + outcomes.failed.length === 0) {
      await summarise(current, agreed, place);
      current.update({ finished: true });
      return stopped('', 0);
    }
    const decision = await current.decide(whatIsWrong(outcomes), [
      ...(outcomes.failed.length > 0 ? (['retry'] as const) : []),
      ...(['replan', 'edit', 'stop'] as const),
    ]);
    switch (decision?.kind) {
      case 'retry':
        await retryComponents(current, agreed);
        break;
      case 'edit': {
        const problem = await current.edit(current.planPath);
        if (problem !== null) current.emit({ type: 'note', text: problem });
        current.update({ approved: null });
        break;
      }
      case 'replan': {
        const text = decision.text || (outcomes.blocked.length > 0 ? '' : ((await current.askFor('What should change?')) ?? ''));
        if (text === '' && outcomes.blocked.length === 0) return stopped(whatIsWrong(outcomes), 1);
        nextRound(current, { text, blockers: outcomes.blocked });
        break;
      }
      default:
        return stopped(`${whatIsWrong(outcomes)} ${whatHelps(outcomes)}`, 1);
    }
  }
}

const whatIsWrong = ({ blocked, failed }: Outcomes): string =>
  [
    ...(blocked.length === 0
      ? []
      : [
          `${joinNames(blocked.map(({ component }) => component))} ${blocked.length === 1 ? 'is' : 'are'} blocked: the plan cannot be followed.`,
        ]),
    ...(failed.length === 0 ? [] : [`${joinNames(failed)} failed.`]),
  ].join(' ');

const whatHelps = ({ blocked }: Outcomes): string =>
  blocked.length > 0
    ? 'Continue with --replan and have the planner amend the plan; what is built stays.'
    : 'To try again, continue.';
