import { assert } from '@ticklake/core';
import type { Address } from '@ticklake/kernels';
import type { Arena } from '../arena/arena.js';
import type { Column } from '../batch.js';
import type { NestedType } from '../schema.js';
import { plainRows } from '../striped/plain-rows.js';
import { createStripedBuffer, type StripedBuffer } from '../striped/striped-buffer.js';
import type { StripedRows } from '../striped/striped-rows.js';
import type { ColumnBuffer, ColumnBufferBase } from './column-buffer.js';
import { stripedAt, type PlacedColumn } from './placed-column.js';

/** Nested rows. Those that come striped stay so for as long as all of them do; plain values stand outside the arena. */
export interface NestedColumnBuffer extends ColumnBufferBase {
  readonly kind: 'nested';
  /** Rows one after another, as a nested column has them. */
  putValues(values: readonly unknown[]): void;
  /** Rows as levels and values, copied. They are trusted to agree. */
  putStriped(rows: StripedRows): void;
  /** All rows as plain values, as which the buffer holds them from then on. */
  plain(): readonly unknown[];
}

/** An empty buffer. */
export function createNestedBuffer(arena: Arena, type: NestedType): NestedColumnBuffer {
  return new NestedRows(arena, type);
}

class NestedRows implements NestedColumnBuffer {
  readonly kind = 'nested';
  private values: unknown[] = [];
  private striped: StripedBuffer | undefined;

  constructor(
    private readonly arena: Arena,
    readonly type: NestedType,
  ) {}

  get rowCount(): number {
    return this.values.length + (this.striped?.rowCount ?? 0);
  }

  putValues(values: readonly unknown[]): void {
    this.plain();
    for (const value of values) this.values.push(value);
  }

  plain(): readonly unknown[] {
    const { striped } = this;
    if (striped !== undefined && striped.rowCount > 0) {
      this.values = plainRows(stripedAt(this.arena, striped.placed()));
      striped.clear();
    }
    return this.values;
  }

  putStriped(rows: StripedRows): void {
    if (rows.rowCount === 0) return;
    const { shape } = rows;
    const isFirst = this.rowCount === 0;
    if (isFirst && this.striped?.shape !== shape) {
      this.striped?.release();
      this.striped = createStripedBuffer(this.arena, shape);
    }
    if (this.values.length > 0 || this.striped?.shape !== shape) return this.putValues(plainRows(rows));
    this.striped.append(rows);
  }

  append(column: Column, start: number, end: number): void {
    assert(column.layout === 'nested', 'a nested type has nested columns');
    this.putValues(column.values.slice(start, end));
  }

  gather(from: ColumnBuffer, rows: Address, count: number): void {
    assert(from.kind === 'nested', 'a nested type has nested rows');
    const values = from.plain();
    this.putValues(Array.from(this.arena.view(Uint32Array, rows, count), (row) => values[row]));
  }

  placed(): PlacedColumn {
    if (this.striped !== undefined && this.striped.rowCount > 0) return this.striped.placed();
    return { layout: 'nested', rowCount: this.values.length, values: this.values };
  }

  placedAsRead(): PlacedColumn {
    return this.placed();
  }

  clear(): void {
    this.values = [];
    this.striped?.clear();
  }

  release(): void {
    this.values = [];
    this.striped?.release();
    this.striped = undefined;
  }
}
