import {
  columnAt,
  columnLength,
  createColumnBuffer,
  fingerprintSchema,
  stripedAt,
  type Arena,
  type Column,
  type ColumnBuffer,
  type DataType,
  type Field,
  type Schema,
} from '@ticklake/columnar';
import { assert, LakeError } from '@ticklake/core';
import type { ShreddedColumn, ShreddedRows } from '@ticklake/jsonl';
import type { ColumnCursor, ParquetReader } from '@ticklake/parquet';

/** Decodes the rows of a day as a week has them. */
export interface DayRows {
  /** The next rows, until the next call. @throws LakeError `corrupt`. */
  read(rowCount: number): Promise<ShreddedRows>;
  release(): void;
}

/**
 * Rows of `reader` in the columns of `schema`. A column that is the same in both stays levels and values as they are stored; in any other,
 * fields go by their names, and are null where the day does not have them.
 */
export function openDayRows(arena: Arena, schema: Schema, reader: ParquetReader): DayRows {
  const columns = schema.fields.map((field) => openColumn(arena, field, reader));
  return {
    async read(rowCount) {
      const read: ShreddedColumn[] = [];
      for (const column of columns) read.push(await column.read(rowCount));
      return { rowCount, columns: read };
    },
    release() {
      for (const column of columns) column.release();
    },
  };
}

interface DayColumn {
  read(rowCount: number): Promise<ShreddedColumn>;
  release(): void;
}

function openColumn(arena: Arena, field: Field, reader: ParquetReader): DayColumn {
  const stored = reader.schema.fields.find(({ name }) => name === field.name);
  assert(stored !== undefined, 'the columns of a day were compared with those of the week');
  const cursor = reader.column(field.name);
  const isSame = fingerprintSchema({ fields: [stored] }) === fingerprintSchema({ fields: [field] });
  return isSame
    ? new SameColumn(arena, cursor, createColumnBuffer(arena, field.type))
    : new OtherColumn(cursor, stored, field);
}

class SameColumn implements DayColumn {
  constructor(
    private readonly arena: Arena,
    private readonly cursor: ColumnCursor,
    private readonly buffer: ColumnBuffer,
  ) {}

  async read(rowCount: number): Promise<ShreddedColumn> {
    const { arena, buffer, cursor } = this;
    buffer.clear();
    await cursor.read(buffer, rowCount);
    const placed = buffer.placedAsRead();
    if (placed.layout === 'striped') return { kind: 'nested', rows: stripedAt(arena, placed) };
    return { kind: 'flat', column: columnAt(arena, buffer.type, placed) };
  }

  release(): void {
    this.cursor.close();
    this.buffer.release();
  }
}

class OtherColumn implements DayColumn {
  private readonly fit: Fit;

  constructor(
    private readonly cursor: ColumnCursor,
    stored: Field,
    private readonly field: Field,
  ) {
    this.fit = createFit(stored, field, field.name);
  }

  async read(rowCount: number): Promise<ShreddedColumn> {
    const column = await this.cursor.take(rowCount);
    return { kind: 'flat', column: this.fitted(column) };
  }

  release(): void {
    this.cursor.close();
  }

  private fitted(column: Column): Column {
    if (column.layout === 'nested') return { layout: 'nested', values: column.values.map(this.fit) };
    const { name, nullable } = this.field;
    if (nullable) return column;
    if (hasNull(column)) throw absent(name);
    return { ...column, validity: undefined };
  }
}

function hasNull(column: Exclude<Column, { readonly layout: 'nested' }>): boolean {
  return column.validity?.subarray(0, columnLength(column)).includes(0) ?? false;
}

/** A plain value of one field as another has it. */
type Fit = (value: unknown) => unknown;

function createFit(stored: Field, field: Field, path: string): Fit {
  const content = createContentFit(stored.type, field.type, path);
  return (value) => {
    if (value !== null && value !== undefined) return content(value);
    if (!field.nullable) throw absent(path);
    return null;
  };
}

function createContentFit(stored: DataType, type: DataType, path: string): Fit {
  if (stored.kind !== 'nested' || type.kind !== 'nested') return (value) => value;
  if (type.shape === 'struct') return createStructFit(stored.children, type.children, path);
  const fits = type.children.map((child, i) =>
    createFit(stored.children[i] as Field, child, `${path}.${child.name}`),
  );
  if (type.shape === 'list') return (value) => (value as unknown[]).map(fits[0] as Fit);
  return (value) =>
    (value as (readonly unknown[])[]).map((entry) => entry.map((part, i) => (fits[i] as Fit)(part)));
}

function createStructFit(stored: readonly Field[], children: readonly Field[], path: string): Fit {
  const parts = children.map((child) => {
    const at = stored.findIndex(({ name }) => name === child.name);
    return {
      at,
      adapt: at < 0 ? () => null : createFit(stored[at] as Field, child, `${path}.${child.name}`),
    };
  });
  return (value) => parts.map(({ at, adapt }) => adapt((value as readonly unknown[])[at]));
}

function absent(path: string): LakeError {
  return new LakeError('corrupt', 'a day has no value where every entry has one', {
    code: 'SCHEMA_MISMATCH',
    details: { path },
  });
}
