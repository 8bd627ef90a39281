import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { textColumn, type Column, type DataType, type Field, type Schema } from '@ticklake/columnar';
import { parquetReadObjects } from 'hyparquet';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetBytes } from './spec-support/parquet-bytes.js';

const I64_MIN = -(2n ** 63n);
const I64_MAX = 2n ** 63n - 1n;

let directory: string;
let duckdb: DuckDBConnection;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'parquet-sink-'));
  duckdb = await (await DuckDBInstance.create()).connect();
});
afterAll(() => {
  duckdb.closeSync();
  rmSync(directory, { recursive: true });
});

/** Type, column of two or more rows, and what DuckDB shows for each row as text. */
const CASES: readonly [DataType, Column, readonly (string | null)[]][] = [
  [{ kind: 'bool' }, fixed(Uint8Array.of(1, 0, 1), [1, 1, 0]), ['true', 'false', null]],
  [int(8, true), fixed(Int8Array.of(-128, 127, 0), [1, 1, 0]), ['-128', '127', null]],
  [int(8, false), fixed(Uint8Array.of(0, 255)), ['0', '255']],
  [int(16, true), fixed(Int16Array.of(-32768, 32767)), ['-32768', '32767']],
  [int(16, false), fixed(Uint16Array.of(0, 65535)), ['0', '65535']],
  [int(32, true), fixed(Int32Array.of(-(2 ** 31), 2 ** 31 - 1)), ['-2147483648', '2147483647']],
  [int(32, false), fixed(Uint32Array.of(0, 2 ** 32 - 1)), ['0', '4294967295']],
  [
    int(64, true),
    fixed(BigInt64Array.of(I64_MIN, I64_MAX, 0n, -1n), [1, 1, 0, 1]),
    [String(I64_MIN), String(I64_MAX), null, '-1'],
  ],
  [int(64, false), fixed(BigUint64Array.of(0n, 2n ** 64n - 1n)), ['0', String(2n ** 64n - 1n)]],
  [
    { kind: 'float', bits: 64 },
    fixed(Float64Array.of(-0, NaN, Infinity, 0.1, 5e-324)),
    ['-0.0', 'nan', 'inf', '0.1', '5e-324'],
  ],
  [{ kind: 'float', bits: 32 }, fixed(Float32Array.of(1.5, NaN)), ['1.5', 'nan']],
  [{ kind: 'date' }, fixed(Int32Array.of(0, -1, 20_000)), ['1970-01-01', '1969-12-31', '2024-10-04']],
  [
    { kind: 'timestamp', unit: 'ms', utc: false },
    fixed(BigInt64Array.of(-1n, 1_700_000_000_123n)),
    ['1969-12-31 23:59:59.999', '2023-11-14 22:13:20.123'],
  ],
  [
    { kind: 'timestamp', unit: 'us', utc: true },
    fixed(BigInt64Array.of(1_700_000_000_123_456n, 0n)),
    ['2023-11-14 22:13:20.123456+00', '1970-01-01 00:00:00+00'],
  ],
  [
    { kind: 'timestamp', unit: 'ns', utc: false },
    fixed(BigInt64Array.of(1_700_000_000_123_456_789n, 0n)),
    ['2023-11-14 22:13:20.123456789', '1970-01-01 00:00:00'],
  ],
  [
    { kind: 'time', unit: 'ms', utc: false },
    fixed(Int32Array.of(1, 86_399_999)),
    ['00:00:00.001', '23:59:59.999'],
  ],
  [
    { kind: 'time', unit: 'us', utc: false },
    fixed(BigInt64Array.of(1n, 0n)),
    ['00:00:00.000001', '00:00:00'],
  ],
  [{ kind: 'utf8' }, textColumn(['', 'é₿😀', null, 'x'.repeat(200)]), ['', 'é₿😀', null, 'x'.repeat(200)]],
  [{ kind: 'bytes' }, bytes([0, 255], [65]), ['\\x00\\xFF', 'A']],
  [{ kind: 'bytes', sizeBytes: 2 }, bytes([65, 66], [0, 1]), ['AB', '\\x00\\x01']],
  [{ kind: 'decimal', precision: 18, scale: 2 }, bytes([255], [0, 0, 1, 0], []), ['-0.01', '2.56', '0.00']],
  [{ kind: 'decimal', precision: 38, scale: 0 }, bytes([0x80, 0], [127]), ['-32768', '127']],
  [list(int(64, true)), nested([[1n, null], [], null]), ['[1, NULL]', '[]', null]],
  [list(list({ kind: 'utf8' })), nested([[['a'], []], [null]]), ['[[a], []]', '[NULL]']],
  [
    struct(field('a', int(64, true)), field('b', list({ kind: 'utf8' }))),
    nested([[1n, ['x']], [null, null], null]),
    ["{'a': 1, 'b': [x]}", "{'a': NULL, 'b': NULL}", null],
  ],
  [
    map(field('key', { kind: 'utf8' }, false), field('value', int(64, true))),
    nested([
      [
        ['k', 1n],
        ['l', null],
      ],
      [],
      null,
    ]),
    ['{k=1, l=NULL}', '{}', null],
  ],
];

describe('duckdb', () => {
  it.each(CASES)('reads %j', async (type, column, expected) => {
    for (const compression of ['none', 'snappy', 'zstd'] as const) {
      for (const [rowGroupRows, repeat] of [
        [1, 1],
        [1000, 40],
      ] as const) {
        const schema: Schema = { fields: [field('x', type)] };
        const batch = { schema, rowCount: expected.length, columns: [column] };
        const file = save(
          await parquetBytes(schema, Array(repeat).fill(batch), { compression, rowGroupRows }),
        );
        await duckdb.run("set timezone = 'UTC'");
        const rows = await query(`select cast(x as varchar) as x from '${file}'`);
        expect(rows.map((row) => row['x'])).toEqual(Array(repeat).fill(expected).flat());
      }
    }
  });

  it('sees the byte order mark of a text, which its client strips', async () => {
    const schema: Schema = { fields: [field('x', { kind: 'utf8' })] };
    const file = save(
      await parquetBytes(schema, [{ schema, rowCount: 1, columns: [textColumn(['\ufeffB'])] }]),
    );
    expect(await query(`select hex(encode(x)) as h from '${file}'`)).toEqual([{ h: 'EFBBBF42' }]);
  });

  it('reads a file without rows', async () => {
    const schema: Schema = { fields: [field('x', int(64, true)), field('l', list({ kind: 'utf8' }))] };
    const file = save(await parquetBytes(schema, []));
    expect(await query(`select count(*) as n from '${file}'`)).toEqual([{ n: '0' }]);
  });

  it('sees sorting, statistics, metadata, and prunes by them', async () => {
    const schema: Schema = {
      fields: [field('ts', int(64, true), false), field('v', { kind: 'float', bits: 64 })],
    };
    const values = Float64Array.from({ length: 250 }, (_, i) => (i % 3 === 0 ? NaN : i - 100));
    const columns = [fixed(BigInt64Array.from({ length: 250 }, (_, i) => BigInt(i))), fixed(values)];
    const options = { sortingColumns: ['ts'], metadata: { b: '2', a: '1' } };
    const file = save(await parquetBytes(schema, [{ schema, rowCount: 250, columns }], options));
    const chunks = await query(
      `select path_in_schema as name, row_group_num_rows as n, stats_min_value as low, stats_max_value as high,
       stats_null_count as nulls from parquet_metadata('${file}') order by name, row_group_id`,
    );
    expect(chunks.map((chunk) => Object.values(chunk))).toEqual([
      ['ts', '100', '0', '99', '0'],
      ['ts', '100', '100', '199', '0'],
      ['ts', '50', '200', '249', '0'],
      ['v', '100', '-99.0', '-2.0', '0'],
      ['v', '100', '-0.0', '99.0', '0'],
      ['v', '50', '100.0', '148.0', '0'],
    ]);
    const pairs = await query(
      `select key::varchar as k, value::varchar as v from parquet_kv_metadata('${file}')`,
    );
    expect(pairs).toEqual([
      { k: 'a', v: '1' },
      { k: 'b', v: '2' },
    ]);
    expect(await query(`select count(*) as n from '${file}' where ts >= 150 and ts < 210`)).toEqual([
      { n: '60' },
    ]);
  });

  it('reads a sequence of a million rows from a few kilobytes', async () => {
    const schema: Schema = { fields: [field('seq', int(64, true), false)] };
    const columns = [fixed(BigInt64Array.from({ length: 1_000_000 }, (_, i) => BigInt(i)))];
    const batch = { schema, rowCount: 1_000_000, columns };
    const bytes = await parquetBytes(schema, [batch], { rowGroupRows: 1_000_000, pageRows: 16_384 });
    expect(bytes.length).toBeLessThan(16_000);
    const file = save(bytes);
    expect(await query(`select count(*) as n, sum(seq) as s, max(seq) as m from '${file}'`)).toEqual([
      { n: '1000000', s: '499999500000', m: '999999' },
    ]);
  });
});

describe('hyparquet', () => {
  it('reads dictionaries, deltas, text and lists', async () => {
    const schema: Schema = {
      fields: [
        field('a', int(64, true)),
        field('b', { kind: 'utf8' }),
        field('c', int(16, true)),
        field('d', list({ kind: 'utf8' })),
      ],
    };
    const rows = Array.from({ length: 90 }, (_, i) => ({
      a: i % 7 === 0 ? null : BigInt(i) ** 9n,
      b: i % 5 === 0 ? null : `v${i % 4}`,
      c: (i % 3) - 1,
      d: i % 2 === 0 ? [`x${i}`] : [],
    }));
    const columns = [
      fixed(
        BigInt64Array.from(rows, ({ a }) => a ?? 0n),
        rows.map(({ a }) => (a === null ? 0 : 1)),
      ),
      textColumn(rows.map(({ b }) => b)),
      fixed(Int16Array.from(rows, ({ c }) => c)),
      nested(rows.map(({ d }) => d)),
    ];
    const bytes = await parquetBytes(schema, [{ schema, rowCount: 90, columns }], { rowGroupRows: 40 });
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    expect(await parquetReadObjects({ file })).toEqual(rows);
  });
});

function save(file: Uint8Array): string {
  const path = join(directory, 'x.parquet');
  writeFileSync(path, file);
  return path;
}

async function query(sql: string): Promise<Record<string, unknown>[]> {
  return (await duckdb.runAndReadAll(sql)).getRowObjectsJson();
}

function field(name: string, type: DataType, nullable = true): Field {
  return { name, type, nullable };
}

function int(bits: 8 | 16 | 32 | 64, signed: boolean): DataType {
  return { kind: 'int', bits, signed };
}

function list(element: DataType): DataType {
  return { kind: 'nested', shape: 'list', children: [field('element', element)] };
}

function struct(...children: Field[]): DataType {
  return { kind: 'nested', shape: 'struct', children };
}

function map(...children: Field[]): DataType {
  return { kind: 'nested', shape: 'map', children };
}

function fixed(values: Extract<Column, { layout: 'fixed' }>['values'], validity?: readonly number[]): Column {
  return {
    layout: 'fixed',
    values,
    validity: validity === undefined ? undefined : Uint8Array.from(validity),
  };
}

function nested(values: readonly unknown[]): Column {
  return { layout: 'nested', values };
}

function bytes(...values: readonly number[][]): Column {
  const offsets = new Uint32Array(values.length + 1);
  values.forEach((value, i) => (offsets[i + 1] = (offsets[i] as number) + value.length));
  return { layout: 'bytes', values: { offsets, data: Uint8Array.from(values.flat()) } };
}
