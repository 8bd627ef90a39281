import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { columnAt, createArena, createColumnBuffer, valueAt } from '@ticklake/columnar';
import { parseUtcDay, startOfDayMs, type Clock } from '@ticklake/core';
import { readPublished, type PublishedDataset } from '@ticklake/manifest';
import { openParquet } from '@ticklake/parquet';
import { memoryStore } from '@ticklake/storage';
import { PUBLISHED_LIMITS } from '../limits.js';
import type { ExportContext } from '../tiers/tier3/export-day.js';

/** The arena that specs of this package work in. */
export const ARENA = createArena({ bytesMax: 2 ** 28 });

/** A directory for a suite, gone when it ends. */
export function suiteDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'ticklake-tiers-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** A clock that stands at noon of `day`. */
export function noonOf(day: string): Clock {
  return {
    nowMs: () => startOfDayMs(parseUtcDay(day)) + 12 * 3_600_000,
    sleep: () => Promise.resolve(),
  };
}

/** An export between stores in memory, on noon of 2026-01-20. */
export function testContext(scratchDirectory: string, changes: Partial<ExportContext> = {}): ExportContext {
  return {
    arena: ARENA,
    archive: memoryStore(),
    output: memoryStore(),
    bucket: undefined,
    allowIncomplete: false,
    overwrite: false,
    scratchDirectory,
    clock: noonOf('2026-01-20'),
    tool: 'tier-exporter test',
    signal: new AbortController().signal,
    threadFor: () => undefined,
    onRows: () => undefined,
    ...changes,
  };
}

/** What is published as `dataset`: its manifest, and its columns of text and of nested values. */
export async function readBack<M>(
  dataset: PublishedDataset<M>,
): Promise<{ manifest: M; column(name: string): Promise<unknown[]> } | undefined> {
  const published = await readPublished(dataset);
  if (published === undefined) return undefined;
  return {
    manifest: published.manifest,
    async column(name) {
      const reader = await openParquet({ source: published.data, arena: ARENA }, PUBLISHED_LIMITS);
      const type = reader.schema.fields.find((field) => field.name === name)?.type ?? { kind: 'bool' };
      const buffer = createColumnBuffer(ARENA, type);
      await reader.column(name).read(buffer, reader.rowCount);
      const column = columnAt(ARENA, type, buffer.placed());
      const values = Array.from({ length: reader.rowCount }, (_, row) => {
        const value = valueAt(column, row);
        return value instanceof Uint8Array ? Buffer.from(value).toString() : value;
      });
      buffer.release();
      reader.close();
      return values;
    },
  };
}
