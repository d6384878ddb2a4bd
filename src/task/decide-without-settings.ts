import { createHash } from 'node:crypto';
import { isSameLabel } from '../domain/task/label.ts';
import type { Signal } from '../domain/task/signal.ts';
import type { TaskRecord } from '../domain/task/task-record.ts';
import { settingsBroken } from '../replies/comments/answers.ts';
import { stoppedBySettings } from '../replies/comments/lifecycle.ts';
import type { SettingsFinding } from '../settings/repository-settings.ts';
import { acknowledge, announcements, answer } from './commands/feedback.ts';
import type { Action, Decision } from './model/action.ts';
import { authorise } from './model/authorise.ts';
import { applyIssueClosing, isLive, issueClosedReply } from './model/issue-closing.ts';
import { stateOf } from './model/state.ts';
import type { TaskView } from './model/view.ts';
import { stopAll } from './stop-all.ts';

const DEFAULT_TRIGGER = 'plan';

/**
 * Settings that cannot be read stop everything, because it is unknown what is protected; a person who requested something is told
 * where the mistake is, and a comment on the issue says so, once. Running work is stopped as by `/cancel`; the first observation
 * with fixed settings finds it stopped, and continues with everything that was recorded.
 */
export function decideWithoutSettings(
  view: TaskView,
  signal: Signal,
  record: TaskRecord | null,
  findings: readonly SettingsFinding[],
): Decision {
  // The labels that start a task cannot be read either: the default one counts as a request, so that its author gets an answer.
  const asked =
    (signal.kind === 'changes_requested' && record !== null) ||
    (signal.kind === 'command' && (record !== null || signal.command.kind === 'plan')) ||
    (signal.kind === 'labelled' && isSameLabel(signal.label, DEFAULT_TRIGGER));
  const refused = asked && authorise(signal, view.permission) !== null;
  // Stopping needs no settings, and people may well want it while they are broken.
  const cancelling = refused && record !== null && signal.kind === 'command' && signal.command.kind === 'cancel';
  const effect = { record, addressed: refused, ...(refused && !cancelling ? { refusal: settingsBroken(findings) } : {}) };
  const acknowledged = { acknowledgements: acknowledge(signal, effect) };
  if (!record) return { ...acknowledged, record, actions: answer(view, signal, effect) };
  const state = stateOf(record, null, false);
  const closed = applyIssueClosing(record, state, view, signal);
  const after = { ...closed, cancelled: closed.cancelled || (cancelling && isLive(state)) };
  const news = closed.cancelled && !record.cancelled ? [issueClosedReply(closed, view, signal)] : [];
  if (!after.cancelled && isLive(state)) news.push(stoppedNews(view, findings));
  news.push(...announcements(view.record, after, view));
  return { ...acknowledged, record: after, actions: [...news, ...stopAll(after, view), ...answer(view, signal, effect)] };
}

/** The key includes the findings, so that other mistakes are reported again. */
const stoppedNews = ({ issue }: TaskView, findings: readonly SettingsFinding[]): Action => ({
  kind: 'reply',
  on: issue.number,
  key: `settings:${createHash('sha256').update(JSON.stringify(findings)).digest('hex').slice(0, 16)}`,
  text: stoppedBySettings(findings),
});
