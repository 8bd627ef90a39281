import type { Arena, PlacedColumn, RowDigests, RowHasher, Schema } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import { createRowGatherer, type GatheredRows, type MergeSource, type RunList } from '@ticklake/merge';
import type { ColumnChunks, ParquetReader, RowGroupEncoder } from '@ticklake/parquet';

/** Some columns on their way from files to a file: gathered, hashed and encoded. Every column is in one lane. */
export interface Lane {
  /** Rows gathered and not yet encoded. */
  readonly rowCount: number;
  /** Appends the rows of a list. */
  gather(runs: RunList, sources: readonly Pick<MergeSource, 'read'>[]): Promise<LaneRows>;
  /** Makes a row group of the rows gathered, with `more` columns behind the lane's own. */
  encode(more: readonly PlacedColumn[]): Promise<readonly ColumnChunks[]>;
  /** Makes one of a row group of a file, of which all columns are in the lane's schema. */
  copy(
    group: StoredRowGroup,
    more: readonly PlacedColumn[],
  ): Promise<{ readonly rows: LaneRows; readonly chunks: readonly ColumnChunks[] }>;
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

/** What a lane works with; it takes all of it over. */
export interface LaneTools {
  readonly arena: Arena;
  /** The lane's own columns. */
  readonly schema: Schema;
  /**
   * For those, and for what is given beside them. They are used in turn, so that what one made holds while the next is made: with
   * two of them, chunks hold until the call after the next.
   */
  readonly encoders: readonly RowGroupEncoder[];
  /** Likewise for digests. None where nothing is to be proved. */
  readonly hashers: readonly RowHasher[];
}

/** A lane without rows. */
export function createLane({ arena, schema, encoders, hashers }: LaneTools): Lane {
  return new ColumnLane(arena, { arena, schema, encoders, hashers });
}

class ColumnLane implements Lane {
  private readonly gatherer;
  private encoded = 0;
  private hashed = 0;

  constructor(
    arena: Arena,
    private readonly tools: LaneTools,
  ) {
    this.gatherer = createRowGatherer(arena, tools.schema);
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
    const stored = tools.schema.fields.map(({ name }, i) => {
      const into = gatherer.columns[i];
      assert(into !== undefined, 'every field has a column');
      return { layout: 'stored', reader, rowGroup, name, into } as const;
    });
    const chunks = await this.nextEncoder().encode([...stored, ...more], rowCount);
    const digests = this.digest(this.placed(), { start: 0, end: rowCount });
    gatherer.clear();
    return { rows: { gathered: { pieces: [{ source: 0, rowCount }], order: 0 }, digests }, chunks };
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
