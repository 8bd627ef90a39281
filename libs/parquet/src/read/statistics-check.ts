import type { FixedValues } from '@ticklake/columnar';
import { PHYSICAL } from '../format/constants.js';
import { corrupt } from '../format/corrupt.js';
import type { ChunkMeta } from '../format/metadata.js';
import type { ValuePage } from './chunk-values.js';
import { denseLength } from './physical.js';
import type { Leaf } from './schema-tree.js';
import { boundsOf, type Bounds } from './statistics.js';

/** Compares a chunk with its footer statistics while it is decoded (G15). */
export interface StatisticsCheck {
  add(page: ValuePage): void;
  /** After the last page. @throws LakeError `corrupt` (`STATS_MISMATCH`). */
  finish(): void;
}

const NOTHING: StatisticsCheck = { add: () => undefined, finish: () => undefined };

/**
 * Only contradictions count: a value outside the bounds, bounds called exact that no value has, another number of
 * nulls. Flat columns only; the values of integer, date, time and timestamp columns only.
 */
export function createStatisticsCheck(leaf: Leaf, chunk: ChunkMeta, rowGroup: number): StatisticsCheck {
  const { statistics } = chunk;
  if (statistics === undefined || leaf.repetitionMax > 0 || leaf.path.length > 1) return NOTHING;
  const comparable = leaf.type.kind !== 'float' && leaf.physical !== PHYSICAL.INT96;
  const stated = comparable ? boundsOf(leaf.type, false, statistics) : undefined;
  let nullCount = 0;
  let seen: Bounds | undefined;
  const mismatch = (message: string, details: Readonly<Record<string, unknown>>) =>
    corrupt('STATS_MISMATCH', message, { column: leaf.path.join('.'), rowGroup, ...details });
  return {
    add(page) {
      nullCount += page.valueCount - denseLength(page.dense);
      if (stated !== undefined && page.dense.layout === 'fixed') seen = widened(seen, page.dense.values);
    },
    finish() {
      if (statistics.nullCount !== undefined && statistics.nullCount !== nullCount) {
        throw mismatch('a column chunk has another number of nulls than its statistics say', {
          stated: statistics.nullCount,
          counted: nullCount,
        });
      }
      if (stated === undefined || seen === undefined) return;
      const lower = statistics.minExact === true ? seen.min !== stated.min : seen.min < stated.min;
      const upper = statistics.maxExact === true ? seen.max !== stated.max : seen.max > stated.max;
      if (lower || upper) {
        throw mismatch('values of a column chunk contradict its statistics', {
          statedMin: stated.min,
          statedMax: stated.max,
          min: seen.min,
          max: seen.max,
        });
      }
    },
  };
}

function widened(seen: Bounds | undefined, values: FixedValues): Bounds | undefined {
  if (values.length === 0) return seen;
  const page = values.BYTES_PER_ELEMENT === 8 ? wideBounds(values) : narrowBounds(values as Int32Array);
  if (seen === undefined) return page;
  return { min: page.min < seen.min ? page.min : seen.min, max: page.max > seen.max ? page.max : seen.max };
}

function narrowBounds(values: Int32Array): Bounds {
  let min = values[0] as number;
  let max = min;
  for (let i = 1; i < values.length; i++) {
    const value = values[i] as number;
    if (value < min) min = value;
    else if (value > max) max = value;
  }
  return { min, max };
}

/** 64-bit values by halves of 32, so that no bigint is made per value; finds where the extremes are. */
function wideBounds(values: FixedValues): Bounds {
  const lows = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  const signed = values instanceof BigInt64Array;
  const highs = signed ? new Int32Array(values.buffer, values.byteOffset, values.length * 2) : lows;
  let minAt = 0;
  let maxAt = 0;
  let minHigh = highs[1] as number;
  let maxHigh = minHigh;
  let minLow = lows[0] as number;
  let maxLow = minLow;
  for (let i = 2; i < lows.length; i += 2) {
    const high = highs[i + 1] as number;
    const low = lows[i] as number;
    if (high < minHigh || (high === minHigh && low < minLow)) {
      minHigh = high;
      minLow = low;
      minAt = i;
    } else if (high > maxHigh || (high === maxHigh && low > maxLow)) {
      maxHigh = high;
      maxLow = low;
      maxAt = i;
    }
  }
  return { min: values[minAt / 2] as bigint, max: values[maxAt / 2] as bigint };
}
