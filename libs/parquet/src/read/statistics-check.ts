import { isFixedType, type Arena, type FixedDictionary } from '@ticklake/columnar';
import type { Address } from '@ticklake/kernels';
import { PHYSICAL } from '../format/constants.js';
import { corrupt } from '../format/corrupt.js';
import type { ChunkMeta, Statistics } from '../format/metadata.js';
import type { Leaf } from './schema-tree.js';
import { createSeenBounds, type SeenBounds } from './seen-bounds.js';
import { boundsOf, type Bounds } from './statistics.js';

/** Compares a chunk with its footer statistics while it is decoded (G15). */
export interface StatisticsCheck {
  addNulls(count: number): void;
  /** Present values, as wide as the column is in memory. */
  addFixed(values: Address, count: number): void;
  /** Present values as codes. */
  addCodes(dictionary: FixedDictionary, codes: Address, count: number): void;
  /** Values are passed over: what the footer says of all of them can no longer be held against what was seen. */
  pass(): void;
  /** After the last value. @throws LakeError `corrupt` (`STATS_MISMATCH`). */
  finish(): void;
}

const NOTHING: StatisticsCheck = {
  addNulls: () => undefined,
  addFixed: () => undefined,
  addCodes: () => undefined,
  pass: () => undefined,
  finish: () => undefined,
};

/**
 * Only contradictions count: a value outside the bounds, bounds called exact that no value has, another number of
 * nulls. Flat columns only; the values of integer, date, time and timestamp columns only.
 */
export function createStatisticsCheck(arena: Arena, leaf: Leaf, chunk: ChunkMeta): StatisticsCheck {
  const { statistics } = chunk;
  if (statistics === undefined || leaf.repetitionMax > 0 || leaf.path.length > 1) return NOTHING;
  const { type } = leaf;
  const isCompared = isFixedType(type) && type.kind !== 'float' && leaf.physical !== PHYSICAL.INT96;
  const stated = isCompared ? boundsOf(type, false, statistics) : undefined;
  const seen = isCompared && stated !== undefined ? createSeenBounds(arena, type) : undefined;
  return new Check(statistics, stated, seen);
}

/** A class, as everything of which there is one for every chunk. */
class Check implements StatisticsCheck {
  private nullCount = 0;
  private isPartial = false;

  constructor(
    private readonly statistics: Statistics,
    private readonly stated: Bounds | undefined,
    private readonly seen: SeenBounds | undefined,
  ) {}

  addNulls(count: number): void {
    this.nullCount += count;
  }

  addFixed(values: Address, count: number): void {
    this.seen?.add(values, count);
  }

  addCodes(dictionary: FixedDictionary, codes: Address, count: number): void {
    this.seen?.addCodes(dictionary, codes, count);
  }

  pass(): void {
    this.isPartial = true;
  }

  finish(): void {
    const { statistics, stated, nullCount, isPartial } = this;
    const nullsStated = statistics.nullCount ?? nullCount;
    if (isPartial ? nullCount > nullsStated : nullCount !== nullsStated) {
      throw mismatch('a column chunk has another number of nulls than its statistics say', {
        stated: nullsStated,
        counted: nullCount,
      });
    }
    const found = this.seen?.bounds();
    if (stated === undefined || found === undefined) return;
    const isExact = (exact: boolean | undefined) => exact === true && !isPartial;
    const lower = isExact(statistics.minExact) ? found.min !== stated.min : found.min < stated.min;
    const upper = isExact(statistics.maxExact) ? found.max !== stated.max : found.max > stated.max;
    if (lower || upper) {
      throw mismatch('values of a column chunk contradict its statistics', {
        statedMin: stated.min,
        statedMax: stated.max,
        min: found.min,
        max: found.max,
      });
    }
  }
}

function mismatch(message: string, details: Readonly<Record<string, unknown>>): Error {
  return corrupt('STATS_MISMATCH', message, details);
}
