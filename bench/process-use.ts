import { readFileSync, writeFileSync } from 'node:fs';

/** What the kernel has counted of a process so far; Linux only. */
export interface ProcessUse {
  /** User and system, in seconds. */
  readonly processorSeconds: number;
  readonly memoryMb: number;
  /** The most there was since `forgetPeak`, or ever. */
  readonly peakMemoryMb: number;
}

/** The kernel's unit, for programs: a hundredth of a second on every platform that Node has. */
const TICKS_A_SECOND = 100;

export function useOf(pid: number): ProcessUse {
  // The name, which comes second and may hold anything, ends with the last bracket.
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const megabytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1_024;
  return {
    processorSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND,
    memoryMb: megabytes('VmRSS'),
    peakMemoryMb: megabytes('VmHWM'),
  };
}

export function forgetPeak(pid: number): void {
  // proc(5): 5 resets the peak resident set size.
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}
