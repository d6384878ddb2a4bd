import type { ComponentRecord } from '../../domain/task/component-record.ts';
import type { Job } from '../../domain/task/task.ts';
import type { TaskRecord } from '../../domain/task/task-record.ts';
import { recheckId } from '../../domain/task/work-id.ts';
import { type NoPatch, patchMissing } from '../../replies/comments/generated-files.ts';
import type { Settings } from '../../settings/repository-settings.ts';
import type { Action } from '../model/action.ts';
import type { Deciding, Phase } from '../model/deciding.ts';
import type { TaskView } from '../model/view.ts';
import { ageOf } from './ci-verdict.ts';

/** What `execution.workflow` has to do with the head of a component's pull request. */
export type Generation =
  /** Nothing is waited for at this head, or there is no such workflow. */
  | { readonly kind: 'settled' }
  /** Its run has not ended; milliseconds until that is no longer waited for, or until it must have begun. */
  | { readonly kind: 'pending'; readonly ms: number }
  /** Its run has ended, and its patch is to be applied. */
  | { readonly kind: 'ended'; readonly job: Extract<Job, { kind: 'generate' }> }
  /** There will be no patch. */
  | { readonly kind: 'without'; readonly why: NoPatch };

/** A run that did not succeed is a failing check as well, and is handled as one. */
export function generationOf(id: string, component: ComponentRecord, view: TaskView, { execution }: Settings): Generation {
  const pull = view.components[id]?.pull;
  const { appliedAt, missingAt } = component.generated;
  if (!execution.workflow || pull?.state !== 'open' || appliedAt.includes(pull.headSha)) return { kind: 'settled' };
  const generation = atHead(id, component, pull.headSha, view);
  // A run may be late, or be repeated by a person: its patch is applied all the same, but nothing waits for it any more.
  return missingAt === pull.headSha && generation.kind !== 'ended' ? { kind: 'settled' } : generation;
}

function atHead(id: string, component: ComponentRecord, head: string, view: TaskView): Generation {
  const pull = view.components[id]?.pull;
  if (!pull) return { kind: 'settled' };
  const age = ageOf(component, pull, view.at);
  const found = view.runs[id];
  if (!found || found.head !== head) return { kind: 'pending', ms: 0 };
  const { seen } = found;
  if (seen.kind === 'none') return within(view.checksGrace * 1_000, age, { kind: 'not-started' });
  if (seen.kind !== 'run') return { kind: 'without', why: { kind: seen.kind } };
  const { id: run, url, conclusion } = seen.run;
  if (conclusion === null) return within(view.workflowLimit * 1_000, age, { kind: 'too-long', url });
  if (conclusion !== 'success') return { kind: 'without', why: { kind: 'not-successful', conclusion, url } };
  const since = component.generated.appliedAt.at(-1) ?? null;
  return { kind: 'ended', job: { kind: 'generate', head, run, url, since } };
}

const within = (limit: number, age: number, why: NoPatch): Generation =>
  age < limit ? { kind: 'pending', ms: limit - age } : { kind: 'without', why };

/** Where there will be no patch, people are told why, and the pull request goes on without it. */
export const awaitGeneratedFiles: Phase = (state, { settings }): Deciding => {
  if (state.execution === null || !settings.execution.workflow) return state;
  const { view } = state.execution;
  const components: TaskRecord['components'] = { ...state.record.components };
  const actions: Action[] = [];
  for (const [id, component] of Object.entries(components)) {
    const pull = view.components[id]?.pull;
    if (component.state !== 'open' || !pull) continue;
    const generation = generationOf(id, component, view, settings);
    if (generation.kind === 'pending') {
      const seen = component.ci.head?.seenAt ?? view.at;
      // Each limit has a timer of its own: an id is taken once.
      const until = generation.ms === 0 ? 'unread' : Date.parse(view.at) + generation.ms;
      const workflow = recheckId(view.task, id, { sha: pull.headSha, seen: `${seen}:run:${until}` });
      actions.push({ kind: 'observe_later', workflow, seconds: Math.ceil(generation.ms / 1_000) });
    }
    if (generation.kind !== 'without') continue;
    components[id] = { ...component, generated: { ...component.generated, missingAt: pull.headSha } };
    const text = patchMissing(settings.execution.workflow, generation.why);
    // What is wrong with the workflow is the same at the next head, and is said once for each pull request.
    if (text !== null) actions.push({ kind: 'reply', on: pull.number, key: `no-patch:${generation.why.kind}`, text });
  }
  return { ...state, record: { ...state.record, components }, actions: [...state.actions, ...actions] };
};
