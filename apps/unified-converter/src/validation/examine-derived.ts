import type { Arena } from '@ticklake/columnar';
import { timeframeMs } from '@ticklake/market';
import type { ObjectStore } from '@ticklake/storage';
import type { DerivedFrom } from '../partitions/manifest.js';
import { barAt, type Bar } from './compare-bars.js';
import { longestRanges, type BarRange, type ExaminedRows } from './examine-rows.js';
import { withPartition } from './read-rows.js';
import type { PartitionReport } from './report.js';
import type { Tally } from './tally.js';

/** Looks at all bars of a partition that was derived, some at a time. */
export interface DerivedExaminer {
  add(rows: ExaminedRows): void;
  /** Once all rows were added. */
  finish(): Pick<PartitionReport, 'incomplete'>;
}

/** What a bar should be, and how many it is made of. */
interface ExpectedBar extends Bar {
  bars: number;
}

/**
 * Adds the bars up once more that others were derived from, and compares (UC-41): each of their values is the same to the bit. Those that lack
 * bars are told with their ranges.
 *
 * @returns `undefined` where they were made of something else than is published now, which is a finding.
 * @throws LakeError as `withPartition`.
 */
export async function createDerivedExaminer(
  store: ObjectStore,
  options: {
    readonly derivedFrom: DerivedFrom;
    readonly timeframe: string;
    readonly arena: Arena;
    readonly tally: Tally;
  },
): Promise<DerivedExaminer | undefined> {
  const { derivedFrom, arena, tally } = options;
  const stepMs = timeframeMs(options.timeframe);
  const source = { store, directory: derivedFrom.path, arena };
  const expected = await withPartition(source, async ({ manifest, rows }) => {
    if (manifest.parquet_sha256 !== derivedFrom.sha256) return undefined;
    const bars = new Map<number, ExpectedBar>();
    for await (const some of rows()) addUp(bars, some, stepMs);
    return bars;
  });
  if (expected === undefined) {
    tally.add('derived', 'error', 'the bars were made of something else than is published now');
    return undefined;
  }
  const whole = stepMs / timeframeMs(derivedFrom.timeframe);
  const ranges: BarRange[] = [];
  const addIncomplete = (time: number) => {
    tally.add('incomplete', 'warning', 'a bar lacks some of those that it is made of', time);
    const last = ranges.at(-1);
    if (last !== undefined && Number(last.to) + stepMs === time) {
      last.to = String(time);
      last.bars++;
    } else ranges.push({ from: String(time), to: String(time), bars: 1 });
  };
  return {
    add({ times, values }) {
      times.forEach((time, row) => {
        const bar = barAt(values as Readonly<Record<string, ArrayLike<number>>>, row);
        const own = expected.get(time);
        expected.delete(time);
        if (own === undefined || !isEqual(bar, own))
          tally.add('derived', 'error', 'a bar is not what those come to that it was made of', time);
        else if (own.bars < whole) addIncomplete(time);
      });
    },
    finish() {
      for (const time of expected.keys())
        tally.add('derived', 'error', 'a bar was not made, though there is something to make it of', time);
      return { incomplete: longestRanges(ranges) };
    },
  };
}

function addUp(expected: Map<number, ExpectedBar>, { times, values }: ExaminedRows, stepMs: number): void {
  times.forEach((time, row) => {
    const bar = barAt(values as Readonly<Record<string, ArrayLike<number>>>, row);
    const openMs = time - (time % stepMs);
    const own = expected.get(openMs);
    if (own === undefined) {
      expected.set(openMs, { ...bar, bars: 1 });
      return;
    }
    own.high = Math.max(own.high, bar.high);
    own.low = Math.min(own.low, bar.low);
    own.close = bar.close;
    own.volume += bar.volume;
    own.bars++;
  });
}

function isEqual(a: Bar, b: Bar): boolean {
  return (['open', 'high', 'low', 'close', 'volume'] as const).every((key) => Object.is(a[key], b[key]));
}
