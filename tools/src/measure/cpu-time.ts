import { cpus } from 'node:os';

/** What all processors together have done since the machine started. */
export interface CpuTime {
  readonly busyMs: number;
  readonly totalMs: number;
}

/** Of this moment. */
export function cpuTime(): CpuTime {
  const times = cpus().map((cpu) => cpu.times);
  const totalMs = sum(times.map(({ user, nice, sys, irq, idle }) => user + nice + sys + irq + idle));
  return { busyMs: totalMs - sum(times.map(({ idle }) => idle)), totalMs };
}

/** The share of all processor time between two moments that others had, when a program of ours had `oursMs`. */
export function othersShare({ from, to, oursMs }: { from: CpuTime; to: CpuTime; oursMs: number }): number {
  const totalMs = to.totalMs - from.totalMs;
  return totalMs <= 0 ? 0 : Math.max(0, (to.busyMs - from.busyMs - oursMs) / totalMs);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
