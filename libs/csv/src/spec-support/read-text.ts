import { columnLength, createArena, valueAt, type Arena } from '@ticklake/columnar';
import {
  boolCells,
  float64Cells,
  instantCells,
  int64Cells,
  textCells,
  type CellColumn,
} from '../cells/index.js';
import { readCsv, type CsvColumn } from '../read-csv.js';

/** Rows of a batch. */
export const ROWS_MAX = 4;
const ARENA = createArena({ bytesMax: 1 << 24 });

afterEach(() => expect(ARENA.usedBytes).toBe(0));

const CELLS = {
  int: () => int64Cells(ROWS_MAX),
  float: () => float64Cells(ROWS_MAX),
  bool: () => boolCells(ROWS_MAX),
  instant: () => instantCells(ROWS_MAX, { utcOffsetMinutes: undefined }),
  text: () => textCells(ROWS_MAX),
  localInstant: () => instantCells(ROWS_MAX, { utcOffsetMinutes: 180 }),
};

/** What a column is read as. */
export type Kind = keyof typeof CELLS;

/** A text in pieces. */
export function* pieces(text: string | Uint8Array, size: number): Generator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** How a text is read. */
export interface Reading {
  readonly delimiter?: string;
  readonly firstRowLine?: number;
  readonly pieceBytes?: number;
  readonly nullable?: boolean;
  readonly lineBytesMax?: number;
}

/** All values by column, null where there is none, and the line of each row. @throws what reading throws. */
export async function read(text: string | Uint8Array, kinds: readonly Kind[], options: Reading = {}) {
  const settled = await readTwice(text, kinds, options);
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}

/** What comes of a text, by a kernel and without, which makes no difference. */
export async function readTwice(text: string | Uint8Array, kinds: readonly Kind[], options: Reading) {
  const [byKernel, alone] = await Promise.allSettled([
    readBy(ARENA, text, kinds, options),
    readBy(undefined, text, kinds, options),
  ]);
  expect(factsOf(byKernel)).toEqual(factsOf(alone));
  return alone;
}

/** Errors with all that they tell. */
function factsOf(settled: PromiseSettledResult<unknown>): unknown {
  if (settled.status === 'fulfilled') return settled.value;
  const { message, ...rest } = settled.reason as Error;
  return { message, ...rest };
}

async function readBy(
  arena: Arena | undefined,
  text: string | Uint8Array,
  kinds: readonly Kind[],
  options: Reading,
) {
  const {
    delimiter = ',',
    firstRowLine = 1,
    pieceBytes = 5,
    nullable = false,
    lineBytesMax = 1000,
  } = options;
  const columns = kinds.map(
    (kind, index): CsvColumn => ({ name: `c${index}`, index, nullable, cells: CELLS[kind]() as CellColumn }),
  );
  const values: unknown[][] = kinds.map(() => []);
  const lines: number[] = [];
  const shape = { delimiter, columnCount: kinds.length, firstRowLine };
  async function* input() {
    yield* pieces(text, pieceBytes);
  }
  for await (const batch of readCsv(input(), {
    shape,
    columns,
    rowsMax: ROWS_MAX,
    lineBytesMax,
    ...(arena && { arena }),
  })) {
    expect(batch.rowCount).toBeLessThanOrEqual(ROWS_MAX);
    batch.columns.forEach((column, i) => {
      expect(columnLength(column)).toBe(batch.rowCount);
      for (let row = 0; row < batch.rowCount; row++) values[i]?.push(plain(valueAt(column, row)));
    });
    lines.push(...batch.lines);
  }
  return { values, lines };
}

/** Bytes as the text they are. */
const plain = (value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString() : value);
