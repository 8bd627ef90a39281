import { readFileSync } from 'node:fs';

/** What a process has asked the kernel for. */
export interface ProcessIo {
  readonly calls: number;
  readonly bytes: number;
}

/** What `work` asks for, beside asking how much that is; `undefined` where no kernel tells. */
export async function ioOf(work: () => Promise<unknown>): Promise<ProcessIo | undefined> {
  const [first, before] = [processIo(), processIo()];
  await work();
  const after = processIo();
  if (first === undefined || before === undefined || after === undefined) return undefined;
  const own = { calls: before.calls - first.calls, bytes: before.bytes - first.bytes };
  return { calls: after.calls - before.calls - own.calls, bytes: after.bytes - before.bytes - own.bytes };
}

function processIo(): ProcessIo | undefined {
  let text: string;
  try {
    text = readFileSync('/proc/self/io', 'utf8');
  } catch {
    return undefined;
  }
  const numberOf = (name: string) => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(text)?.[1]);
  return { calls: numberOf('syscr'), bytes: numberOf('rchar') };
}
