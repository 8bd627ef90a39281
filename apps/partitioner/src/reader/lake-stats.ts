import { typeText, type DataType } from '@ticklake/columnar';
import { compareBytes, compareUtf8, LakeError, type UtcDay } from '@ticklake/core';
import type { ColumnChunkFacts, ParquetReader } from '@ticklake/parquet';
import type { Constant, FilterValue, Predicate } from '@ticklake/scan';
import type { PartitionNames } from '../partitions/partition-names.js';

/** What footers tell of a column, over all files of a data type that have it. */
export interface ColumnStats {
  readonly name: string;
  readonly type: DataType;
  /** Rows of the files that have it, by this name and of this type. */
  readonly rows: number;
  /** Of these rows; `undefined` for a nested column, and where a footer does not count them. */
  readonly nulls: number | undefined;
  /**
   * The least value, in the form that filters take: times are integers of the column's unit, dates are days since 1970. Text is in the order
   * of its bytes; NaN does not count. `undefined` where there is none, and where a footer does not say it, as of text of more than 64 bytes.
   */
  readonly min: FilterValue | undefined;
  /** The greatest, likewise. */
  readonly max: FilterValue | undefined;
}

/** What there is of a data type. */
export interface DataTypeStats {
  readonly dataType: string;
  readonly rows: number;
  /** Of the files that have these rows, each counted in one view. */
  readonly sizeBytes: number;
  readonly partitions: number;
  readonly days: number;
  /** The column that rows are in order of: its least and its greatest value are the first and the last time. */
  readonly time: ColumnStats | undefined;
  /** Those of the files, then those that paths say; or those that were asked for, in that order. */
  readonly columns: readonly ColumnStats[];
}

/** A file that is counted. */
export interface CountedFile {
  readonly names: PartitionNames;
  readonly reader: ParquetReader;
  readonly sizeBytes: number;
  /** Columns that the path says. */
  readonly constants: ReadonlyMap<string, Constant>;
  /** The column that its rows are in order of. */
  readonly orderBy: string;
}

/** Adds up what footers tell. */
export interface LakeStats {
  add(file: CountedFile): void;
  /** By data type, in byte order. */
  stats(columns: readonly string[] | undefined): readonly DataTypeStats[];
}

/** Nothing yet. */
export function createLakeStats(): LakeStats {
  const dataTypes = new Map<string, DataTypeSum>();
  return {
    add(file) {
      const { dataType } = file.names;
      const sum = dataTypes.get(dataType) ?? new DataTypeSum(dataType);
      dataTypes.set(dataType, sum);
      sum.add(file);
    },
    stats: (columns) =>
      [...dataTypes.values()]
        .sort((a, b) => (a.dataType < b.dataType ? -1 : 1))
        .map((sum) => sum.stats(columns)),
  };
}

/**
 * Whether the rows of a file match all of `predicates`, as its statistics tell: all of them, or none.
 *
 * @throws LakeError `invalid` (`STATISTICS`) where they do not tell, since some may and some may not.
 */
export function matchesWhole({ rowGroups }: ParquetReader, predicates: readonly Predicate[]): boolean {
  const fates = predicates.map((predicate) => {
    const chunks = rowGroups.flatMap(({ columns }) =>
      columns.filter(({ name }) => name === predicate.column),
    );
    return { predicate, fates: new Set(chunks.map((chunk) => fateOf(chunk, predicate))) };
  });
  if (fates.some(({ fates: own }) => own.size === 1 && own.has('none'))) return false;
  const torn = fates.find(({ fates: own }) => own.has('some') || own.size > 1);
  if (torn === undefined) return true;
  throw new LakeError('invalid', 'footers do not tell rows of a file apart', {
    code: 'STATISTICS',
    details: { column: torn.predicate.column },
  });
}

function fateOf({ min, max, nullCount }: ColumnChunkFacts, predicate: Predicate): 'all' | 'none' | 'some' {
  if (min === undefined || max === undefined) return 'some';
  if (!predicate.mayMatch({ min, max })) return 'none';
  return nullCount === 0 && compareBytes(min, max) === 0 ? 'all' : 'some';
}

class DataTypeSum {
  private rows = 0;
  private sizeBytes = 0;
  private partitions = 0;
  private readonly days = new Set<UtcDay>();
  private readonly columns = new Map<string, ColumnSum>();
  private orderBy = '';

  constructor(readonly dataType: string) {}

  add({ names, reader, sizeBytes, constants, orderBy }: CountedFile): void {
    const { rowCount, schema, rowGroups } = reader;
    this.rows += rowCount;
    this.sizeBytes += sizeBytes;
    this.partitions++;
    this.days.add(names.day);
    this.orderBy = orderBy;
    for (const { name, type } of schema.fields) {
      const sum = this.column(name, type);
      sum.rows += rowCount;
      for (const { columns } of rowGroups)
        for (const chunk of columns) if (chunk.name === name) sum.addChunk(chunk);
    }
    for (const [name, { type, value }] of constants) {
      const sum = this.column(name, type);
      sum.rows += rowCount;
      sum.addValues(value, value);
    }
  }

  stats(wanted: readonly string[] | undefined): DataTypeStats {
    const { dataType, rows, sizeBytes, partitions } = this;
    const all = [...this.columns.values()].map((sum) => sum.stats());
    const time = all.find(({ name }) => name === this.orderBy);
    const columns = wanted?.flatMap((name) => all.filter((one) => one.name === name)) ?? all;
    return { dataType, rows, sizeBytes, partitions, days: this.days.size, time, columns };
  }

  /** Of one name files may have columns of several types. */
  private column(name: string, type: DataType): ColumnSum {
    const key = `${name} ${typeText(type)}`;
    const sum = this.columns.get(key) ?? new ColumnSum(name, type);
    this.columns.set(key, sum);
    return sum;
  }
}

class ColumnSum {
  rows = 0;
  private nulls: number | undefined = 0;
  private bounds: { readonly min: FilterValue; readonly max: FilterValue } | undefined;
  private isBounded = true;

  constructor(
    private readonly name: string,
    private readonly type: DataType,
  ) {}

  addChunk(chunk: ColumnChunkFacts): void {
    const { nullCount, valueCount } = chunk;
    const isFlat = this.type.kind !== 'nested';
    this.nulls =
      this.nulls === undefined || nullCount === undefined || !isFlat ? undefined : this.nulls + nullCount;
    if (nullCount === valueCount) return;
    const bounds = isFlat ? boundsOf(chunk, this.type) : undefined;
    if (bounds === undefined) this.isBounded = false;
    else this.addValues(bounds.min, bounds.max);
  }

  addValues(min: FilterValue, max: FilterValue): void {
    const { bounds } = this;
    this.bounds = {
      min: bounds === undefined || isLess(min, bounds.min) ? min : bounds.min,
      max: bounds === undefined || isLess(bounds.max, max) ? max : bounds.max,
    };
  }

  stats(): ColumnStats {
    const { name, type, rows, nulls, bounds } = this;
    const { min, max } = (this.isBounded ? bounds : undefined) ?? { min: undefined, max: undefined };
    return { name, type, rows, nulls, min, max };
  }
}

function boundsOf({ min, max, bounds }: ColumnChunkFacts, { kind }: DataType) {
  if (kind !== 'utf8' && kind !== 'bool') return bounds;
  if (min === undefined || max === undefined) return undefined;
  if (kind === 'bool') return { min: min[0] === 1, max: max[0] === 1 };
  return { min: Buffer.from(min).toString('utf8'), max: Buffer.from(max).toString('utf8') };
}

function isLess(a: FilterValue, b: FilterValue): boolean {
  return typeof a === 'string' && typeof b === 'string' ? compareUtf8(a, b) < 0 : a < b;
}
