import { assert } from '@ticklake/core';
import { collidingInts } from '@ticklake/kernels/testing';
import { createArena, type Arena } from '../arena/arena.js';
import { createColumnBuffer, type ColumnBufferOptions } from './column-buffer.js';
import type { FixedColumnBuffer } from './fixed-buffer.js';
import type { FixedDictionary } from './fixed-entries.js';
import { columnAt } from './placed-column.js';
import { valueAt } from '../value-at.js';

const INT64 = { kind: 'int', bits: 64, signed: true } as const;

function bufferIn(arena: Arena, options: ColumnBufferOptions = { keptBytesMax: 1 << 20 }): FixedColumnBuffer {
  const buffer = createColumnBuffer(arena, INT64, options);
  assert(buffer.kind === 'fixed', 'integers are of fixed width');
  return buffer;
}

function dictionaryOf(arena: Arena, entries: readonly bigint[], rowCount: number): FixedDictionary {
  const values = arena.alloc(entries.length * 8);
  arena.view(BigInt64Array, values, entries.length).set(entries);
  return { values, count: entries.length, rowCount, keepsCodes: true };
}

function putCodes(
  arena: Arena,
  buffer: FixedColumnBuffer,
  dictionary: FixedDictionary,
  codes: number[],
): void {
  arena.view(Uint32Array, buffer.codesRoom(codes.length), codes.length).set(codes);
  buffer.putCodes(dictionary, codes.length, 0);
}

function valuesOf(arena: Arena, buffer: FixedColumnBuffer): readonly unknown[] {
  const content = columnAt(arena, INT64, buffer.placedAsRead());
  return Array.from({ length: buffer.rowCount }, (_, row) => valueAt(content, row));
}

describe('entries for rows that come again', () => {
  it('are of a dictionary that is looked at once, as long as it is the same', () => {
    const arena = createArena({ bytesMax: 1 << 24 });
    const buffer = bufferIn(arena);
    const [first, second] = [dictionaryOf(arena, [5n, 7n], 10), dictionaryOf(arena, [7n, 9n], 10)];
    for (const comes of ['first', 'again']) {
      putCodes(arena, buffer, first, [0, 1]);
      putCodes(arena, buffer, second, [1, 0, 0]);
      expect(valuesOf(arena, buffer)).toEqual([5n, 7n, 9n, 7n, 7n]);
      expect(buffer.placed()).toMatchObject({ layout: 'codes', entryCount: 3, isInOrder: false });
      buffer.clear();
      // Nobody looks here any more.
      if (comes === 'first') for (const { values } of [first, second]) arena.fill(values, 16, 0xff);
    }
    // Other rows of fewer entries still have them all.
    putCodes(arena, buffer, second, [1]);
    expect(valuesOf(arena, buffer)).toEqual([9n]);
    buffer.release();
    for (const { values } of [first, second]) arena.free(values);
    expect(arena.usedBytes).toBe(0);
  });

  it('are not kept by a buffer whose rows do not come again', () => {
    const arena = createArena({ bytesMax: 1 << 24 });
    const buffer = bufferIn(arena, {});
    const dictionary = dictionaryOf(arena, [5n, 7n], 10);
    putCodes(arena, buffer, dictionary, [0, 1]);
    buffer.clear();
    arena.fill(dictionary.values, 16, 0);
    putCodes(arena, buffer, dictionary, [0, 1]);
    expect(valuesOf(arena, buffer)).toEqual([0n, 0n]);
    buffer.release();
  });

  it.each([
    ['have many entries beside their rows', 1000, 2000],
    ['have few, but all of them others', 1000, 100_000],
  ])('are given up, for good, where dictionaries %s', (_, count, rowCount) => {
    const arena = createArena({ bytesMax: 1 << 28 });
    const buffer = bufferIn(arena);
    const dictionaries = Array.from({ length: 40 }, (__, file) =>
      dictionaryOf(
        arena,
        Array.from({ length: count }, (___, i) => BigInt(file * count + i)),
        rowCount,
      ),
    );
    const layouts: string[] = [];
    for (let time = 0; time < 3; time++) {
      for (const dictionary of dictionaries) putCodes(arena, buffer, dictionary, [3, count - 1]);
      layouts.push(buffer.placedAsRead().layout);
      expect(valuesOf(arena, buffer)).toEqual(
        dictionaries.flatMap((__, file) => [BigInt(file * count + 3), BigInt(file * count + count - 1)]),
      );
      buffer.clear();
    }
    expect(layouts).toEqual(['fixed', 'fixed', 'fixed']);
    expect(buffer.takesCodes).toBe(false);
    buffer.release();
  });

  it('are given up where values were made to collide, and rows are what they were', () => {
    const arena = createArena({ bytesMax: 1 << 24 });
    const buffer = bufferIn(arena);
    const plain = dictionaryOf(arena, [5n, 7n], 100_000);
    const hostile = [...new BigInt64Array(collidingInts(4000).buffer)];
    putCodes(arena, buffer, plain, [1, 0]);
    putCodes(arena, buffer, dictionaryOf(arena, hostile, 100_000), [3999, 0]);
    putCodes(arena, buffer, plain, [1]);
    expect(buffer.placedAsRead().layout).toBe('fixed');
    expect(valuesOf(arena, buffer)).toEqual([7n, 5n, hostile[3999], hostile[0], 7n]);
    buffer.release();
  });

  it('take as much memory as they may and no more, of however many dictionaries', () => {
    const arena = createArena({ bytesMax: 1 << 22 });
    const buffer = bufferIn(arena, { keptBytesMax: 1 << 16 });
    const entries = Array.from({ length: 2000 }, (_, i) => BigInt(i));
    const values = dictionaryOf(arena, entries, 0);
    // One after another, each of them gone when the next comes.
    for (let file = 0; file < 2000; file++) {
      putCodes(
        arena,
        buffer,
        { ...values, rowCount: 1e6 },
        Array.from({ length: 16 }, (_, i) => (i * file) % 2000),
      );
      expect(valuesOf(arena, buffer)[1]).toBe(BigInt(file % 2000));
      expect(buffer.placedAsRead().layout).toBe('codes');
      buffer.clear();
    }
    // One after another, beside some that stay.
    const staying = [1, 2, 3, 4].map(() => ({ ...values, rowCount: 1e6 }));
    for (let file = 0; file < 100; file++) {
      for (const dictionary of [...staying, { ...values, rowCount: 1e6 }])
        putCodes(arena, buffer, dictionary, [file]);
      expect(valuesOf(arena, buffer)).toEqual(Array.from({ length: 5 }, () => BigInt(file)));
      expect(buffer.placedAsRead().layout).toBe('codes');
      buffer.clear();
    }
    // All at the same time.
    for (let file = 0; file < 100; file++) putCodes(arena, buffer, { ...values, rowCount: 1e6 }, [file]);
    expect(buffer.placedAsRead().layout).toBe('fixed');
    expect(valuesOf(arena, buffer)).toEqual(Array.from({ length: 100 }, (_, i) => BigInt(i)));
    expect(arena.sizeBytes).toBeLessThan(1 << 20);
    buffer.release();
    arena.free(values.values);
    expect(arena.usedBytes).toBe(0);
  });
});
