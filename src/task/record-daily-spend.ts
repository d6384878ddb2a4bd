import type { TaskRecord } from '../domain/task/task-record.ts';
import type { Deciding, Phase } from './model/deciding.ts';

/** Two months. */
const DAYS_KEPT = 62;

/** New costs count towards the day on which they were observed. */
export const recordDailySpend: Phase = (state, { view }): Deciding => {
  const more = totalUsd(state.record) - (view.record ? totalUsd(view.record) : 0);
  if (more <= 0) return state;
  const day = view.at.slice(0, 10);
  const days = { ...state.record.spendByDay, [day]: (state.record.spendByDay[day] ?? 0) + more };
  const spendByDay = Object.fromEntries(Object.entries(days).sort().slice(-DAYS_KEPT));
  return { ...state, record: { ...state.record, spendByDay } };
};

const totalUsd = ({ planning, components }: TaskRecord): number =>
  [...planning.spend, ...Object.values(components).flatMap((c) => c.spend)].reduce((sum, { usd }) => sum + (usd ?? 0), 0);
