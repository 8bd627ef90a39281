const MIB = 2 ** 20;

/** `bytes` in MiB, without decimals. */
export function mib(bytes: number): string {
  return (bytes / MIB).toFixed(0);
}

/** `ms` in seconds. */
export function seconds(ms: number): string {
  return (ms / 1000).toFixed(2);
}

/** The middle of `values`, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[sorted.length % 2 === 1 ? middle : middle - 1], sorted[middle]];
  if (low === undefined || high === undefined) throw new Error('no values have no median');
  return (low + high) / 2;
}
