import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '@ticklake/cli-kit';
import { memoryHost } from '@ticklake/cli-kit/testing';
import { parseUtcDay } from '@ticklake/core';
import { localStore, readOnly } from '@ticklake/storage';
import { app } from './app.js';
import { partitionDirectory } from './partition-key.js';
import { ARENA, noonOf } from './testing/context.js';
import { contentInSql } from './testing/duckdb-content.js';
import { openDuckdb } from './testing/duckdb.js';
import { verifyPartition } from './verify-partition.js';

const data = process.env['TICKLAKE_DATA'];
const suite = data === undefined && process.env['CI'] === undefined ? describe.skip : describe;

/** A partition as the original compactor published it. */
const KEY = { exchange: 'bybit', stream: 'bbo', symbol: 'adausdt', day: parseUtcDay('20260204') };
const lake = () => join(data ?? '', 'quantlab-compact');
const { signal } = new AbortController();

/** All that it lacks, beside what we publish, in the order it is told. */
const FINDINGS: readonly (readonly [severity: string, check: string, message: string])[] = [
  ['info', 'meta', 'meta.json calls row_count rows'],
  ['warning', 'meta', 'meta.json lacks size_bytes: a check of the size'],
  ['info', 'meta', 'meta.json has ts_event_min as a JSON number'],
  ['info', 'meta', 'meta.json has ts_event_max as a JSON number'],
  ['warning', 'meta', 'meta.json lacks schema_sha256: a check of the columns'],
  ['warning', 'meta', 'meta.json lacks content: a check of the rows that survives re-encoding'],
  ['warning', 'meta', 'meta.json lacks created_at: when it was published'],
  ['warning', 'meta', 'meta.json lacks source_files: how many files the rows came from'],
  ['warning', 'meta', 'meta.json lacks sources: which files the rows came from'],
  ['warning', 'meta', 'meta.json lacks receipt: the proof that no row was lost'],
  ['error', 'sequence', 'the sequence is not a required int64'],
  ['error', 'sequence', 'the sequence does not start at 0'],
  ['info', 'sorting_columns', 'the file does not record its order'],
  ['warning', 'unprotected', 'some pages carry no checksum'],
];

suite('what the original compactor published', () => {
  it('is read to its end, and all that it lacks is told', async () => {
    const compact = readOnly(localStore(lake()));
    const { partition, facts, findings } = await verifyPartition(KEY, {
      arena: ARENA,
      compact,
      raw: undefined,
      signal,
    });
    expect(findings.map(({ severity, check, message }) => [severity, check, message])).toEqual(FINDINGS);
    const details = findings.map((finding) => finding.details);
    expect(details).toContainEqual({ column: 'seq', row: 0, found: 178_589n });
    expect(details).toContainEqual({ pages: 17, unprotected: 17 });
    expect(partition).toBe('bybit/bbo/adausdt/20260204');
    expect(facts).toMatchObject({
      rowCount: 4039,
      sizeBytes: 100_298,
      sha256: '925a40e0c3fed79af5d1989282a1b42331d739265bd750fe81244f2425f8d5be',
      orderMin: 1_770_145_800_090n,
      orderMax: 1_770_146_399_488n,
    });
  });

  it('has the content hash that SQL computes', async () => {
    const compact = readOnly(localStore(lake()));
    const { facts } = await verifyPartition(KEY, { arena: ARENA, compact, raw: undefined, signal });
    const duckdb = await openDuckdb();
    const path = join(lake(), partitionDirectory(KEY), 'data.parquet');
    expect(await contentInSql(duckdb, path)).toEqual({ rows: facts?.rowCount, ...facts?.content });
    duckdb.close();
  });

  it.each([
    ['as it is', [], 4],
    ['against sources that it does not name', ['--against-sources', '--raw', '.'], 4],
    ['of another day', ['--date', '20260203'], 10],
  ])('%s makes verify exit as it should', async (_, flags, code) => {
    const argv = [
      'verify',
      '--compact',
      lake(),
      ...flags.map((flag) => (flag === '.' ? lake() : flag)),
      '--json',
    ];
    const host = memoryHost({ argv, clock: noonOf('2026-02-10') });
    expect(await runCli(app, host)).toBe(code);
    if (code === 10) return;
    const [verdict, summary] = host
      .out()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(summary).toMatchObject({ type: 'summary', errors: 1 });
    expect(verdict).toMatchObject({ type: 'partition', partition: 'bybit/bbo/adausdt/20260204' });
    const told = verdict.findings as { severity: string; check: string; message: string }[];
    expect(told.map(({ severity, check, message }) => [severity, check, message])).toEqual(FINDINGS);
  });

  it('is held to what its meta.json does say', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'ticklake-quantlab-'));
    try {
      cpSync(lake(), copy, { recursive: true });
      const path = join(copy, partitionDirectory(KEY), 'meta.json');
      const meta = JSON.parse(readFileSync(path, 'utf8'));
      const wrong = { rows: 4040, ts_event_min: meta.ts_event_min + 1, ts_event_max: meta.ts_event_max + 1 };
      rmSync(path);
      writeFileSync(path, JSON.stringify({ ...meta, ...wrong, sha256: '0'.repeat(64) }));
      const { findings } = await verifyPartition(KEY, {
        arena: ARENA,
        compact: localStore(copy),
        raw: undefined,
        signal,
      });
      const known = FINDINGS.map(([, , message]) => message);
      const more = findings.filter(({ message }) => !known.includes(message));
      expect(more.map(({ severity, check }) => [severity, check])).toEqual([
        ['error', 'sha256'],
        ['error', 'row_count'],
        ['error', 'ts_range'],
        ['error', 'ts_range'],
      ]);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });
});
