import {
  columnLength,
  createRowHasher,
  decodeDictionary,
  sliceColumn,
  takeColumn,
  type Arena,
  type Column,
  type Field,
  type RowHasher,
} from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { KeyedRows } from './group-rows.js';
import { RoutedPartition } from './routed-partition.js';
import type { Spill } from './spill.js';
import { spanOf } from './times.js';
import { createTrimDictionary, isCodedBytes, type TrimDictionary } from './trim-dictionary.js';

/** Takes the rows of sources, some at a time, to the partitions of their keys. */
export interface Router<K extends string | number> {
  /**
   * Takes rows of one source to the spill, group by group. Their first column is their time, int64 or a timestamp, never null, between
   * -2^53 and 2^53. A row that is in no group is passed over. One call at a time.
   *
   * @param source - Which one, in the order of sources; its rows come in the order that they have in it.
   * @throws LakeError `unavailable` or `denied` when the disk refuses; `invalid` (`LIMIT`) where rows do not fit in the arena.
   */
  add(
    source: number,
    rows: { readonly rowCount: number; readonly columns: readonly Column[] },
    groups: readonly KeyedRows<K>[],
  ): Promise<void>;
  /** By key, in the order in which they got their first rows. */
  readonly partitions: ReadonlyMap<K, RoutedPartition<K>>;
  /** Gives the memory of the arena back; partitions stay as they are. */
  release(): void;
}

/** A router to partitions of rows of flat `fields`, which go to a spill in the meantime. */
export function createRouter<K extends string | number>(
  arena: Arena,
  fields: readonly Field[],
  spill: Spill,
): Router<K> {
  return new KeyRouter(createRowHasher(arena, { fields }, { exclude: [] }), fields, spill);
}

class KeyRouter<K extends string | number> implements Router<K> {
  readonly partitions = new Map<K, RoutedPartition<K>>();
  private readonly trim: TrimDictionary = createTrimDictionary();

  constructor(
    private readonly hasher: RowHasher,
    private readonly fields: readonly Field[],
    private readonly spill: Spill,
  ) {}

  async add(
    source: number,
    { rowCount, columns }: { readonly rowCount: number; readonly columns: readonly Column[] },
    groups: readonly KeyedRows<K>[],
  ): Promise<void> {
    assert(columns.length === this.fields.length, 'rows have a column for each field');
    assert(
      columns.every((column) => columnLength(column) === rowCount),
      'columns have all the rows',
    );
    const plain = columns.map(plainFixed);
    for (const { key, rows } of groups) {
      requireRows(rows, rowCount);
      const part = plain.map((column) => this.take(column, rows));
      await this.put(source, key, part);
    }
  }

  release(): void {
    this.hasher.release();
  }

  private async put(source: number, key: K, columns: readonly Column[]): Promise<void> {
    const rowCount = columnLength(columns[0] as Column);
    if (rowCount === 0) return;
    const { firstTime, lastTime, timeMin, timeMax, isSorted } = spanOf(columns);
    const { offset, sizeBytes } = await this.spill.put(rowCount, columns);
    const digests = this.hasher.digestBatch({ schema: { fields: this.fields }, rowCount, columns });
    const partition = this.partitions.get(key) ?? new RoutedPartition(key);
    this.partitions.set(key, partition);
    // Written out, since there may be millions of them: spread ones take twice the memory.
    partition.add(
      { source, offset, rowCount, sizeBytes, firstTime, lastTime, timeMin, timeMax, isSorted },
      digests,
    );
  }

  /** Hashing some rows must not cost the whole dictionary of their batch. */
  private take(column: Column, rows: KeyedRows<K>['rows']): Column {
    const taken =
      rows instanceof Uint32Array ? takeColumn(column, rows) : sliceColumn(column, rows[0], rows[1]);
    return isCodedBytes(taken) ? this.trim(taken) : taken;
  }
}

/** Codes of values that are no wider than the codes are not kept. */
function plainFixed(column: Column): Column {
  return column.layout === 'dictionary' && !isCodedBytes(column) ? decodeDictionary(column) : column;
}

/** Of a range the slices see to it. */
function requireRows(rows: KeyedRows<unknown>['rows'], rowCount: number): void {
  if (!(rows instanceof Uint32Array)) return;
  for (let i = 0; i < rows.length; i++)
    assert((rows[i] as number) < rowCount, 'a row of a group is one of the batch');
}
