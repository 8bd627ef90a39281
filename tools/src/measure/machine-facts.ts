import { cpus, totalmem } from 'node:os';

/** What a figure depends on, without naming the machine. */
export function machineFacts(): string {
  const memoryGib = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} cores, ${memoryGib} GiB memory, Node ${process.versions.node}, ${process.platform} ${process.arch}`;
}
