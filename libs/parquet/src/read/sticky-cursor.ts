import {
  columnAt,
  copyColumn,
  createColumnBuffer,
  type Arena,
  type Column,
  type ColumnBuffer,
  type DataType,
} from '@ticklake/columnar';
import type { ColumnCursor } from './column-cursor.js';

/** What a cursor reads with. */
export type CursorRows = Pick<ColumnCursor, 'read' | 'open' | 'skip' | 'close'>;

/** What there is of a column to read. */
export interface ReadColumn {
  readonly type: DataType;
  readonly rows: CursorRows;
  /** Has the cursor in it until it is closed. */
  readonly open: Set<Pick<ColumnCursor, 'close'>>;
}

/**
 * A cursor that, once `read` has failed, keeps failing: what it holds by then is of no row in particular. It gives back
 * what it holds with the failure.
 */
export function stickyCursor(arena: Arena, column: ReadColumn): ColumnCursor {
  return new StickyCursor(arena, column);
}

class StickyCursor implements ColumnCursor {
  private failure: Error | undefined;

  constructor(
    private readonly arena: Arena,
    private readonly column: ReadColumn,
  ) {
    column.open.add(this);
  }

  read(buffer: ColumnBuffer, rowCount: number): Promise<void> | undefined {
    if (this.failure !== undefined) throw this.failure;
    try {
      return this.column.rows.read(buffer, rowCount)?.catch((error: unknown) => this.fail(error));
    } catch (error) {
      return this.fail(error);
    }
  }

  open(): Promise<void> | undefined {
    if (this.failure !== undefined) throw this.failure;
    try {
      return this.column.rows.open()?.catch((error: unknown) => this.fail(error));
    } catch (error) {
      return this.fail(error);
    }
  }

  async skip(rowCount: number): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    try {
      await this.column.rows.skip(rowCount);
    } catch (error) {
      this.fail(error);
    }
  }

  async take(rowCount: number): Promise<Column> {
    const { arena } = this;
    const { type } = this.column;
    const buffer = createColumnBuffer(arena, type);
    try {
      await this.read(buffer, rowCount);
      return copyColumn(columnAt(arena, type, buffer.placed()));
    } finally {
      buffer.release();
    }
  }

  close(): void {
    const { rows, open } = this.column;
    open.delete(this);
    rows.close();
  }

  private fail(error: unknown): never {
    this.failure = error instanceof Error ? error : new Error(String(error));
    this.close();
    throw this.failure;
  }
}
