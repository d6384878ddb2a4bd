import { expect, it } from '@jest/globals';
import { type Snapshot, SnapshotError } from '../../../src/ports/snapshot.ts';
import { WAITS } from '../../../src/workflows/engine/schedule.ts';
import { openSnapshot } from '../../../src/workflows/shared/open-snapshot.ts';
import { stoppedClock } from '../../adapters/github/stopped-clock.ts';

const REPOSITORY = { owner: 'olga', name: 'shop', installation: 1 };
const MERGED = { changes: [], conflicts: [] };
const fullDisk = () => Object.assign(new Error('ENOSPC: no space left on device, write'), { errno: -28, syscall: 'write' });

/** A mirror whose merge fails so often, and then succeeds. */
async function merging(failures: number, error: () => Error) {
  const clock = stoppedClock(Date.now());
  let tries = 0;
  const snapshot = {
    commit: 'c',
    tree: 't',
    async merge() {
      tries += 1;
      if (tries <= failures) throw error();
      return MERGED;
    },
  } as unknown as Snapshot;
  const ports = { snapshots: { open: async () => snapshot }, clock, waits: WAITS };
  const opened = await openSnapshot(ports, REPOSITORY, 'c');
  return { merged: opened.merge(opened, { snapshot: opened, name: 'ours' }, 'theirs'), clock, tries: () => tries };
}

it.each([
  ['git', () => new SnapshotError('unable to write loose object file: No space left on device')],
  ['the disk', fullDisk],
])('waits for %s in the middle of what is done with a commit', async (_, error) => {
  const { merged, clock } = await merging(3, error);
  expect(await merged).toEqual(MERGED);
  expect(clock.slept).toEqual(WAITS.git);
});

it('gives up after the last pause', async () => {
  const { merged, tries } = await merging(9, fullDisk);
  await expect(merged).rejects.toThrow('ENOSPC');
  expect(tries()).toBe(WAITS.git.length + 1);
});

it('does not try again what no other attempt can do', async () => {
  const { merged, tries, clock } = await merging(1, () => new SnapshotError('ftp: is not allowed', { isPermanent: true }));
  await expect(merged).rejects.toThrow('ftp: is not allowed');
  expect([tries(), clock.slept]).toEqual([1, []]);
});

it('reads the sides of a merge as often as it merges, not as often as both together', async () => {
  const clock = stoppedClock(Date.now());
  let reads = 0;
  const snapshot = {
    async entries() {
      reads += 1;
      throw fullDisk();
    },
    merge: async (base: Snapshot) => void (await base.entries()),
  } as unknown as Snapshot;
  const opened = await openSnapshot({ snapshots: { open: async () => snapshot }, clock, waits: WAITS }, REPOSITORY, 'c');
  await expect(opened.merge(opened, { snapshot: opened, name: 'ours' }, 'theirs')).rejects.toThrow('ENOSPC');
  expect(reads).toBe(WAITS.git.length + 1);
});

it('does not try again what is a mistake of ours', async () => {
  const { merged, tries } = await merging(1, () => new TypeError('undefined is not a function'));
  await expect(merged).rejects.toThrow(TypeError);
  expect(tries()).toBe(1);
});
