import type { Arena } from '@ticklake/columnar';
import type { PublishOutcome } from '@ticklake/manifest';
import { UNIFIED, type ColumnUnit, type UnifiedName } from '@ticklake/market';
import { createSpillRoom, openSpill, type OrderedRows } from '@ticklake/shuffle';
import type { ObjectStore } from '@ticklake/storage';
import { BATCH_ROWS } from '../limits.js';
import type { PartitionManifest } from '../partitions/manifest.js';
import { daysOfDirectory } from '../partitions/partition-paths.js';
import type { PartitionPeriod } from '../partitions/partition-period.js';
import {
  publishPartition,
  type KeyedPartition,
  type PublishRun,
  type SourceIdentity,
} from '../partitions/publish-partition.js';
import type { StorageOptions } from '../partitions/storage-options.js';
import { storedColumns, valueFieldsOf } from '../partitions/stored-columns.js';
import type { Market } from '../sources/find-sources.js';
import { sourceChanged } from '../sources/source-changed.js';
import { compareBars } from '../validation/compare-bars.js';
import type { BarsReport, PartitionReport } from '../validation/report.js';
import { examinePartition, validatePartition } from '../validation/validate-partition.js';

/** What a lane works with: memory and stores of its own. */
export interface LaneTools {
  readonly arena: Arena;
  readonly data: ObjectStore;
  readonly output: ObjectStore;
  readonly scratchDirectory: string;
  /** Name and version of the program. */
  readonly tool: string;
}

/** A partition whose rows are in a spill, to be published. */
export interface PublishRequest {
  readonly type: 'publish';
  readonly directory: string;
  readonly partition: KeyedPartition;
  /** Those that it has rows of, by their numbers: of years of files a day has one. */
  readonly sources: ReadonlyMap<number, SourceIdentity>;
  readonly routed: RoutedSettings;
}

/** What partitions of a dataset have in common. */
export interface RoutedSettings {
  readonly dataset: UnifiedName;
  readonly market: Market;
  readonly timeUnit: ColumnUnit;
  readonly period: PartitionPeriod;
  readonly storePartitionColumns: boolean;
  readonly storage: StorageOptions;
  /** The file of the sealed spill. */
  readonly spillPath: string;
  readonly sortRowsMax: number;
  readonly createdAt: string;
  /** Rows that are later are of the future. */
  readonly nowMs: number;
}

/** What a lane is asked for, as plain data. */
export type LaneRequest =
  | PublishRequest
  | {
      readonly type: 'validate';
      readonly path: string;
      readonly firstDay: number;
      readonly endDay: number;
      readonly nowMs: number;
    }
  | { readonly type: 'compare'; readonly klines: string; readonly aggtrades: string };

/** What became of a partition, and what was found in its rows: the same as where it is validated. */
export interface ExaminedOutcome extends PublishOutcome<PartitionManifest> {
  readonly report: PartitionReport;
}

/** What comes of a request, as plain data. */
export interface LaneAnswers {
  readonly publish: ExaminedOutcome;
  /** As `validatePartition`. */
  readonly validate: PartitionReport | undefined;
  /** As `compareBars`. */
  readonly compare: BarsReport | undefined;
}

/** What comes of requests of a type. */
export type LaneAnswer<R extends LaneRequest> = LaneAnswers[R['type']];

/** Does what is asked for, in this thread. @throws LakeError as `publishPartition`, `validatePartition` and `compareBars`. */
export type DoLaneWork = <R extends LaneRequest>(request: R, run: PublishRun) => Promise<LaneAnswer<R>>;

/** What does the work of a lane, one thing at a time. */
export function createLaneWork(tools: LaneTools): DoLaneWork {
  const { arena, output: store } = tools;
  const rooms = createRooms();
  const answer = (request: LaneRequest, run: PublishRun): Promise<LaneAnswers[LaneRequest['type']]> => {
    switch (request.type) {
      case 'publish':
        return publishRouted(request, { ...tools, rooms }, run);
      case 'validate':
        return validatePartition({ store, ...request }, { arena, nowMs: request.nowMs });
      case 'compare':
        return compareBars(store, request, arena);
    }
  };
  return async <R extends LaneRequest>(request: R, run: PublishRun) =>
    (await answer(request, run)) as LaneAnswer<R>;
}

/** Memory for one partition after another: buffers of each would be garbage that lies about until V8 looks for some. */
function createRooms() {
  return { spill: createSpillRoom(), times: new Float64Array(BATCH_ROWS) };
}

async function publishRouted(
  { directory, partition, sources, routed }: PublishRequest,
  {
    arena,
    data,
    output: store,
    scratchDirectory,
    tool,
    rooms,
  }: LaneTools & {
    readonly rooms: ReturnType<typeof createRooms>;
  },
  run: PublishRun,
): Promise<ExaminedOutcome> {
  const dataset = UNIFIED[routed.dataset];
  const valueFields = valueFieldsOf(dataset);
  const spill = await openSpill(routed.spillPath, valueFields);
  try {
    const stored = storedColumns(dataset, routed.market, routed);
    const examiner = examinePartition(dataset, {
      ...{ schema: stored.schema, fields: valueFields, dataset: dataset.name, nowMs: routed.nowMs },
      ...{ time_unit: routed.timeUnit, timeframe: routed.market.timeframe },
      ...daysOfDirectory(directory),
      times: rooms.times,
    });
    const settings = {
      ...{ ...routed, sources },
      ...{ arena, store, scratchDirectory, tool },
      ...{ dataset, valueFields, spill, room: rooms.spill, stored, derivedFrom: undefined },
      examine: (rows: OrderedRows) => examiner.add(rows),
      async checkSources(taken: readonly SourceIdentity[]) {
        for (const { name, etag } of taken) {
          const now = await data.head(name);
          if (now?.etag !== etag) throw sourceChanged(name);
        }
      },
    };
    const outcome = await publishPartition(partition, directory, settings, run);
    return { ...outcome, report: examiner.finish(outcome.manifest.parquet_sha256) };
  } finally {
    await spill.close();
  }
}
