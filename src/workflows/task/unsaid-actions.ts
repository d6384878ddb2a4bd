import type { Action } from '../../task/model/action.ts';

/** Actions that follow from a change of the record, and from nothing that is observed: once it is written, no later decision has them. */
const SAID_ONCE: ReadonlySet<Action['kind']> = new Set(['reply', 'request_review']);

/** The replies and review requests of this decision, and those that an earlier attempt has not finished. */
export const withSaidOnce = (unsaid: readonly Action[], actions: readonly Action[]): Action[] => {
  const said = actions.filter(({ kind }) => SAID_ONCE.has(kind));
  return [...unsaid.filter((former) => !said.some((one) => isSameAction(former, one))), ...said];
};
const isSameAction = (a: Action, b: Action): boolean =>
  (a.kind === 'reply' && b.kind === 'reply' && a.key === b.key && a.on === b.on) ||
  (a.kind === 'request_review' && b.kind === 'request_review' && a.number === b.number);
