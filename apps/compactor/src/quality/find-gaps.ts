import { keepLongest } from './keep-longest.js';

/** A stretch of time without a row, in the unit of the times; `to` is the first row after it, or the end of the day. */
export interface Gap {
  readonly from: bigint;
  readonly to: bigint;
}

/** The silence of a day. */
export interface GapSummary {
  /** How many gaps there are; {@link gaps} may hold fewer. */
  readonly gapCount: number;
  /** What all of them add up to, in the unit of the times. */
  readonly silent: bigint;
  /** The longest, by time. */
  readonly gaps: readonly Gap[];
}

/** Looks for gaps in times that come piece by piece. */
export interface GapFinder {
  /** The next times, not below the ones before. */
  add(times: BigInt64Array): void;
  /** Call it once, after the last time. */
  finish(): GapSummary;
}

/** What a gap is. All in the unit of the times. */
export interface GapOptions {
  /** Longer silences are gaps. */
  readonly threshold: bigint;
  /** The day: its beginning and its end may be silent too, and what lies outside does not count. */
  readonly start: bigint;
  readonly end: bigint;
  /** Most gaps kept. */
  readonly gapsMax: number;
}

/**
 * Finds every gap of a day (spec row CM-14). The times ascend, so a stretch whose ends lie within the threshold has no
 * gap inside: it is halved only where they do not, and most rows are never looked at.
 */
export function createGapFinder({ threshold, start, end, gapsMax }: GapOptions): GapFinder {
  const longest = keepLongest<Gap>(gapsMax, ({ from, to }) => to - from);
  let gapCount = 0;
  let silent = 0n;
  let last = start;
  const within = (time: bigint) => (time < start ? start : time > end ? end : time);
  const look = (from: bigint, to: bigint) => {
    if (to - from <= threshold) return;
    gapCount++;
    silent += to - from;
    longest.add({ from, to });
  };
  const search = (times: BigInt64Array, first: number, final: number) => {
    const from = within(times[first] as bigint);
    const to = within(times[final] as bigint);
    if (to - from <= threshold) return;
    if (final - first === 1) return look(from, to);
    const middle = (first + final) >>> 1;
    search(times, first, middle);
    search(times, middle, final);
  };
  return {
    add(times) {
      if (times.length === 0) return;
      look(last, within(times[0] as bigint));
      if (times.length > 1) search(times, 0, times.length - 1);
      last = within(times[times.length - 1] as bigint);
    },
    finish() {
      look(last, end);
      return { gapCount, silent, gaps: longest.list() };
    },
  };
}
