import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesSource } from '@ticklake/core';
import { exampleLimits } from './spec-support/example-publication.js';
import { ARENA } from './spec-support/example-publication.js';
import { verifyParquet } from './verify-parquet.js';

const root = process.env['TICKLAKE_DATA'];
const inCi = process.env['CI'] !== undefined;
const limits = {
  ...exampleLimits,
  pageBytesMax: 1 << 26,
  columnsMax: 5_000,
  rowGroupRowsMax: 8_000_000,
  rowsMax: 50_000_000,
};
const options = { arena: ARENA, orderBy: [], sequence: undefined, limits, exclude: [] };

(root === undefined && !inCi ? describe.skip : describe)('verifyParquet on files of other writers', () => {
  it('judges every one of them, good, bad or hostile, without throwing, and counts the rows that DuckDB counts', async () => {
    const data = root as string;
    const lines = (await readFile(join(data, 'ORACLE.tsv'), 'utf8')).trimEnd().split('\n').slice(1);
    const disagreeing: string[] = [];
    let agreed = 0;
    for (const line of lines) {
      const [path = '', , duckdb = ''] = line.split('\t');
      const { facts, findings } = await verifyParquet(
        bytesSource(await readFile(join(data, path))),
        {},
        options,
      );
      const rows = /^OK rows=(\d+)/.exec(duckdb)?.[1];
      const hasError = findings.some(({ severity }) => severity === 'error');
      expect({ path, isJudged: facts !== undefined || hasError }).toEqual({ path, isJudged: true });
      if (facts === undefined || rows === undefined) continue;
      if (facts.rowCount === Number(rows)) agreed++;
      else disagreeing.push(path);
    }
    expect(disagreeing).toEqual([]);
    expect(agreed).toBeGreaterThan(100);
  });

  it('agrees with the manifest that the original program wrote beside its file', async () => {
    const directory = join(
      root as string,
      'quantlab-compact/exchange=bybit/stream=bbo/symbol=adausdt/date=20260204',
    );
    const bytes = await readFile(join(directory, 'data.parquet'));
    const expected = {
      sha256: '925a40e0c3fed79af5d1989282a1b42331d739265bd750fe81244f2425f8d5be',
      rowCount: 4039,
      orderMin: 1770145800090n,
      orderMax: 1770146399488n,
    };
    const { findings } = await verifyParquet(bytesSource(bytes), expected, {
      ...options,
      arena: ARENA,
      orderBy: ['ts_event', 'seq'],
    });
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    const wrong = await verifyParquet(
      bytesSource(bytes),
      { ...expected, orderMax: 0n },
      { ...options, arena: ARENA, orderBy: ['ts_event'] },
    );
    expect(wrong.findings.map(({ check }) => check)).toContain('ts_range');
  });
});
