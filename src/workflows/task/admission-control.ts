import { remember as keep } from '../../domain/remember.ts';
import { fullName } from '../../domain/repository.ts';
import type { Signal } from '../../domain/task/signal.ts';
import { type TaskRef, taskKey } from '../../domain/task/task.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Permission } from '../../ports/forge/people.ts';
import type { Decision } from '../../task/model/action.ts';
import { mayWrite } from '../../task/model/authorise.ts';
import type { TaskView } from '../../task/model/view.ts';

/** The decision about a person's signal before anything is read for it. */
export type Admission =
  /** The task is observed; `permission`: as it was found minutes ago, null where it must be read now. */
  | { readonly kind: 'admitted'; readonly permission: Permission | null }
  /** A person without write access, who was told so before. */
  | { readonly kind: 'refused' }
  /** A command of one who has just used another where there is no task: what they write is for another bot. */
  | { readonly kind: 'nothing' }
  /** More commands in a minute than a person needs; `first`: the first such command of this minute. */
  | { readonly kind: 'too_fast'; readonly first: boolean };

/**
 * Keeps people without write access, and loops of commands, from using up the App's requests. A permission that was read may be
 * used for minutes to refuse and to answer; approving, starting and spending read it again. Losing this memory costs an
 * observation.
 */
export interface AdmissionControl {
  admit(task: TaskRef, signal: Signal): Admission;
  /** How it was decided on. */
  decided(view: TaskView, signal: Signal, decision: Decision): void;
}

/** Short, so that a person who was just given write access is not ignored for long. */
const KEPT_MS = 2 * 60_000;
const MINUTE_MS = 60_000;
/** A person's commands in a repository. */
const COMMANDS_A_MINUTE = 30;
const PEOPLE_KEPT = 5_000;

export function createAdmissionControl(clock: Clock): AdmissionControl {
  const found = new Map<string, { readonly permission: Permission; readonly at: number }>();
  const toldAt = new Map<string, number>();
  const othersAt = new Map<string, number>();
  const commands = new Map<string, number[]>();

  const isRecent = (at: number | undefined): boolean => at !== undefined && clock.now() - at < KEPT_MS;

  /** How many commands this makes in the last minute. */
  function commandsInLastMinute(person: string): number {
    const now = clock.now();
    const lately = (commands.get(person) ?? []).filter((at) => now - at < MINUTE_MS);
    remember(commands, person, [...lately, now].slice(0, COMMANDS_A_MINUTE + 2));
    return lately.length + 1;
  }

  return {
    admit(task, signal) {
      if (!isGuarded(signal)) return { kind: 'admitted', permission: null };
      const person = `${fullName(task.repository)} ${signal.by}`;
      const known = found.get(person);
      const kept = known && isRecent(known.at) ? known.permission : null;
      if (kept !== null && !mayWrite(kept) && !mayStart(kept, signal)) {
        const here = `${taskKey(task)} ${signal.by}`;
        if (isRecent(toldAt.get(here))) return { kind: 'refused' };
        if (cannotBeginTask(signal) && isRecent(othersAt.get(here))) return { kind: 'nothing' };
      }
      const place = signal.kind === 'command' ? commandsInLastMinute(person) : 0;
      if (place > COMMANDS_A_MINUTE) return { kind: 'too_fast', first: place === COMMANDS_A_MINUTE + 1 };
      return {
        kind: 'admitted',
        permission: kept !== null && !mayStart(kept, signal) && (!mayWrite(kept) || isAnswerOnly(signal)) ? kept : null,
      };
    },
    decided({ task, permission }, signal, { actions }) {
      if (!isGuarded(signal) || permission === null) return;
      remember(found, `${fullName(task.repository)} ${signal.by}`, { permission, at: clock.now() });
      if (mayWrite(permission)) return;
      const here = `${taskKey(task)} ${signal.by}`;
      const isTold = actions.some((action) => action.kind === 'reply' && action.key.startsWith('no-write-access:'));
      if (isTold) remember(toldAt, here, clock.now());
      else if (cannotBeginTask(signal) && actions.length === 0) remember(othersAt, here, clock.now());
    },
  };
}

/** Where there is no task, such a word is meant for another bot. */
const cannotBeginTask = (signal: Signal): boolean => signal.kind === 'command' && signal.command.kind !== 'plan';

type Guarded = Extract<Signal, { kind: 'command' | 'approved' | 'labelled' }>;

/** Signals that have no effect when they come from a person without write access. */
const isGuarded = (signal: Signal): signal is Guarded => ['command', 'approved', 'labelled'].includes(signal.kind);

/** Where the settings allow it; whether they do is decided with them. */
const mayStart = (permission: Permission, signal: Guarded): boolean =>
  permission === 'triage' && (signal.kind === 'labelled' || (signal.kind === 'command' && signal.command.kind === 'plan'));

const isAnswerOnly = (signal: Guarded): boolean =>
  signal.kind === 'command' && (signal.command.kind === 'status' || signal.command.kind === 'help');

const remember = <T>(map: Map<string, T>, person: string, value: T): void => keep(map, person, value, PEOPLE_KEPT);
