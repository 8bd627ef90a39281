import type { Address } from '@ticklake/kernels';
import type { Arena } from '../arena/arena.js';
import { withBlock } from '../arena/arena-buffer.js';
import { createCodeMaps, type CodeMaps } from './code-maps.js';
import type { FixedDictionary, FixedEntries } from './fixed-entries.js';
import { FixedTable, type CodedRows } from './fixed-table.js';
import type { Width } from './placed-column.js';

/**
 * What is taken in has to pay: all rows of a dictionary for its entries, of which whole dictionaries are taken in, and the rows of a time for
 * all entries, since whoever looks at those looks at these. Of 256 files with rows of the whole day, prices, of which a dictionary has one for
 * 30 rows, are read in 6 µs instead of 8 for 1,500 rows, and need not be looked up again when a dictionary is made of them; quantities,
 * one for 5 rows and seldom the same in two files, gain nothing.
 */
const PAYS = { free: 16_384, perRow: 1 / 8, perRowToCome: 1 / 8 } as const;

/** How {@link createKeptEntries} makes entries. */
export interface KeptEntriesOptions {
  readonly width: Width;
  /** Rows whose codes are of these entries. */
  readonly rowsSoFar: () => CodedRows;
  /** How large translations may be. */
  readonly keptBytesMax: number;
}

/**
 * Entries for rows that come a few at a time from the same dictionaries, again and again: they are kept when rows are forgotten, and a dictionary
 * is looked up once. Where that does not pay, nothing is taken in any more.
 */
export function createKeptEntries(arena: Arena, options: KeptEntriesOptions): FixedEntries {
  return new KeptEntries(arena, options);
}

class KeptEntries implements FixedEntries {
  /** There may be entries of rows that are gone. */
  readonly isInOrder = false;
  isOpen = true;
  private readonly table: FixedTable;
  private readonly maps: CodeMaps;
  /** Of all dictionaries, whether or not they were new. */
  private takenIn = 0;
  private rowsToCome = 0;
  /** Whether translations were given up since rows were last forgotten, so that there was room for those that are read. */
  private hasMadeRoom = false;

  constructor(
    private readonly arena: Arena,
    private readonly options: KeptEntriesOptions,
  ) {
    this.table = new FixedTable(arena, options.width);
    this.maps = createCodeMaps(arena);
  }

  get address(): Address {
    return this.table.address;
  }

  get count(): number {
    return this.table.count;
  }

  makeDistinct(): boolean {
    return true;
  }

  takeIn(dictionary: FixedDictionary, rows: CodedRows): boolean {
    if (!this.isOpen) return false;
    const map = this.maps.find(dictionary) ?? this.add(dictionary, rows);
    this.isOpen = map !== undefined;
    if (map !== undefined && !this.maps.isSame) this.translate(map, rows);
    return this.isOpen;
  }

  adopt(values: Address, count: number): void {
    this.table.hold(values, count);
  }

  forgetRows(): void {
    this.hasMadeRoom = false;
    if (!this.pays(this.options.rowsSoFar().count)) this.clear();
  }

  clear(): void {
    this.table.clear();
    this.maps.clear();
    this.takenIn = 0;
    this.rowsToCome = 0;
  }

  release(): void {
    this.clear();
    for (const one of [this.table, this.maps]) one.release();
  }

  /** Where the codes of a dictionary that is new are translated; `undefined` when it does not pay, or values were made to collide. */
  private add(dictionary: FixedDictionary, rows: CodedRows): Address | undefined {
    const { table, maps } = this;
    const { values, count, rowCount } = dictionary;
    this.takenIn += count;
    this.rowsToCome += Math.max(rowCount, rows.count);
    if (!this.pays(this.options.rowsSoFar().count + rows.count) || !this.hasRoom(count)) return undefined;
    if (!table.index(table.count + count)) return undefined;
    // Before there is a map: one without its codes would be taken for one that has them.
    const words = table.asWords(values, count);
    const map = maps.add(dictionary, count);
    if (!table.intern(words, count, map)) return undefined;
    // Of one value in all files nobody has to look at the codes.
    if (maps.isIdentity(count)) maps.markSame(true);
    return map;
  }

  /** Makes room for a translation: most of the others may be of dictionaries that nobody reads any more, but not a second time. */
  private hasRoom(count: number): boolean {
    const { maps, options } = this;
    if (maps.fit(options.keptBytesMax, count)) return true;
    if (this.hasMadeRoom) return false;
    this.hasMadeRoom = true;
    maps.clear();
    return maps.fit(options.keptBytesMax, count);
  }

  /** Whether what has been taken in pays, with so many rows at a time. */
  private pays(rowCount: number): boolean {
    const { free, perRow, perRowToCome } = PAYS;
    return this.count <= free + perRow * rowCount && this.takenIn <= free + perRowToCome * this.rowsToCome;
  }

  private translate(map: Address, { codes, count, validity }: CodedRows): void {
    const { kernels } = this.arena;
    if (validity === 0) return kernels.gather32(map, codes, count, codes);
    // A null's code stays 0.
    withBlock(this.arena, count * 4, (dense) => {
      const present = kernels.draw32(codes, validity, count, dense);
      kernels.gather32(map, dense, present, dense);
      kernels.spread32(dense, validity, count, codes);
    });
  }
}
