import type { Arena } from '@ticklake/columnar';
import { ENCODING, nameOf, PAGE } from '../format/constants.js';
import { corrupt } from '../format/corrupt.js';
import type { ChunkMeta, PageHeader } from '../format/metadata.js';
import { decodeDictionary, type LeafDictionary } from './leaf-dictionary.js';
import { readLevels, type PageLevels } from './levels.js';
import {
  located,
  openPageWalk,
  type PageContext,
  type PageWalk,
  type PageWhere,
  type StoredPage,
} from './page-walk.js';
import type { PagePlan } from './page-plan.js';
import { isCoded, openPageValues, type PageValues } from './page-values.js';
import type { Leaf } from './schema-tree.js';
import type { Span } from './span.js';
import { createStatisticsCheck, type StatisticsCheck } from './statistics-check.js';

/** An open data page: the levels of all its values, and those that are present, not yet decoded. */
export interface DataPage {
  readonly where: PageWhere;
  readonly valueCount: number;
  readonly presentCount: number;
  readonly definition: Uint8Array | undefined;
  readonly repetition: Uint8Array | undefined;
  readonly values: PageValues;
  /** The page is not read any further. */
  release(): void;
}

/** A page that was opened, as it is stored. */
export interface PassingPage {
  readonly header: PageHeader;
  /** Levels included; until the call returns. */
  readonly stored: Uint8Array;
  readonly nullCount: number;
}

/** A chunk to be read. */
export interface ChunkTask {
  readonly chunk: ChunkMeta;
  readonly leaf: Leaf;
  readonly rowGroup: number;
  /** Where pages stand, and which of them will be read; of a flat column. */
  readonly plan?: PagePlan | undefined;
  /** Is shown every page that was opened, dictionaries included, once it has passed every check that opening makes. */
  readonly onPage?: ((page: PassingPage) => void) | undefined;
}

/** The data pages of a chunk, in order. */
export interface ChunkReader {
  /**
   * The next page, once the one before was released; `undefined` when all values of the chunk have been given; a promise when its
   * bytes are not at hand: ask again once it has resolved.
   *
   * @throws LakeError `corrupt`.
   */
  next(): DataPage | undefined | Promise<void>;
  /**
   * Passes over the next page that has values, if it has at most `rowsMax`, without decompressing it or comparing its checksum. How many it
   * had; 0 when the page has to be opened; a promise as {@link ChunkReader.next}. Of a flat column, and not while a page is open.
   *
   * @throws LakeError `corrupt`.
   */
  pass(rowsMax: number): number | Promise<void>;
  /** Says that values of the page that is open are not going to be decoded. */
  passRest(): void;
  /** Whether all pages have been given or passed. */
  readonly isEnded: boolean;
  /** The page that was read last, for the details of what its values contradict; the first before any was read. */
  readonly where: PageWhere;
  /** After the last value. @throws LakeError `corrupt` (`STATS_MISMATCH`) when the footer said other things of the chunk. */
  finish(): void;
  /** The chunk is not read any further. */
  release(): void;
}

/** Decodes a chunk page by page and holds it to what the footer says of it (G7, G10–G12, G15). */
export function openChunk(context: PageContext, task: ChunkTask): ChunkReader {
  return new Chunk(context, task);
}

class Chunk implements ChunkReader {
  where: PageWhere;
  private readonly walk: PageWalk;
  private readonly check: StatisticsCheck;
  private dictionary: LeafDictionary | undefined;
  private left: number;
  private dataSeen = false;
  /** The last page, until it is known that none with values follows. */
  private last: DataPage | undefined;

  constructor(
    private readonly context: PageContext,
    private readonly task: ChunkTask,
  ) {
    const { chunk, leaf } = task;
    this.walk = openPageWalk(context, task);
    this.where = this.walk.where;
    this.check = createStatisticsCheck(context.arena, leaf, chunk);
    this.left = chunk.valueCount;
  }

  get isEnded(): boolean {
    return this.left === 0 && this.last === undefined;
  }

  next(): DataPage | undefined | Promise<void> {
    if (this.last === undefined) {
      const page = this.step();
      if (this.left > 0 || page === undefined || page instanceof Promise) return page;
      this.last = page;
    }
    const extra = this.walk.next();
    if (extra instanceof Promise) return extra;
    if (extra !== undefined && extra.header.valueCount > 0) throw long(extra);
    const page = this.last;
    this.last = undefined;
    return page;
  }

  pass(rowsMax: number): number | Promise<void> {
    while (this.left > 0) {
      const page = this.walk.peek();
      if (page instanceof Promise) return page;
      if (page === undefined) throw located(short(this.left), this.where);
      const { isDictionary, valueCount, isLast } = page;
      if (isDictionary) {
        // What follows may need it.
        const wait = this.readDictionary();
        if (wait !== undefined) return wait;
        continue;
      }
      // Opened, the last page tells whether others follow that have values all the same.
      if (valueCount > Math.min(rowsMax, this.left) || (valueCount === this.left) !== isLast) return 0;
      this.where = this.walk.where;
      this.walk.pass();
      if (valueCount === 0) continue;
      this.dataSeen = true;
      this.left -= valueCount;
      this.check.pass();
      if (this.walk.isEnded) this.walk.release();
      return valueCount;
    }
    return 0;
  }

  passRest(): void {
    this.check.pass();
  }

  finish(): void {
    try {
      this.check.finish();
    } catch (error) {
      throw located(error, this.where);
    }
  }

  release(): void {
    this.walk.release();
    this.last?.release();
    this.last = undefined;
    this.dictionary?.release();
    this.dictionary = undefined;
  }

  /** The next page with values, whatever follows it. */
  private step(): DataPage | undefined | Promise<void> {
    while (this.left > 0) {
      const stored = this.walk.next();
      if (stored instanceof Promise) return stored;
      if (stored === undefined) throw located(short(this.left), this.where);
      this.where = stored.where;
      try {
        if (stored.header.type === PAGE.DICTIONARY) this.takeDictionary(stored);
        else {
          const page = this.takeData(stored);
          if (page.valueCount > 0) return page;
          page.release();
        }
      } catch (error) {
        throw located(error, stored.where);
      }
    }
    return undefined;
  }

  private readDictionary(): Promise<void> | undefined {
    const stored = this.walk.next();
    if (stored instanceof Promise) return stored;
    if (stored === undefined) return undefined;
    this.where = stored.where;
    try {
      this.takeDictionary(stored);
    } catch (error) {
      throw located(error, stored.where);
    }
    return undefined;
  }

  private takeDictionary(page: StoredPage): void {
    if (this.dictionary !== undefined || this.dataSeen)
      throw corrupt('DICT_CONFLICT', 'a second or late dictionary page');
    const { arena, limits } = this.context;
    const { leaf, chunk, onPage } = this.task;
    const body = placeBody(arena, page);
    const { encoding, valueCount: count } = page.header;
    const sizeMax = limits.pageBytesMax;
    const chunkCount = chunk.valueCount;
    this.dictionary = decodeDictionary(arena, leaf, body, { encoding, count, sizeMax, chunkCount });
    onPage?.({ header: page.header, stored: page.stored, nullCount: 0 });
  }

  private takeData(page: StoredPage): DataPage {
    this.dataSeen = true;
    const { arena, limits } = this.context;
    const { leaf, chunk, onPage } = this.task;
    const { check, dictionary, walk } = this;
    checkCount(page.header, { leaf, left: this.left, rowsMax: limits.rowGroupRowsMax });
    checkEncoding(page.header, chunk);
    const { encoding, valueCount } = page.header;
    const body = placeBody(arena, page);
    let values: PageValues | undefined;
    try {
      const levels = readLevels(arena, page, body, leaf);
      const { presentCount, valuesAt } = levels;
      const tools = { arena, leaf, dictionary, sizeMax: limits.pageBytesMax, check };
      const span = { at: valuesAt, end: body.end };
      values = openPageValues(tools, span, { encoding, count: presentCount });
      check.addNulls(valueCount - presentCount);
      this.left -= valueCount;
      onPage?.({ header: page.header, stored: page.stored, nullCount: valueCount - presentCount });
      // Thousands of chunks can be open at once, most of them at their only page.
      if (walk.isEnded) walk.release();
      return new Page(arena, { where: page.where, valueCount, levels, values, body });
    } catch (error) {
      values?.release();
      arena.free(body.at);
      throw error;
    }
  }
}

class Page implements DataPage {
  readonly where: PageWhere;
  readonly valueCount: number;
  readonly presentCount: number;
  readonly definition: Uint8Array | undefined;
  readonly repetition: Uint8Array | undefined;
  readonly values: PageValues;
  private readonly body: Span;

  constructor(
    private readonly arena: Arena,
    parts: {
      readonly where: PageWhere;
      readonly valueCount: number;
      readonly levels: PageLevels;
      readonly values: PageValues;
      readonly body: Span;
    },
  ) {
    const { levels } = parts;
    this.where = parts.where;
    this.valueCount = parts.valueCount;
    this.presentCount = levels.presentCount;
    this.definition = levels.definition;
    this.repetition = levels.repetition;
    this.values = parts.values;
    this.body = parts.body;
  }

  release(): void {
    this.values.release();
    this.arena.free(this.body.at);
  }
}

/** The page's body, uncompressed, in a block of its own. @throws LakeError `corrupt`. */
export function placeBody(
  arena: Arena,
  { body, sizeBytes, codec }: Pick<StoredPage, 'body' | 'sizeBytes' | 'codec'>,
): Span {
  const at = arena.alloc(sizeBytes);
  try {
    if (codec === undefined) arena.put(body, at);
    else codec.decode(arena, body, at, sizeBytes);
  } catch (error) {
    arena.free(at);
    throw error;
  }
  return { at, end: at + sizeBytes };
}

/** @throws LakeError `corrupt` when a page's header contradicts its chunk, or passes a limit. */
export function checkCount(
  { valueCount, v2 }: PageHeader,
  { leaf, left, rowsMax }: { leaf: Leaf; left: number; rowsMax: number },
): void {
  if (valueCount > left)
    throw corrupt('PAGE_CORRUPT', 'pages hold more values than their chunk', { valueCount, left });
  if (v2 !== undefined && leaf.repetitionMax === 0 && v2.rowCount !== valueCount) {
    throw corrupt('PAGE_CORRUPT', 'a page has another number of rows than values', {
      rows: v2.rowCount,
      valueCount,
    });
  }
  if (valueCount > rowsMax) {
    throw corrupt('LIMIT', 'too many values in a page', { value: valueCount, max: rowsMax });
  }
}

/**
 * The same bytes make sense in several encodings, and the header that names one is under no checksum. Some writers list
 * no encodings at all, or leave out that of dictionary codes, which need a dictionary anyway.
 */
export function checkEncoding({ encoding }: PageHeader, { encodings }: ChunkMeta): void {
  if (encodings.length === 0 || encodings.includes(encoding) || isCoded(encoding)) return;
  throw corrupt('PAGE_CORRUPT', 'a page has an encoding that its chunk does not list', {
    encoding: nameOf(ENCODING, encoding),
    listed: encodings.map((one) => nameOf(ENCODING, one)).join(),
  });
}

/** Of a chunk whose pages end too early. */
export function short(missing: number): Error {
  return corrupt('PAGE_CORRUPT', 'a column chunk ends before its last value', { missing });
}

function long({ where, header }: StoredPage): unknown {
  const error = corrupt('PAGE_CORRUPT', 'pages hold more values than their chunk', {
    extra: header.valueCount,
  });
  return located(error, where);
}
