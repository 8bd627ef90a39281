import { createArena, type RecordBatch, type Schema } from '@ticklake/columnar';
import type { Tier } from '@ticklake/partition';
import type { ObjectStore } from '@ticklake/storage';
import { openReadOnly } from '../open-stores.js';
import type { DataTypeStats } from './lake-stats.js';
import { openTier, type OpenTier } from './open-tier.js';
import { partitionFiles } from './partition-files.js';
import type { ReadPlan } from './plan-read.js';
import { LakeRead } from './lake-read.js';
import {
  availabilityRequest,
  marketRequest,
  type AvailabilityRead,
  type ExecutionRead,
  type MlRead,
  type ReadRequest,
} from './read-request.js';

/** How a lake is read. */
export interface LakeOptions {
  /** Credentials of stores. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Folders of tiers, where they are others than those of the layouts. */
  readonly roots?: Readonly<Partial<Record<Tier, string>>>;
  /** Bytes for rows on their way. */
  readonly memoryBytes?: number;
}

/** Rows of a read: batches, one at a time (RD-16). Those of different data types have different schemas. */
export interface ReadResult extends AsyncIterable<RecordBatch> {
  /** Of the first batch, or where there are no rows, of what it would have had (RD-11). */
  schema(): Promise<Schema>;
  /** How the read is done. */
  plan(): Promise<ReadPlan>;
  /**
   * What there is, by data type, as footers tell it: no row is decoded (RD-23).
   *
   * @throws LakeError as the read; `invalid` (`STATISTICS`) with filters, and for a venue or a type of instruments where a file has others too:
   *   footers tell of whole files.
   */
  stats(): Promise<readonly DataTypeStats[]>;
}

/** The reader over all three tiers of a lake. */
export interface LakeReader {
  /** Ticks (RD-01). */
  readExecutionData(read: ExecutionRead): ReadResult;
  /** Candles, features and signals (RD-02). */
  readMlData(read: MlRead): ReadResult;
  /** Instruments (RD-03). */
  readAvailabilityData(read: AvailabilityRead): ReadResult;
  /** A tier, to be looked at. @throws LakeError `missing` (`NO_TIER`). */
  tier(tier: Tier): Promise<OpenTier>;
  /** Forgets what was remembered. Results must not be read any more. */
  close(): void;
}

const MEMORY_BYTES = 512 * 2 ** 20;

/**
 * Opens a lake that the partitioner wrote, in whichever layout. What is asked for is checked at once; nothing is read before the rows are.
 * Safe while partitions are published: each is read as it was before, or as it is after.
 *
 * @param output - The folder or store URL that tiers were published in, or the store.
 * @throws LakeError from reads, `invalid` as the arguments are; `missing` (`NO_TIER`); `corrupt` for a partition that is not what its manifest
 *   says; `conflict` for one that is replaced while its rows are read, of which the next read has all; `cancelled`.
 */
export function openLake(output: string | ObjectStore, options: LakeOptions = {}): LakeReader {
  const { env = {}, roots = {}, memoryBytes = MEMORY_BYTES } = options;
  const store = typeof output === 'string' ? openReadOnly(output, env) : output;
  const arena = createArena({ bytesMax: memoryBytes });
  const files = partitionFiles(arena);
  const tiers = new Map<Tier, Promise<OpenTier>>();
  const tier = (name: Tier): Promise<OpenTier> => {
    const known = tiers.get(name);
    if (known !== undefined) return known;
    const opening = openTier(store, name, { root: roots[name], openMoved: (url) => openReadOnly(url, env) });
    tiers.set(name, opening);
    // A tier that is not there now may be there later.
    opening.catch(() => tiers.delete(name));
    return opening;
  };
  const read = (request: ReadRequest): ReadResult =>
    new LakeRead(request, { files, tier: () => tier(request.tier) });
  return {
    readExecutionData: (given) => read(marketRequest('execution', given)),
    readMlData: (given) => read(marketRequest('ml', given)),
    readAvailabilityData: (given) => read(availabilityRequest(given)),
    tier,
    close: () => files.close(),
  };
}
