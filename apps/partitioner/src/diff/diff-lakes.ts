import { createArena, type Schema } from '@ticklake/columnar';
import { compareUtf8, LakeError, mapBounded, type UtcDay } from '@ticklake/core';
import { readManifest } from '@ticklake/manifest';
import { diffSchemas } from '@ticklake/market';
import type { Tier } from '@ticklake/partition';
import { LISTINGS } from '../limits.js';
import { listPartitions, type ListedPartition } from '../partitions/list-partitions.js';
import { partitionDataset } from '../partitions/manifest.js';
import { publishedRows, publishedSchema, type PublishedPlace } from '../partitions/open-rows.js';
import type { PartitionNames } from '../partitions/partition-names.js';
import type { LakeReader } from '../reader/open-lake.js';
import type { OpenTier } from '../reader/open-tier.js';
import { daysOf, type DateArgument } from '../reader/read-request.js';
import { differingRows, type DifferingRow } from './differing-rows.js';

/** What of two lakes is compared, and how. */
export interface DiffOptions {
  readonly tier: Tier;
  /** All days where it is left out. */
  readonly date?: DateArgument;
  /** Bytes for rows on their way, where these are compared. */
  readonly memoryBytes?: number;
  readonly signal?: AbortSignal;
}

/** What one of two lakes has of a partition. */
export interface DiffSide {
  /** In the primary view, from the root of the tier. */
  readonly path: string;
  readonly rowCount: number;
  /** What the rows hash to, in any order. */
  readonly multiset: string;
}

/** A partition that one of two lakes has. */
export interface OnlyPartition extends DiffSide {
  readonly names: PartitionNames;
}

/** A partition that both have, with other rows. */
export interface DifferingPartition {
  readonly names: PartitionNames;
  readonly a: DiffSide;
  readonly b: DiffSide;
  /**
   * Those of its rows that one has and the other has not, or less often, in order of time; columns that were added to files do not count.
   * Both partitions are read from their beginning, as far as rows are taken.
   *
   * @throws LakeError `conflict` (`PUBLISHED_MEANWHILE`) where one of them is replaced by now; `invalid`: (`ORDER`) where they are in order
   *   of different columns, (`LIMIT`) where more rows of one time differ than memory has room for; `corrupt`; `cancelled`.
   */
  rows(): AsyncGenerator<DifferingRow>;
}

/** How two lakes differ in a tier; partitions by day, then instrument, then data type. */
export interface LakeDiff {
  /** How many partitions have the same rows in both. */
  readonly equal: number;
  readonly onlyInA: readonly OnlyPartition[];
  readonly onlyInB: readonly OnlyPartition[];
  readonly differing: readonly DifferingPartition[];
}

const MEMORY_BYTES = 256 * 2 ** 20;

/** Bytes of a row that is held as an object, at most. */
const HELD_ROW_BYTES = 1024;

/**
 * Compares a tier of two lakes, in whichever layouts (RD-24): which partitions one has only, and which have other rows, as the content hashes
 * in their manifests tell; neither rows nor footers are read. The order of rows does not count, nor do sources or bytes.
 *
 * @throws LakeError `missing` (`NO_TIER`) where one of them has no such tier; `invalid` (`DATE`); `corrupt` (`MANIFEST`); `cancelled`.
 */
export async function diffLakes(a: LakeReader, b: LakeReader, options: DiffOptions): Promise<LakeDiff> {
  const [left, right] = [await publishedIn(a, options), await publishedIn(b, options)];
  const keys = [...new Set([...left.keys(), ...right.keys()])].sort(compareUtf8);
  const both = keys.flatMap((key) => {
    const [one, other] = [left.get(key), right.get(key)];
    return one !== undefined && other !== undefined ? [{ a: one, b: other }] : [];
  });
  const differing = both.filter((pair) => pair.a.side.multiset !== pair.b.side.multiset);
  return {
    equal: both.length - differing.length,
    onlyInA: onlyIn(left, right, keys),
    onlyInB: onlyIn(right, left, keys),
    differing: differing.map((pair) => ({
      ...{ names: pair.a.names, a: pair.a.side, b: pair.b.side },
      rows: () => rowsOf(pair, options),
    })),
  };
}

interface Published {
  readonly names: PartitionNames;
  readonly place: PublishedPlace;
  readonly side: DiffSide;
}

/** What is published in a tier, by what it is of. */
async function publishedIn(
  lake: LakeReader,
  { tier, date, signal }: DiffOptions,
): Promise<ReadonlyMap<string, Published>> {
  const days = daysOf(date);
  const opened = await lake.tier(tier);
  const listed: ListedPartition[] = [];
  for await (const one of listPartitions(opened.store, opened.layout)) {
    if (signal?.aborted === true) throw cancelled();
    if (one.hasManifest && isWanted(one.names.day, days)) listed.push(one);
  }
  const found = await mapBounded(listed, LISTINGS, (one) => {
    if (signal?.aborted === true) throw cancelled();
    return published(one, opened);
  });
  return new Map(found.flatMap((one) => (one === undefined ? [] : [[keyOf(one.names), one]])));
}

async function published(
  { names, path }: ListedPartition,
  { store }: OpenTier,
): Promise<Published | undefined> {
  const { directory, manifestName, manifestSchema } = partitionDataset(store, path);
  const manifest = await readManifest(store, directory + manifestName, manifestSchema);
  if (manifest === undefined) return undefined;
  const side = { path, rowCount: manifest.row_count, multiset: manifest.content.multiset };
  return { names, place: { store, path, manifest }, side };
}

/** Days are in order, without gaps. */
function isWanted(day: UtcDay, days: readonly UtcDay[] | undefined): boolean {
  return days === undefined || (day >= (days[0] as UtcDay) && day <= (days.at(-1) as UtcDay));
}

function keyOf({ day, instrument = '', dataType }: PartitionNames): string {
  return `${day} ${instrument} ${dataType}`;
}

function onlyIn(
  one: ReadonlyMap<string, Published>,
  other: ReadonlyMap<string, Published>,
  keys: readonly string[],
): readonly OnlyPartition[] {
  return keys.flatMap((key) => {
    const found = other.has(key) ? undefined : one.get(key);
    return found === undefined ? [] : [{ names: found.names, ...found.side }];
  });
}

async function* rowsOf(
  { a, b }: { readonly a: Published; readonly b: Published },
  { memoryBytes = MEMORY_BYTES, signal }: DiffOptions,
): AsyncGenerator<DifferingRow> {
  const arena = createArena({ bytesMax: Math.floor(memoryBytes / 2) });
  const [schema, otherSchema] = [
    await publishedSchema(a.place, arena),
    await publishedSchema(b.place, arena),
  ];
  const rowsIn = ({ place }: Published, own: Schema) => {
    const [orderBy = ''] = place.manifest.row_order.split(',');
    return {
      schema: own,
      orderBy,
      batches: () => untilAborted(publishedRows(place, { arena, schema: own }), signal),
    };
  };
  const isComparable = diffSchemas(schema, otherSchema).length === 0;
  const [left, right] = [rowsIn(a, schema), rowsIn(b, isComparable ? schema : otherSchema)];
  if (isComparable && left.orderBy !== right.orderBy) {
    throw new LakeError(
      'invalid',
      'rows are in order of different columns, and cannot be compared one by one',
      {
        code: 'ORDER',
        details: { path: a.side.path, orderBy: left.orderBy, other: right.orderBy },
      },
    );
  }
  const heldRowsMax = Math.floor(memoryBytes / 2 / HELD_ROW_BYTES);
  yield* differingRows(left, right, { arena, heldRowsMax, isComparable });
}

async function* untilAborted<T>(
  items: AsyncGenerator<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T> {
  for await (const item of items) {
    if (signal?.aborted === true) throw cancelled();
    yield item;
  }
}

function cancelled(): LakeError {
  return new LakeError('cancelled', 'cancelled while lakes were compared');
}
