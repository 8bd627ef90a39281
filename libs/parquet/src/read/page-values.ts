import {
  isFixedType,
  type Arena,
  type ColumnBuffer,
  type FixedColumnBuffer,
  type FixedDictionary,
} from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { Address } from '@ticklake/kernels';
import { ENCODING } from '../format/constants.js';
import { corrupt } from '../format/corrupt.js';
import { decodeBytesPage } from './bytes-page.js';
import { openFixedValues } from './fixed-values.js';
import { openHybrid, type HybridReader } from './hybrid-reader.js';
import type { LeafDictionary } from './leaf-dictionary.js';
import type { Leaf } from './schema-tree.js';
import type { Span } from './span.js';
import { putBytesRows, putFixedRows, spreadCodes, type Rows } from './put-rows.js';
import type { StatisticsCheck } from './statistics-check.js';

/** The values of one data page, appended to a buffer some rows at a time. */
export interface PageValues {
  /** Appends the next rows. @throws LakeError `corrupt`. */
  append(buffer: ColumnBuffer, rows: Rows): void;
  /** The page is not read any further. */
  release(): void;
}

/** What the values of a page are read with. */
export interface ValueTools {
  readonly arena: Arena;
  readonly leaf: Leaf;
  readonly dictionary: LeafDictionary | undefined;
  readonly sizeMax: number;
  readonly check: StatisticsCheck;
}

/** Whether values are stored as codes into a dictionary. */
export function isCoded(encoding: number): boolean {
  return encoding === ENCODING.PLAIN_DICTIONARY || encoding === ENCODING.RLE_DICTIONARY;
}

/** Opens the `count` present values of a page. @throws LakeError `corrupt`. */
export function openPageValues(
  tools: ValueTools,
  span: Span,
  stored: { readonly encoding: number; readonly count: number },
): PageValues {
  const { encoding } = stored;
  if (isCoded(encoding)) return openCoded(tools, span, stored.count);
  return isFixedType(tools.leaf.type) ? openFixed(tools, span, stored) : openBytes(tools, span, stored);
}

type Stored = Parameters<typeof openPageValues>[2];

function openFixed({ arena, leaf, check }: ValueTools, span: Span, stored: Stored): PageValues {
  const values = openFixedValues(arena, leaf, span, stored);
  return {
    append(buffer, rows) {
      assert(buffer.kind === 'fixed', 'a fixed-width column is read into a fixed-width buffer');
      const { present } = rows;
      putFixedRows(arena, buffer, rows, {
        read: (to) => values.read(to, present),
        check: (at) => check.addFixed(at, present),
      });
    },
    release: () => values.release(),
  };
}

function openBytes(
  { arena, leaf, sizeMax }: ValueTools,
  span: Span,
  { encoding, count }: Stored,
): PageValues {
  const page = decodeBytesPage(arena, leaf, span, { encoding, count, sizeMax });
  let next = 0;
  return {
    append(buffer, rows) {
      assert(buffer.kind === 'bytes', 'byte strings are read into a buffer of byte strings');
      putBytesRows(arena, buffer, rows, { page, first: next });
      next += rows.present;
    },
    release: () => page.release(),
  };
}

function openCoded(tools: ValueTools, span: Span, count: number): PageValues {
  const { arena, dictionary } = tools;
  if (dictionary === undefined) throw corrupt('DICT_CONFLICT', 'codes without a dictionary');
  return new CodedValues(tools, dictionary, openCodes(arena, span, { count, limit: dictionary.count }));
}

class CodedValues implements PageValues {
  constructor(
    private readonly tools: ValueTools,
    private readonly dictionary: LeafDictionary,
    private readonly codes: Codes,
  ) {}

  append(buffer: ColumnBuffer, rows: Rows): void {
    const { tools, dictionary } = this;
    assert(buffer.kind === dictionary.kind, 'codes are read into a buffer for what they stand for');
    const to = buffer.codesRoom(rows.count);
    this.codes.read(to, rows.present);
    if (buffer.kind === 'fixed' && dictionary.kind === 'fixed') {
      putFixedCodes(tools, buffer, { dictionary, codes: to, rows });
    } else if (buffer.kind === 'bytes' && dictionary.kind === 'bytes') {
      if (rows.validity !== 0) spreadCodes(tools.arena, to, rows);
      buffer.putCodes(dictionary, rows.count, rows.validity);
    }
  }

  release(): void {
    this.codes.release();
  }
}

/** What becomes values anyway is held to statistics as such; other rows by what their codes stand for. */
function putFixedCodes(
  { arena, check }: Pick<ValueTools, 'arena' | 'check'>,
  buffer: FixedColumnBuffer,
  {
    dictionary,
    codes,
    rows,
  }: { readonly dictionary: FixedDictionary; readonly codes: Address; readonly rows: Rows },
): void {
  const { count, present, validity } = rows;
  const staysCoded = validity !== 0 || (dictionary.keepsCodes && buffer.takesCodes);
  if (staysCoded) check.addCodes(dictionary, codes, present);
  if (validity !== 0) spreadCodes(arena, codes, rows);
  const rowsBefore = buffer.rowCount;
  buffer.putCodes(dictionary, count, validity);
  if (!staysCoded) check.addFixed(buffer.plain().values + rowsBefore * buffer.width, count);
}

type Codes = Pick<HybridReader, 'read' | 'release'>;

const NO_CODES: Codes = { read: () => undefined, release: () => undefined };

function openCodes(
  arena: Arena,
  { at, end }: Span,
  { count, limit }: { readonly count: number; readonly limit: number },
): Codes {
  // A page of nulls may leave out even the bit width.
  if (count === 0) return NO_CODES;
  if (at >= end) throw corrupt('PAGE_CORRUPT', 'bytes end before the codes');
  const width = arena.bytes[at] as number;
  return openHybrid(arena, { at: at + 1, end }, { width, count, limit, overCode: 'DICT_CONFLICT' });
}
