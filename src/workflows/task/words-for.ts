import type { Signal } from '../../domain/task/signal.ts';
import type { Action } from '../../task/model/action.ts';

/** What a signal is called in the operator's log: nothing that anyone has written is in it. */
export function wordFor(signal: Signal): string {
  switch (signal.kind) {
    case 'command':
      return `/${signal.command.kind}`;
    case 'finished':
      return `finished ${signal.workflow}`;
    default:
      return signal.kind;
  }
}

/** The login of the person behind a signal, if there is one. */
export function personOf(signal: Signal): string | null {
  if ('by' in signal) return signal.by;
  return signal.kind === 'status_edited' ? signal.editor : null;
}

/** What was done, with the id of the work or the number of the pull request that it was done to. */
export function wordsFor(action: Action): string {
  switch (action.kind) {
    case 'react':
      return `react ${action.reaction}`;
    case 'reply':
      return `reply on #${action.on}`;
    case 'stop':
    case 'plan':
    case 'execute':
    case 'ask':
    case 'review_whole':
      return `${action.kind} ${action.workflow}`;
    case 'observe_later':
      return `observe later, in ${action.seconds} s`;
    case 'check_plan':
    case 'check_scope':
    case 'report_check':
    case 'close_issue':
      return action.kind.replaceAll('_', ' ');
    case 'describe_pull':
    case 'close_pull':
    case 'make_ready':
    case 'request_review':
    case 'flag_checks':
      return `${action.kind.replaceAll('_', ' ')} #${action.number}`;
  }
}
