import type { ComponentRecord } from '../domain/task.ts';

/** A component nothing has happened to yet. */
export const NEW_COMPONENT: ComponentRecord = {
  state: 'waiting',
  attempt: 0,
  generation: 1,
  spec: '',
  blob: '',
  foundation: '',
  built: '',
  job: { kind: 'build', on: null },
  stack: null,
  pull: null,
  asked: null,
  heard: [],
  fixed: [],
  tried: [],
  ready: null,
  given_up: null,
  head: null,
  waits_for: null,
  beside: false,
  reason: null,
  blocker: null,
  held_by: null,
  spend: [],
  billed: 0,
};
