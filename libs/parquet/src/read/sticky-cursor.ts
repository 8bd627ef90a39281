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
export type CursorRows = Pick<ColumnCursor, 'read' | 'skip' | 'close'>;

/**
 * A cursor that, once `read` has failed, keeps failing: what it holds by then is of no row in particular. It gives back
 * what it holds with the failure.
 */
export function stickyCursor(arena: Arena, type: DataType, rows: CursorRows): ColumnCursor {
  return new StickyCursor(arena, type, rows);
}

class StickyCursor implements ColumnCursor {
  private failure: Error | undefined;

  constructor(
    private readonly arena: Arena,
    private readonly type: DataType,
    private readonly rows: CursorRows,
  ) {}

  read(buffer: ColumnBuffer, rowCount: number): Promise<void> | undefined {
    if (this.failure !== undefined) throw this.failure;
    try {
      return this.rows.read(buffer, rowCount)?.catch((error: unknown) => this.fail(error));
    } catch (error) {
      return this.fail(error);
    }
  }

  async skip(rowCount: number): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    try {
      await this.rows.skip(rowCount);
    } catch (error) {
      this.fail(error);
    }
  }

  async take(rowCount: number): Promise<Column> {
    const { arena, type } = this;
    const buffer = createColumnBuffer(arena, type);
    try {
      await this.read(buffer, rowCount);
      return copyColumn(columnAt(arena, type, buffer.placed()));
    } finally {
      buffer.release();
    }
  }

  close(): void {
    this.rows.close();
  }

  private fail(error: unknown): never {
    this.failure = error instanceof Error ? error : new Error(String(error));
    this.close();
    throw this.failure;
  }
}
