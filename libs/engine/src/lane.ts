import {
  createRowHasher,
  type Arena,
  type Field,
  type PlacedColumn,
  type RowDigests,
  type RowHasher,
} from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import { createRowGatherer, type GatheredRows, type MergeSource, type RunList } from '@ticklake/merge';
import {
  openRowGroupEncoder,
  type ColumnChunks,
  type EncodingOptions,
  type ParquetReader,
  type RowGroupEncoder,
} from '@ticklake/parquet';

/** Some columns on their way from files to a file: gathered, hashed and encoded. Every column is in one lane. */
export interface Lane {
  /** Rows gathered and not yet encoded. */
  readonly rowCount: number;
  /** Appends the rows of a list. */
  gather(runs: RunList, sources: readonly Pick<MergeSource, 'read'>[]): Promise<LaneRows>;
  /** Makes a row group of the rows gathered, with `more` columns behind the lane's own. */
  encode(more: readonly PlacedColumn[]): Promise<readonly ColumnChunks[]>;
  /** Makes one of a row group of a file. */
  copy(
    group: StoredRowGroup,
    more: readonly PlacedColumn[],
  ): Promise<{ readonly rows: LaneRows; readonly chunks: readonly ColumnChunks[] }>;
  /** The rows, with digests that those of another lane's columns of the same rows are joined to. */
  join(rows: LaneRows, others: RowDigests): LaneRows;
  release(): void;
}

/** A row group as a file stores it. */
export interface StoredRowGroup {
  readonly reader: ParquetReader;
  readonly rowGroup: number;
  readonly rowCount: number;
}

/** Rows as they came out of files, and their digests. */
export interface LaneRows {
  readonly gathered: Pick<GatheredRows, 'pieces' | 'order'>;
  /** `undefined` where nothing is to be proved. */
  readonly digests: RowDigests | undefined;
}

/** How {@link openLane} opens one. */
export interface LaneOptions {
  /** The lane's own columns. */
  readonly fields: readonly Field[];
  /** Columns that are given to {@link Lane.encode} beside. */
  readonly more: readonly Field[];
  readonly encoding: EncodingOptions;
  /** Columns left out of digests; `undefined`: there are none. */
  readonly exclude: readonly string[] | undefined;
  /** Which part of the digests of all columns the lane's are, where another lane has others. */
  readonly part: 0 | 1 | undefined;
  /** How often chunks and digests are made before what was made first is no more. */
  readonly turns: number;
}

/** A lane without rows, which holds no memory yet. @throws LakeError `invalid` when the schema cannot be stored. */
export async function openLane(arena: Arena, options: LaneOptions): Promise<Lane> {
  const { fields, more, encoding, exclude, part, turns } = options;
  const encoders: RowGroupEncoder[] = [];
  const hashers: RowHasher[] = [];
  for (let turn = 0; turn < turns; turn++) {
    encoders.push(await openRowGroupEncoder(arena, { fields: [...fields, ...more] }, encoding));
    if (exclude === undefined) continue;
    hashers.push(createRowHasher(arena, { fields }, part === undefined ? { exclude } : { exclude, part }));
  }
  return new ColumnLane(arena, { fields, encoders, hashers });
}

/** What a lane works with. Encoders and hashers are used in turn. */
interface LaneTools {
  readonly fields: readonly Field[];
  readonly encoders: readonly RowGroupEncoder[];
  /** None where nothing is to be proved. */
  readonly hashers: readonly RowHasher[];
}

class ColumnLane implements Lane {
  private readonly gatherer;
  private encoded = 0;
  private hashed = 0;

  constructor(
    arena: Arena,
    private readonly tools: LaneTools,
  ) {
    this.gatherer = createRowGatherer(arena, { fields: tools.fields });
  }

  get rowCount(): number {
    return this.gatherer.rowCount;
  }

  async gather(runs: RunList, sources: readonly Pick<MergeSource, 'read'>[]): Promise<LaneRows> {
    const gathered = await this.gatherer.add(runs, sources);
    return { gathered, digests: this.digest(gathered.columns, gathered) };
  }

  async encode(more: readonly PlacedColumn[]): Promise<readonly ColumnChunks[]> {
    const { gatherer } = this;
    const chunks = await this.nextEncoder().encode([...this.placed(), ...more], gatherer.rowCount);
    gatherer.clear();
    return chunks;
  }

  async copy({ reader, rowGroup, rowCount }: StoredRowGroup, more: readonly PlacedColumn[]) {
    const { gatherer, tools } = this;
    assert(gatherer.rowCount === 0, 'rows that were gathered are encoded before a row group is copied');
    const stored = tools.fields.map(({ name }, i) => {
      const into = gatherer.columns[i];
      assert(into !== undefined, 'every field has a column');
      return { layout: 'stored', reader, rowGroup, name, into } as const;
    });
    const chunks = await this.nextEncoder().encode([...stored, ...more], rowCount);
    const digests = this.digest(this.placed(), { start: 0, end: rowCount });
    gatherer.clear();
    return { rows: { gathered: { pieces: [{ source: 0, rowCount }], order: 0 }, digests }, chunks };
  }

  join(rows: LaneRows, others: RowDigests): LaneRows {
    const [hasher] = this.tools.hashers;
    if (hasher === undefined || rows.digests === undefined) return rows;
    return { gathered: rows.gathered, digests: hasher.join(rows.digests, [others]) };
  }

  release(): void {
    this.gatherer.release();
    for (const one of [...this.tools.encoders, ...this.tools.hashers]) one.release();
  }

  private placed(): readonly PlacedColumn[] {
    return this.gatherer.columns.map((column) => column.placed());
  }

  private digest(
    columns: readonly PlacedColumn[],
    rows: Pick<GatheredRows, 'start' | 'end'>,
  ): RowDigests | undefined {
    const { hashers } = this.tools;
    return hashers[this.hashed++ % Math.max(hashers.length, 1)]?.digest(columns, rows);
  }

  private nextEncoder(): RowGroupEncoder {
    const { encoders } = this.tools;
    return encoders[this.encoded++ % encoders.length] as RowGroupEncoder;
  }
}
