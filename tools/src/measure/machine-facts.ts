import { cpus, loadavg, totalmem } from 'node:os';

/** What a figure depends on, without naming the machine. */
export function machineFacts(): string {
  const memoryGib = Math.round(totalmem() / 2 ** 30);
  const [model] = cpus().map((cpu) => cpu.model.replaceAll(/\s+/g, ' ').trim());
  const load = (loadavg()[0] ?? 0).toFixed(1);
  return `${cpus().length} cores (${model}), load ${load}, ${memoryGib} GiB memory, Node ${process.versions.node}, ${process.platform} ${process.arch}`;
}
