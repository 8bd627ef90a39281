import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createArena } from '@ticklake/columnar';
import { parseUtcDay, systemClock } from '@ticklake/core';
import { localStore } from '@ticklake/storage';
import { exportDay, TIER3_SCHEMA, type ExportContext } from '@ticklake/tier-exporter';
import { openDuckdbEntries } from './duckdb-entries.js';
import { generateArchive, type ArchiveOptions } from './generate-archive.js';

const directory = mkdtempSync(join(tmpdir(), 'ticklake-daily-'));
afterAll(() => rmSync(directory, { recursive: true }));
const arena = createArena({ bytesMax: 2 ** 28 });

async function exported(name: string, options: Omit<ArchiveOptions, 'store' | 'days' | 'seed'>) {
  const day = parseUtcDay('2026-01-15');
  const archive = join(directory, name, 'archive');
  const output = join(directory, name, 'output');
  await generateArchive({ ...options, store: localStore(archive), days: [day], seed: 3 });
  const context: ExportContext = {
    arena,
    archive: localStore(archive),
    output: localStore(output),
    bucket: undefined,
    allowIncomplete: false,
    overwrite: false,
    scratchDirectory: join(output, '.tmp-scratch'),
    clock: systemClock,
    tool: 'daily.spec',
    signal: new AbortController().signal,
    threadFor: () => undefined,
    onRows: () => undefined,
  };
  const result = await exportDay(day, context);
  const hours = Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, '0')}.jsonl.gz`);
  return {
    result,
    context,
    parquet: join(output, day, 'data.parquet'),
    json: hours.map((hour) => join(archive, '20260115', hour)),
  };
}

describe.each(['late', 'early'] as const)('a generated day of the %s era', (era) => {
  it('holds, value by value, what DuckDB reads from the JSON itself', async () => {
    // Over two row groups, and more prices than a page of other columns has rows.
    const { result, parquet, json } = await exported(era, {
      entriesPerHour: 25,
      samples: { min: 0, max: 30 },
      era,
    });
    expect(result.local.manifest).toMatchObject({ row_count: 600, complete: true, unknown_keys: {} });
    const duckdb = await openDuckdbEntries(TIER3_SCHEMA, 'unknown_json');
    const [ours, theirs] = [await duckdb.fromParquet(parquet), await duckdb.fromJson(json)];
    duckdb.close();
    expect(ours).toHaveLength(600);
    TIER3_SCHEMA.fields.slice(0, -1).forEach(({ name }, column) => {
      const differing = ours.findIndex((row, i) => row[column] !== theirs[i]?.[column]);
      expect({ name, row: differing, ours: ours[differing]?.[column] }).toEqual({
        name,
        row: -1,
        ours: theirs[differing]?.[column],
      });
      const isEmpty = ours.every((row) => row[column] === 'null');
      expect({ name, isEmpty }).toEqual({ name, isEmpty: era === 'early' && name === 'futures_raw' });
    });
    expect(arena.usedBytes).toBe(0);
  });
});

it('every day has the same columns, whatever its entries hold', async () => {
  const options = { entriesPerHour: 2, samples: { min: 1, max: 2 } };
  const [early, late] = [
    await exported('a', { ...options, era: 'early' }),
    await exported('b', { ...options, era: 'late' }),
  ];
  expect(early.result.local.facts.schemaFingerprint).toBe(late.result.local.facts.schemaFingerprint);
  expect(early.result.local.manifest.schema_sha256).toBe(early.result.local.facts.schemaFingerprint);
});
