import type { Arena } from '@ticklake/columnar';
import { CSV_CELL, CSV_STATE, CSV_STATE_BYTES, type Address } from '@ticklake/kernels';
import { LF } from './bytes.js';
import type { CellColumn } from './cells/cell-column.js';
import type { CsvOptions } from './read-csv.js';

/** Lines read by a kernel, as far as there is nothing unusual about them. */
export interface UsualLines {
  /**
   * Reads lines of `bytes[start … end]`, the last of which ends there, into the cells of rows from `row` on, as many as there may be. Where
   * it gives back `start`, the line there is for somebody else.
   */
  read(bytes: Uint8Array, place: { readonly start: number; readonly end: number }, row: number): LinesRead;
  release(): void;
}

/** Where the next line begins, and which row is the next. */
export interface LinesRead {
  readonly at: number;
  readonly row: number;
}

/** Text that is copied in at once: it stays in the cache of a processor until it is read. */
const WINDOW_BYTES = 64 * 1024;

/** Lines that the kernel is not asked for after it was asked in vain, at most. */
const PAUSE_LINES_MAX = 64;

/** Such a reader; `undefined` where no kernel reads cells of these kinds. */
export function createUsualLines(arena: Arena, options: CsvOptions): UsualLines | undefined {
  const { columns, shape } = options;
  const fields = Array.from({ length: shape.columnCount }, (_, field) =>
    columns.filter(({ index }) => index === field).map(({ cells }) => cells),
  );
  const isRead = columns.length > 0 && columns.every(({ cells }) => cells.bulk !== undefined);
  if (!isRead || fields.some(({ length }) => length > 1)) return undefined;
  const cells = fields.map(([one]) => one);
  return new KernelLines(arena, cells, options);
}

class KernelLines implements UsualLines {
  private readonly state: Address;
  private readonly targets: Address;
  private readonly text: Address;
  private readonly words: Uint32Array;
  private pause = 0;
  private pauseLines = 1;

  /** @param cells - Of each field, where it is read. */
  constructor(
    private readonly arena: Arena,
    private readonly cells: readonly (CellColumn | undefined)[],
    { shape, rowsMax, lineBytesMax }: CsvOptions,
  ) {
    const targetsBytes = cells.length * 8;
    const columnBytes = Math.ceil(rowsMax / 8) * 64;
    const valuesAt = Math.ceil((CSV_STATE_BYTES + targetsBytes) / 64) * 64;
    const textAt = valuesAt + cells.length * columnBytes;
    this.state = arena.alloc(textAt + WINDOW_BYTES);
    this.targets = this.state + CSV_STATE_BYTES;
    this.text = this.state + textAt;
    this.words = arena.view(Uint32Array, this.state, (CSV_STATE_BYTES + targetsBytes) / 4);
    cells.forEach((one, field) => {
      const target = CSV_STATE_BYTES / 4 + field * 2;
      this.words[target] = one?.bulk?.kind ?? CSV_CELL.SKIPPED;
      this.words[target + 1] = this.state + valuesAt + field * columnBytes;
    });
    this.set(CSV_STATE.DELIMITER, shape.delimiter.charCodeAt(0));
    this.set(CSV_STATE.CELLS, cells.length);
    this.set(CSV_STATE.TARGETS, this.targets);
    this.set(CSV_STATE.ROWS_MAX, rowsMax);
    this.set(CSV_STATE.LINE_BYTES_MAX, lineBytesMax);
  }

  read(
    bytes: Uint8Array,
    { start, end }: { readonly start: number; readonly end: number },
    firstRow: number,
  ): LinesRead {
    let at = start;
    let row = firstRow;
    while (at < end && this.pause === 0) {
      const windowEnd = end - at <= WINDOW_BYTES ? end : bytes.lastIndexOf(LF, at + WINDOW_BYTES - 1) + 1;
      // A line that is longer than a window.
      if (windowEnd <= at) break;
      const isUnusual = this.readWindow(bytes.subarray(at, windowEnd), row);
      const read = this.get(CSV_STATE.AT) - this.text;
      this.takeRows(row);
      row = this.get(CSV_STATE.ROW);
      at += read;
      if (isUnusual) {
        this.pauseLines = read > 0 ? 1 : Math.min(this.pauseLines * 2, PAUSE_LINES_MAX);
        this.pause = this.pauseLines;
      } else if (at < windowEnd) break;
    }
    if (at === start && this.pause > 0) this.pause--;
    return { at, row };
  }

  release(): void {
    this.arena.free(this.state);
  }

  private readWindow(window: Uint8Array, row: number): boolean {
    const { arena, text } = this;
    arena.put(window, text);
    this.set(CSV_STATE.AT, text);
    this.set(CSV_STATE.END, text + window.length);
    this.set(CSV_STATE.ROW, row);
    return arena.kernels.csvLines(this.state) === 1;
  }

  /** Values from `first` on go to their cells. */
  private takeRows(first: number): void {
    const { arena, cells, words } = this;
    const count = this.get(CSV_STATE.ROW) - first;
    if (count === 0) return;
    for (let field = 0; field < cells.length; field++) {
      const bulk = cells[field]?.bulk;
      if (bulk === undefined) continue;
      const width = bulk.kind === CSV_CELL.BOOL ? 1 : 8;
      const values = words[CSV_STATE_BYTES / 4 + field * 2 + 1] as Address;
      bulk.put(arena.view(Uint8Array, values + first * width, count * width), first);
    }
  }

  private get(field: number): number {
    return this.words[field / 4] as number;
  }

  private set(field: number, value: number): void {
    this.words[field / 4] = value;
  }
}
