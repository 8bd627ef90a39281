import {
  createRowHasher,
  type Arena,
  type ColumnBuffer,
  type Field,
  type PlacedColumn,
  type RowDigests,
  type RowHasher,
} from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { Address } from '@ticklake/kernels';
import {
  createRowGatherer,
  type DrawnRows,
  type GatheredRows,
  type MergeSource,
  type OnEnded,
  type RowGatherer,
  type RunList,
} from '@ticklake/merge';
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
  /** Reads the rows of a list, all of which it returns, and appends the first `rowCount` of them. */
  gather(
    runs: RunList,
    sources: readonly Pick<MergeSource, 'read'>[],
    options: {
      readonly rowCount: number;
      /** What {@link Lane.drawnFrom} said of the list, of this lane or of another. */
      readonly drawn: DrawnRows | undefined;
      /** Only where all of them are appended. */
      readonly onKeys?: OnKeys | undefined;
      readonly onEnded?: OnEnded | undefined;
    },
  ): Promise<LaneRows>;
  /** How a list of which `rowCount` rows are to be gathered is read, in every lane; `undefined` where that is run by run. */
  drawnFrom(
    runs: RunList,
    list: { readonly sourceCount: number; readonly rowCount: number },
  ): DrawnRows | undefined;
  /** Appends the next rows of that list. */
  gatherMore(rowCount: number): void;
  /** Makes a row group of the rows gathered, with `more` columns behind the lane's own. */
  encode(more: readonly PlacedColumn[]): Promise<readonly ColumnChunks[]>;
  /** Makes one of a row group of a file. */
  copy(
    group: StoredRowGroup,
    more: readonly PlacedColumn[],
    onKeys?: OnKeys,
  ): Promise<{ readonly rows: LaneRows; readonly chunks: readonly ColumnChunks[] }>;
  /** Digests of all columns: the lane's own, joined with those of another's of the same rows. */
  join(own: RowDigests, others: RowDigests): RowDigests;
  release(): void;
}

/** A row group as a file stores it. */
export interface StoredRowGroup {
  readonly reader: ParquetReader;
  readonly rowGroup: number;
  readonly rowCount: number;
}

/** Is shown the keys of rows that have been read, in the order they were read in. */
export type OnKeys = (keys: LaneKeys) => void;

/** Order columns as they stand in the arena, until whoever is shown them returns. */
export interface LaneKeys {
  readonly rowCount: number;
  /** One or two of them, values of 64 bits. */
  readonly columns: readonly {
    readonly name: string;
    readonly values: Address;
    readonly validity: Address;
  }[];
}

/** Rows as they came out of files, and the digests of the lane's columns of them. */
export interface LaneRows {
  readonly gathered: Pick<GatheredRows, 'pieces' | 'order'>;
  /** `undefined` where nothing is to be proved. */
  readonly digests: RowDigests | undefined;
}

/** How {@link openLane} opens one. */
export interface LaneOptions {
  /** The lane's own columns. */
  readonly fields: readonly Field[];
  /** What keys are; some of these columns may be none of the lane's own. */
  readonly orderBy: readonly Field[];
  /** Columns that are given to {@link Lane.encode} beside. */
  readonly more: readonly Field[];
  readonly encoding: EncodingOptions;
  /** Columns left out of digests; `undefined`: there are none. */
  readonly exclude: readonly string[] | undefined;
  /** Which part of the digests of all columns the lane's are, where another lane has others. */
  readonly part: 0 | 1 | undefined;
  /** How often rows are gathered, hashed and encoded before what was made first is no more. */
  readonly turns: number;
}

/** A lane without rows, which holds no memory yet. @throws LakeError `invalid` when the schema cannot be stored. */
export async function openLane(arena: Arena, options: LaneOptions): Promise<Lane> {
  const { fields, orderBy, more, encoding, exclude, part, turns } = options;
  const encoder = await openRowGroupEncoder(arena, { fields: [...fields, ...more] }, encoding, { turns });
  const hasher =
    exclude && createRowHasher(arena, { fields }, { exclude, turns, ...(part !== undefined && { part }) });
  return new ColumnLane(arena, { fields, orderBy, encoder, hasher, turns });
}

/** What a lane works with. */
interface LaneTools {
  readonly fields: readonly Field[];
  readonly orderBy: readonly Field[];
  readonly encoder: RowGroupEncoder;
  /** None where nothing is to be proved. */
  readonly hasher: RowHasher | undefined;
  readonly turns: number;
}

class ColumnLane implements Lane {
  private readonly gatherer;
  /** Order columns that are no columns of the lane. */
  private readonly beside;

  constructor(
    arena: Arena,
    private readonly tools: LaneTools,
  ) {
    const { fields, orderBy, turns } = tools;
    this.gatherer = createRowGatherer(arena, { fields }, { turns });
    this.beside = orderBy
      .filter(({ name }) => fields.every((field) => field.name !== name))
      .map((field) => ({
        name: field.name,
        gatherer: createRowGatherer(arena, { fields: [field] }, { turns: 1 }),
      }));
  }

  get rowCount(): number {
    return this.gatherer.rowCount;
  }

  async gather(
    runs: RunList,
    sources: readonly Pick<MergeSource, 'read'>[],
    { onKeys, ...options }: Parameters<Lane['gather']>[2],
  ): Promise<LaneRows> {
    const beside = onKeys === undefined ? [] : this.beside;
    for (const { gatherer } of beside) {
      gatherer.clear();
      await gatherer.add(runs, sources);
    }
    // Last, since sources that have ended are gone then.
    const gathered = await this.gatherer.add(runs, sources, options);
    const digests = this.tools.hasher?.digest(gathered.columns, gathered);
    onKeys?.(this.lastKeys(runs.rowCount));
    return { gathered, digests };
  }

  drawnFrom(
    runs: RunList,
    list: { readonly sourceCount: number; readonly rowCount: number },
  ): DrawnRows | undefined {
    return this.gatherer.drawnFrom(runs, list);
  }

  gatherMore(rowCount: number): void {
    this.gatherer.addMore(rowCount);
  }

  async encode(more: readonly PlacedColumn[]): Promise<readonly ColumnChunks[]> {
    const { gatherer } = this;
    const placed = gatherer.columns.map((column) => column.placed());
    const chunks = await this.tools.encoder.encode([...placed, ...more], gatherer.rowCount);
    gatherer.clear();
    return chunks;
  }

  async copy({ reader, rowGroup, rowCount }: StoredRowGroup, more: readonly PlacedColumn[], onKeys?: OnKeys) {
    const { gatherer, tools } = this;
    assert(gatherer.rowCount === 0, 'rows that were gathered are encoded before a row group is copied');
    const stored = tools.fields.map(({ name }, i) => {
      return { layout: 'stored', reader, rowGroup, name, into: columnOf(gatherer, i) } as const;
    });
    const chunks = await this.tools.encoder.encode([...stored, ...more], rowCount);
    const read = gatherer.columns.map((column) => column.placedAsRead());
    const digests = this.tools.hasher?.digest(read, { start: 0, end: rowCount });
    if (onKeys !== undefined) {
      for (const { name, gatherer: beside } of this.beside) {
        beside.clear();
        const cursor = reader.column(name, { rowGroup });
        await cursor.read(columnOf(beside, 0), rowCount);
        cursor.close();
      }
      onKeys(this.lastKeys(rowCount));
    }
    gatherer.clear();
    return { rows: { gathered: { pieces: [{ source: 0, rowCount }], order: 0 }, digests }, chunks };
  }

  join(own: RowDigests, others: RowDigests): RowDigests {
    const { hasher } = this.tools;
    assert(hasher !== undefined, 'what is joined has been hashed');
    return hasher.join(own, others);
  }

  release(): void {
    this.gatherer.release();
    for (const { gatherer } of this.beside) gatherer.release();
    this.tools.encoder.release();
    this.tools.hasher?.release();
  }

  /** Of the last rows there are. */
  private lastKeys(rowCount: number): LaneKeys {
    const { fields, orderBy } = this.tools;
    const columns = orderBy.map(({ name }) => {
      const own = fields.findIndex((field) => field.name === name);
      const gatherer = own < 0 ? this.beside.find((one) => one.name === name)?.gatherer : this.gatherer;
      const column = gatherer && columnOf(gatherer, Math.max(own, 0));
      assert(column?.kind === 'fixed' && column.width === 8, 'an order column is of 64-bit integers');
      const start = column.rowCount - rowCount;
      const { values, validity } = column.plain();
      return { name, values: values + start * 8, validity: validity === 0 ? 0 : validity + start };
    });
    return { rowCount, columns };
  }
}

function columnOf({ columns }: RowGatherer, i: number): ColumnBuffer {
  const column = columns[i];
  assert(column !== undefined, 'every field has a column');
  return column;
}
