import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Column, DataType, RecordBatch } from '@ticklake/columnar';
import { createArena, textColumn } from '@ticklake/columnar';
import { parseUtcDay, startOfDayMs, type Clock } from '@ticklake/core';

/** The arena that specs of this package work in. */
export const ARENA = createArena({ bytesMax: 2 ** 28 });

/** A clock that stands at noon of 2023-05-24. */
export const NOON: Clock = {
  nowMs: () => startOfDayMs(parseUtcDay('2023-05-24')) + 12 * 3_600_000,
  sleep: () => Promise.resolve(),
};

/** A directory for a suite, gone when it ends. */
export function suiteDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'ticklake-partitioner-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  return directory;
}

const INT64: DataType = { kind: 'int', bits: 64, signed: true };
const FLOAT64: DataType = { kind: 'float', bits: 64 };
const INSTANT: DataType = { kind: 'timestamp', unit: 'us', utc: true };

/** A batch of columns by name: bigint are 64-bit integers, instants where they are called `timestamp` and are as large. */
export function batchOf(
  columns: Readonly<Record<string, readonly (bigint | number | string)[]>>,
): RecordBatch {
  const all = Object.entries(columns).map(([name, values]): [string, DataType, Column] => {
    const [first] = values;
    if (typeof first === 'string') return [name, { kind: 'utf8' }, textColumn(values as string[])];
    if (typeof first === 'bigint') {
      const type = first > 10n ** 15n ? INSTANT : INT64;
      return [name, type, { layout: 'fixed', values: BigInt64Array.from(values as bigint[]) }];
    }
    return [name, FLOAT64, { layout: 'fixed', values: Float64Array.from(values as number[]) }];
  });
  return {
    schema: { fields: all.map(([name, type]) => ({ name, type, nullable: false })) },
    rowCount: Object.values(columns)[0]?.length ?? 0,
    columns: all.map(([, , column]) => column),
  };
}

/** The first microsecond of a day. */
export function dayUs(day: string): bigint {
  return BigInt(startOfDayMs(parseUtcDay(day))) * 1000n;
}
