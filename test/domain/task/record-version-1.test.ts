import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseRecord, renderRecord } from '../../../src/domain/task/marker.ts';
import type { TaskRecord } from '../../../src/domain/task/task-record.ts';

/** Records as a build of version 1 left them in status comments of the local GitHub, each of a task in another situation. */
const FOLDER = join(import.meta.dirname, 'version-1');
const NAMES = readdirSync(FOLDER).map((file) => file.replace('.json', ''));
const json = (name: string) => JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8'));
const comment = (record: object) => `For people.\n<!-- planwright:state ${JSON.stringify(record)} -->`;
const read = (name: string): TaskRecord => {
  const record = parseRecord(comment(json(name)));
  if (record === null) throw new Error(`${name} cannot be read`);
  return record;
};

describe('a record of version 1', () => {
  it.each(NAMES)('of a task in the situation "%s" is read, and written as version 2', (name) => {
    const record = read(name);
    expect(record.version).toBe(2);
    expect(parseRecord(`\n${renderRecord(record)}`)).toEqual(record);
    expect(Object.keys(record.components)).toEqual(Object.keys(json(name).components));
  });

  it.each(NAMES)('"%s" keeps attempts, generations, states, bills and pull requests', (name) => {
    const { components } = read(name);
    for (const [id, before] of Object.entries<Record<string, unknown>>(json(name).components)) {
      const { attempt, generation, state, spend, pull, billedAttempt } = components[id] as TaskRecord['components'][string];
      expect({ attempt, generation, state, spend, pull, billed: billedAttempt }).toEqual({
        attempt: before.attempt,
        generation: before.generation,
        state: before.state,
        spend: before.spend,
        pull: before.pull,
        billed: before.billed,
      });
    }
  });

  it('says what a stacked component is based on, and what its pull request carries', () => {
    const before = json('stacked-open').components.limiter;
    expect(read('stacked-open').components.limiter).toMatchObject({
      goal: { spec: before.spec, blob: before.blob, foundation: before.foundation },
      built: { spec: before.spec, blob: before.blob },
      stack: { component: 'store', pull: before.stack.pull, sha: before.stack.sha },
      job: { kind: 'build', base: { component: 'store' } },
      ci: { head: { sha: before.head.sha, seenAt: before.head.seen } },
    });
  });

  it('has no empty strings left: what was not known is null', () => {
    const { trigger, ...rest } = json('stacked-running');
    const unknown = parseRecord(comment({ ...rest, trigger: { ...trigger, digest: '' } }));
    expect(unknown).toMatchObject({ trigger: { digest: null }, restored: true });
    expect(read('stacked-running')).toMatchObject({
      restored: false,
      components: { store: { goal: { foundation: null } }, limiter: { built: null } },
    });
  });

  it('tells a blocker, a held and a dropped component with their reasons', () => {
    const blocked = json('blocked').components.store;
    expect(read('blocked').components.store).toMatchObject({ state: 'blocked', blocker: blocked.blocker });
    expect(read('dropped-held').components).toMatchObject({
      store: { state: 'dropped', removedByPlan: false },
      limiter: { state: 'held', heldBy: 'store' },
    });
  });

  it('that is damaged is none', () => {
    const { components, ...rest } = json('blocked');
    expect(parseRecord(comment(rest))).toBeNull();
    expect(parseRecord(comment({ ...rest, components, version: 3 }))).toBeNull();
  });
});
