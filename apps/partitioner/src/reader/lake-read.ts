import type { RecordBatch, Schema } from '@ticklake/columnar';
import { isLakeError, LakeError, mapBounded } from '@ticklake/core';
import { ARCHITECTURE_DATASETS } from '@ticklake/market';
import { predicatesOf, scanParquet, scanSchema, type Constant, type Filter } from '@ticklake/scan';
import { LISTINGS, READ_AHEAD_BYTES, READ_ROWS, READ_TRIES } from '../limits.js';
import { NAME_FIELDS, nameValue } from '../partitions/materialized-columns.js';
import type { PartitionNames } from '../partitions/partition-names.js';
import { findPartitions, type FoundPartition } from './find-partitions.js';
import { createLakeStats, matchesWhole, type CountedFile, type DataTypeStats } from './lake-stats.js';
import type { ReadResult } from './open-lake.js';
import type { OpenTier } from './open-tier.js';
import type { OpenFile, PartitionFiles } from './partition-files.js';
import { planRead, type ReadPlan } from './plan-read.js';
import type { ReadRequest } from './read-request.js';

/** What a read works with. */
export interface ReadTools {
  readonly files: PartitionFiles;
  tier(): Promise<OpenTier>;
}

/** One read: planned when it is asked for, and read from its beginning as often as it is iterated. */
export class LakeRead implements ReadResult {
  constructor(
    private readonly request: ReadRequest,
    private readonly tools: ReadTools,
  ) {}

  async plan(): Promise<ReadPlan> {
    return planRead((await this.tools.tier()).layout, this.request);
  }

  async schema(): Promise<Schema> {
    const tier = await this.tools.tier();
    for (const found of await this.find(tier)) {
      const file = await this.tools.files.open(tier.store, found);
      if (file === undefined) continue;
      const { schema } = file.reader;
      file.release();
      return this.schemaOf(schema, constantsOf(found.names, schema));
    }
    return this.emptySchema();
  }

  async stats(): Promise<readonly DataTypeStats[]> {
    const { columns, filters = [], signal } = this.request.options;
    if (filters.length > 0) {
      throw new LakeError('invalid', 'footers do not tell which rows of a file match a filter', {
        code: 'STATISTICS',
        details: { column: filters[0]?.[0] },
      });
    }
    const tier = await this.tools.tier();
    const found = await this.find(tier);
    const sum = createLakeStats();
    for (let start = 0; start < found.length; start += LISTINGS) {
      if (signal?.aborted === true) throw cancelled();
      const some = found.slice(start, start + LISTINGS);
      const files = await mapBounded(some, LISTINGS, (one) => this.counted(tier, one));
      for (const file of files) if (file !== undefined) sum.add(file);
    }
    return sum.stats(columns);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RecordBatch> {
    const tier = await this.tools.tier();
    for (const found of await this.find(tier)) yield* this.partition(tier, found);
  }

  private async find({ store, layout }: OpenTier): Promise<readonly FoundPartition[]> {
    const { request } = this;
    const { route } = planRead(layout, request);
    return findPartitions(store, route, { request, layout });
  }

  /** A file that is replaced before its first rows came is opened anew; later, rows of two publications would be mixed. */
  private async *partition(tier: OpenTier, found: FoundPartition): AsyncGenerator<RecordBatch> {
    let isBegun = false;
    for (let tries = 1; ; tries++) {
      try {
        for await (const batch of this.opened(tier, found)) {
          isBegun = true;
          yield batch;
        }
        return;
      } catch (error) {
        if (isBegun || tries === READ_TRIES || !isLakeError(error, 'conflict')) throw error;
      }
    }
  }

  /** What a footer tells stays so when the file is not read any more. */
  private async counted(tier: OpenTier, found: FoundPartition): Promise<CountedFile | undefined> {
    for (let tries = 1; ; tries++) {
      try {
        const file = await this.tools.files.open(tier.store, found);
        file?.release();
        return file && this.countedFile(tier, found, file);
      } catch (error) {
        if (tries === READ_TRIES || !isLakeError(error, 'conflict')) throw error;
      }
    }
  }

  private countedFile(
    { layout }: OpenTier,
    { names, primary, path }: FoundPartition,
    { reader, manifest, sizeBytes }: OpenFile,
  ): CountedFile | undefined {
    const constants = constantsOf(names, reader.schema);
    const predicates = predicatesOf(this.filters(), scanSchema(reader.schema, { constants }));
    // A column that a read would be refused is refused here.
    this.schemaOf(reader.schema, constants);
    const hasCopies = layout.document.copies === 'all' && path !== primary;
    const isNowhere = hasCopies && manifest.copies.every((copy) => copy.path !== path);
    if (predicates.length > 0 && (isNowhere || !matchesWhole(reader, predicates))) return undefined;
    const [orderBy = ''] = manifest.row_order.split(',');
    return { names, reader, sizeBytes, constants, orderBy };
  }

  private async *opened({ store }: OpenTier, found: FoundPartition): AsyncGenerator<RecordBatch> {
    const { signal, columns } = this.request.options;
    if (signal?.aborted === true) throw cancelled();
    const file = await this.tools.files.open(store, found);
    if (file === undefined) return;
    try {
      const { reader } = file;
      const constants = constantsOf(found.names, reader.schema);
      const predicates = predicatesOf(this.filters(), scanSchema(reader.schema, { constants }));
      const sizes = { batchRows: READ_ROWS, aheadBytesMax: READ_AHEAD_BYTES };
      yield* scanParquet(reader, { columns, predicates, constants, signal, ...sizes });
    } finally {
      file.release();
    }
  }

  /** Rows of availability are of all venues and types, wherever they come from. */
  private filters(): readonly Filter[] {
    const { tier, known, options } = this.request;
    const given = options.filters ?? [];
    if (tier !== 'availability') return given;
    const { venue, instrumentType } = known;
    return [
      ...given,
      ...(venue === undefined ? [] : [['venue', '=', venue] as const]),
      ...(instrumentType === undefined ? [] : [['instrument_type', '=', instrumentType] as const]),
    ];
  }

  private schemaOf(schema: Schema, constants: ReadonlyMap<string, Constant>): Schema {
    return scanSchema(schema, { columns: this.request.options.columns, constants });
  }

  /** What is known of rows that there are none of: by their data type, and otherwise the names of partitions. */
  private emptySchema(): Schema {
    const { tier, known } = this.request;
    const { dataType = known.timeframe && `ohlcv_${known.timeframe}` } = known;
    const name = tier === 'availability' ? 'available_instruments' : dataType;
    const dataset = ARCHITECTURE_DATASETS.find((one) => one.name === name && one.tier === tier);
    const own = dataset?.schema ?? { fields: [] };
    const names = NAME_FIELDS.filter(
      ({ name: field }) =>
        !own.fields.some((one) => one.name === field) &&
        isNamed(field, tier, dataset?.timeframe !== undefined),
    );
    return this.schemaOf({ fields: [...own.fields, ...names] }, new Map());
  }
}

/** Whether partitions of a tier are named by a column. */
function isNamed(field: string, tier: ReadRequest['tier'], hasTimeframe: boolean): boolean {
  if (field === 'timeframe') return hasTimeframe;
  return tier !== 'availability' || (field !== 'venue' && field !== 'instrument_id');
}

/** The columns that the path says, for rows whose file does not have them. */
function constantsOf(names: PartitionNames, { fields }: Schema): ReadonlyMap<string, Constant> {
  const constants = new Map<string, Constant>();
  for (const { name, type } of NAME_FIELDS) {
    const value = nameValue(names, name);
    if (value !== undefined && !fields.some((field) => field.name === name))
      constants.set(name, { type, value });
  }
  return constants;
}

function cancelled(): LakeError {
  return new LakeError('cancelled', 'cancelled while a lake was read');
}
