import type { MachineInspection, NetworkUse } from '../ports/inspection.ts';
import { type Check, fail, ok, warn } from './check.ts';

/** The first version whose `merge-tree` merges two trees without a checkout. */
const OLDEST_GIT = [2, 38] as const;
const GB = 1024 ** 3;
const DISK = { enough: 2 * GB, least: 0.2 * GB };

/** The checks of the machine that need no valid variable. */
export async function machineChecks(machine: Pick<MachineInspection, 'gitVersion' | 'freeBytes' | 'network'>): Promise<Check[]> {
  return [networkCheck(machine.network), gitCheck(await machine.gitVersion()), await diskCheck(machine)];
}

function networkCheck({ notes, problems }: NetworkUse): Check {
  const name = 'proxies and certificates';
  if (problems.length > 0) return fail(name, problems.join(' '), 'Correct these variables, or unset them.');
  return ok(name, notes.length === 0 ? 'none are set: direct connections, the usual certificates' : notes.join('; '));
}

function gitCheck(version: string | null): Check {
  const least = OLDEST_GIT.join('.');
  if (version === null) return fail('git', 'git is not installed.', `Install git ${least} or newer.`);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNew = major > OLDEST_GIT[0] || (major === OLDEST_GIT[0] && minor >= OLDEST_GIT[1]);
  return isNew ? ok('git', version) : fail('git', `This is git ${version}.`, `Install git ${least} or newer.`);
}

async function diskCheck({ freeBytes }: Pick<MachineInspection, 'freeBytes'>): Promise<Check> {
  const name = 'disk space';
  const free = await freeBytes();
  if (!free.ok) return fail(name, free.reason, 'Set DATA_DIR to a folder that this user may write.');
  const detail = `${(free.value / GB).toFixed(1)} GB free for DATA_DIR`;
  if (free.value < DISK.least)
    return fail(name, `${detail}.`, 'Make room: mirrors and the database need some of it at any moment.');
  return free.value < DISK.enough
    ? warn(name, `${detail}.`, 'Make room: the mirror of a large repository takes some hundred MB.')
    : ok(name, detail);
}
