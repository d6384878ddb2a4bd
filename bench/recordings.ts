import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Figure } from './figure.ts';

const FOLDER = join(import.meta.dirname, 'results');
/** Below this a change comes from chance: two runs on an idle machine differ by as much. */
const NOTABLE = 0.1;

/** One run of the benchmarks, as it lies in `results/`. */
export interface Recording {
  /** ISO 8601. */
  readonly at: string;
  readonly commit: string;
  readonly machine: string;
  /** Small sizes: compared with recordings of the same kind only. */
  readonly quick: boolean;
  readonly figures: readonly (Figure & {
    /** The machine's load in the last minute, before and after: figures of a busy machine say little. */
    readonly load: readonly [number, number];
  })[];
}

type RecordedFigure = Recording['figures'][number];

export const load = (): number => Math.round((loadavg()[0] ?? 0) * 10) / 10;

export function machine(): string {
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${memory} GB, ${platform()} ${release()}, Node ${process.versions.node}`;
}

/** With a word where files differ from it; empty outside of a checkout. */
function commit(): string {
  try {
    const asked = ['describe', '--always', '--dirty'];
    return execFileSync('git', asked, { cwd: import.meta.dirname, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}

export function begin(quick: boolean): Recording {
  return { at: new Date().toISOString(), commit: commit(), machine: machine(), quick, figures: [] };
}

export function write(recording: Recording): string {
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, `${recording.at.slice(0, 19).replaceAll(':', '')}${recording.quick ? '-quick' : ''}.json`);
  writeFileSync(file, `${JSON.stringify(recording, null, 2)}\n`);
  return file;
}

/** The last value of each figure that was recorded on such a machine: a recording need not have all of them. */
function lastRecorded({ quick, at, machine }: Recording): Map<string, RecordedFigure & { readonly at: string }> {
  const files = (existsSync(FOLDER) ? readdirSync(FOLDER) : []).filter((name) => name.endsWith('.json'));
  const recordings = files.map((name) => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Recording);
  const same = recordings
    .filter((one) => one.quick === quick && one.machine === machine && one.at < at)
    .sort((a, b) => (a.at < b.at ? -1 : 1));
  return new Map(same.flatMap((one) => one.figures.map((figure) => [figure.name, { ...figure, at: one.at }] as const)));
}

/** As rows of one table; what changed notably says by how much. */
export function compared(recording: Recording): object[] {
  const before = lastRecorded(recording);
  return recording.figures.map(({ name, value, unit, load: around }) => {
    const last = before.get(name);
    return {
      figure: name,
      now: value,
      unit,
      recorded: last?.value ?? '-',
      on: last?.at.slice(0, 10) ?? '-',
      change: last === undefined ? 'new' : changeOf(last.value, value),
      load: around.join(' to '),
    };
  });
}

function changeOf(before: number, now: number): string {
  if (before === now) return '';
  if (before === 0) return 'was 0';
  const share = now / before - 1;
  return Math.abs(share) > NOTABLE ? `${share > 0 ? '+' : ''}${Math.round(share * 100)} %` : '';
}
