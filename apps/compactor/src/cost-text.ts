import type { DollarsByProvider, Estimate, MsRange } from './estimate.js';
import type { RunActual } from './run-actual.js';

const MIB = 1024 * 1024;

/** What is expected, in a line for people. */
export function estimateText({ requests, dollars, memoryBytes, expectedMs }: Estimate): string {
  return [
    requestsText(requests),
    dollarsText(dollars),
    `up to some ${mebibytes(memoryBytes)}`,
    rangeOfTimeText(expectedMs),
  ].join('; ');
}

/** What it was, in a line that stands below {@link estimateText}. */
export function actualText(actual: RunActual): string {
  const { requests, probeRequests: probe, dollars, memoryBytes, tookMs, rowsPerSecond, lostWorkers } = actual;
  const { lists, reads, writes } = requests;
  const isRemote = lists + reads + writes > 0;
  return [
    isRemote ? requestsText(requests) : 'no requests over a network',
    ...(isRemote ? [dollarsText(dollars)] : []),
    ...(isRemote ? [`before them a probe of ${probe.lists + probe.reads + probe.writes}`] : []),
    mebibytes(memoryBytes),
    `${secondsText(tookMs)}, ${rowsPerSecond} rows/s`,
    ...(lostWorkers > 0 ? [`without those of ${lostWorkers} workers that were lost`] : []),
  ].join('; ');
}

function requestsText({ lists, reads, writes }: Estimate['requests']): string {
  return `${lists} list, ${reads} get and head, ${writes} put requests`;
}

function dollarsText({ s3, r2, gs }: DollarsByProvider): string {
  return `$${s3.toFixed(5)} on S3, $${r2.toFixed(5)} on R2, $${gs.toFixed(5)} on GCS`;
}

function rangeOfTimeText({ min, max }: MsRange): string {
  const [least, most] = [secondsText(min), secondsText(max)];
  return least === most ? least : `${least} to ${most}`;
}

/** No more digits than anybody knows. */
function secondsText(ms: number): string {
  if (ms < 1000) return 'a second';
  if (ms < 90_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 5_400_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / MIB)} MiB`;
}
