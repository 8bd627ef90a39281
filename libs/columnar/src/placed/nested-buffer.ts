import { assert } from '@ticklake/core';
import type { Address } from '@ticklake/kernels';
import type { Arena } from '../arena/arena.js';
import type { Column } from '../batch.js';
import type { NestedType } from '../schema.js';
import type { ColumnBuffer, ColumnBufferBase } from './column-buffer.js';
import type { PlacedColumn } from './placed-column.js';

/** Nested rows as plain values, outside the arena. */
export interface NestedColumnBuffer extends ColumnBufferBase {
  readonly kind: 'nested';
  /** Rows one after another, as a nested column has them. */
  putValues(values: readonly unknown[]): void;
}

/** An empty buffer. */
export function createNestedBuffer(arena: Arena, type: NestedType): NestedColumnBuffer {
  return new NestedRows(arena, type);
}

class NestedRows implements NestedColumnBuffer {
  readonly kind = 'nested';
  private values: unknown[] = [];

  constructor(
    private readonly arena: Arena,
    readonly type: NestedType,
  ) {}

  get rowCount(): number {
    return this.values.length;
  }

  putValues(values: readonly unknown[]): void {
    for (const value of values) this.values.push(value);
  }

  append(column: Column, start: number, end: number): void {
    assert(column.layout === 'nested', 'a nested type has nested columns');
    this.putValues(column.values.slice(start, end));
  }

  gather(from: ColumnBuffer, rows: Address, count: number): void {
    const placed = from.placed();
    assert(placed.layout === 'nested', 'a nested type has nested rows');
    for (const row of this.arena.view(Uint32Array, rows, count)) this.values.push(placed.values[row]);
  }

  placed(): PlacedColumn {
    return { layout: 'nested', rowCount: this.values.length, values: this.values };
  }

  placedAsRead(): PlacedColumn {
    return this.placed();
  }

  clear(): void {
    this.values = [];
  }

  release(): void {
    this.values = [];
  }
}
