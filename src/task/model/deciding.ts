import type { Plan } from '../../domain/plan/plan.ts';
import type { Signal } from '../../domain/task/signal.ts';
import type { TaskState } from '../../domain/task/task.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import type { Settings } from '../../settings/repository-settings.ts';
import type { Action } from './action.ts';
import type { CommandEffect } from './command-effect.ts';
import type { PlanContext } from './plan-context.ts';
import type { TaskView } from './view.ts';

export interface Addressed extends CommandEffect {
  /** False for what people did without addressing the bot, which then does not react. */
  readonly addressed: boolean;
}

/** The inputs of a decision. They do not change while it is made. */
export interface DecisionContext {
  readonly view: TaskView;
  readonly signal: Signal;
  readonly settings: Settings;
  /** The task's state before the signal had any effect. */
  readonly stateBefore: TaskState | 'none';
  /** What the signal did, as a person's command or otherwise. */
  readonly effect: Addressed;
}

/** What is decided so far. */
export interface Deciding {
  readonly record: TaskRecord;
  /** In the order in which they are applied. */
  readonly actions: readonly Action[];
  /** Spec hashes that people approve of now, by component id. */
  readonly approved: Readonly<Record<string, string>>;
  /** The plan whose components may be worked on; null while none may. */
  readonly execution: PlanContext | null;
}

export type Phase = (state: Deciding, context: DecisionContext) => Deciding;

export const withActions = (state: Deciding, actions: readonly Action[]): Deciding => ({
  ...state,
  actions: [...state.actions, ...actions],
});

export const planIn = ({ plan }: TaskView): Plan | null => (plan?.file?.ok ? plan.file.value : null);
