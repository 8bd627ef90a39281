import {
  decodeDictionary,
  valueAt,
  type Column,
  type DictionaryColumn,
  type Field,
  type RecordBatch,
  type Schema,
} from '@ticklake/columnar';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openParquet, type ParquetReader } from '../read/open-parquet.js';
import { USUAL_LIMITS } from '../read/parquet-limits.js';
import type { SoughtValue } from '../read/stored-forms.js';
import { openDuckDb, type DuckDbOracle } from '../spec-support/duckdb-oracle.js';
import { readAll } from '../spec-support/read-all.js';
import { ARENA } from '../spec-support/test-arena.js';
import { fileSource } from '../testing/file-source.js';
import type { ColumnOptions } from './column-options.js';
import type { ParquetSinkOptions } from './parquet-sink.js';
import { openRowGroupEncoder } from './row-group-encoder.js';
import { copyOf } from './spec-support/copied-file.js';
import { KINDS } from './spec-support/numbered-values.js';
import { parquetBytes, SMALL } from './spec-support/parquet-bytes.js';

let duckdb: DuckDbOracle;
beforeAll(async () => {
  duckdb = await openDuckDb();
});
afterAll(() => duckdb.close());
afterEach(() => expect(ARENA.usedBytes).toBe(0));

const RATE = 0.01;
const ROWS = 1000;
const numbers = Array.from({ length: ROWS }, (_, i) => i);

/** With a null for every row that is a multiple of seven. */
function nulled(column: Column): Column {
  return { ...column, validity: Uint8Array.from(numbers, (i) => (i % 7 === 0 ? 0 : 1)) } as Column;
}

const OPTIONS: ColumnOptions & Partial<ParquetSinkOptions> = {
  ...{ compression: 'snappy', zstdLevel: 3, dictionaryBytesMax: 1 << 16, rowGroupRows: 500, pageRows: 100 },
  columns: { a: { bloomFilter: { falsePositiveRate: RATE } } },
};

async function withReader<T>(bytes: Uint8Array, use: (reader: ParquetReader) => Promise<T>): Promise<T> {
  const reader = await openParquet(
    { source: fileSource(bytes), arena: ARENA, wholeBytesMax: 0 },
    USUAL_LIMITS,
  );
  try {
    return await use(reader);
  } finally {
    reader.close();
  }
}

/** Of each value, in which row groups it may be, by our reader. */
function ourAnswers(bytes: Uint8Array, values: readonly SoughtValue[]): Promise<boolean[][]> {
  return withReader(bytes, async (reader) => {
    const answers: boolean[][] = [];
    for (const value of values) {
      const own: boolean[] = [];
      for (const rowGroup of reader.rowGroups.keys())
        own.push(await reader.mayHold({ name: 'a', rowGroup }, [value]));
      answers.push(own);
    }
    return answers;
  });
}

/** The same by DuckDB. */
async function duckdbAnswers(file: string, values: readonly string[]): Promise<boolean[][]> {
  const answers: boolean[][] = [];
  for (const value of values) {
    const [excludes = []] = await duckdb.columns(
      `SELECT bloom_filter_excludes FROM parquet_bloom_probe('${file}', 'a', ${value}) ORDER BY row_group_id`,
    );
    answers.push(excludes.map((one) => one === 'false'));
  }
  return answers;
}

const batchOf = (field: Field, column: Column): { schema: Schema; batch: RecordBatch } => {
  const schema = { fields: [field] };
  return { schema, batch: { schema, rowCount: ROWS, columns: [column] } };
};

/** Values of rows: each once, stored as they are, or few of them, stored as a dictionary. */
const SHAPES: readonly (readonly [string, (i: number) => number])[] = [
  ['once each', (i) => i * 2],
  ['a few', (i) => (i % 60) * 2 + (i < 500 ? 0 : 200)],
];

describe.each(Object.entries(KINDS))('a bloom filter of %s', (name, kind) => {
  it.each(SHAPES)('has every value, %s, and of others hardly any, as DuckDB sees it', async (shape, of) => {
    const values = numbers.map(of);
    const field = { name: 'a', type: kind.type, nullable: true };
    const { schema, batch } = batchOf(field, nulled(kind.column(values)));
    const bytes = await parquetBytes(schema, [batch], OPTIONS);
    const file = join(duckdb.directory, `${name} ${shape}.parquet`);
    writeFileSync(file, bytes);
    const present = [0, 1].map(
      (group) =>
        new Set(values.slice(group * 500, group * 500 + 500).filter((_, i) => (group * 500 + i) % 7 !== 0)),
    );
    const all = [...new Set(values)];
    const ours = await ourAnswers(bytes, all.map(kind.value));
    all.forEach((value, i) =>
      present.forEach((group, g) => group.has(value) && expect([value, ours[i]?.[g]]).toEqual([value, true])),
    );
    // Odd numbers are those of no row.
    const absent = Array.from({ length: 2000 }, (_, i) => i * 2 + 1);
    const wrong = (await ourAnswers(bytes, absent.map(kind.value))).flat().filter((may) => may).length;
    expect(wrong / (2 * absent.length)).toBeLessThan(2 * RATE);
    const some = [...all.slice(0, 60), ...absent.slice(0, 150)];
    const theirs = await duckdbAnswers(file, some.map(kind.sql));
    expect(await ourAnswers(bytes, some.map(kind.value))).toEqual(theirs);
  });

  it('that DuckDB wrote is read as DuckDB reads it', async () => {
    const file = join(duckdb.directory, `theirs ${name}.parquet`);
    // It writes them for columns with a dictionary only.
    const rows = numbers.map((i) => `(${kind.sql((i % 60) * 2)})`).join();
    await duckdb.run(
      `COPY (SELECT * FROM (VALUES ${rows}) t(a)) TO '${file}' (FORMAT parquet, BLOOM_FILTER_FALSE_POSITIVE_RATIO 0.05)`,
    );
    const bytes = readFileSync(file);
    await withReader(bytes, async (reader) =>
      expect(reader.rowGroups[0]?.columns[0]?.hasBloomFilter).toBe(true),
    );
    const asked = numbers.slice(0, 200);
    const theirs = await duckdbAnswers(file, asked.map(kind.sql));
    expect(theirs.flat()).toContain(false);
    expect(await ourAnswers(bytes, asked.map(kind.value))).toEqual(theirs);
  });

  it.each(SHAPES)('is the same whatever way rows come, and whether pages are copied, %s', async (_, of) => {
    const field = { name: 'a', type: kind.type, nullable: true };
    const plain = nulled(kind.column(numbers.map(of)));
    const { schema, batch } = batchOf(field, plain);
    const bytes = Buffer.from(await parquetBytes(schema, [batch], OPTIONS));
    // Entries that no row has are not in it.
    const distinct = [...new Set([9, 11, ...numbers.map(of)])].sort((x, y) => y - x);
    const entries = kind.column(distinct);
    const dictionary = 'values' in entries ? entries.values : undefined;
    const coded = {
      ...{
        layout: 'dictionary',
        dictionary,
        codes: Uint32Array.from(numbers, (i) => distinct.indexOf(of(i))),
      },
      validity: Uint8Array.from(numbers, (i) => (i % 7 === 0 ? 0 : 1)),
    } as unknown as DictionaryColumn;
    expect(valueAt(decodeDictionary(coded), 1)).toEqual(valueAt(plain, 1));
    const again = await parquetBytes(schema, [{ ...batch, columns: [coded] }], OPTIONS);
    expect(bytes.equals(again)).toBe(true);
    const without = await parquetBytes(schema, [batch], { ...OPTIONS, columns: {} });
    for (const source of [bytes, without]) {
      for (const encoded of [[], ['a']])
        expect(bytes.equals(await copyOf(source, { options: OPTIONS, encoded }))).toBe(true);
    }
  });
});

describe('bloom filters', () => {
  const field = { name: 'a', type: { kind: 'int', bits: 64, signed: true }, nullable: true } as const;
  const ids = { layout: 'fixed', values: BigInt64Array.from(numbers, (i) => BigInt(i)) } as const;
  const { schema, batch } = batchOf(field, ids);

  it('stand behind their row group, where the footer says, and change nothing else', async () => {
    const both: Schema = { fields: [field, { ...field, name: 'b' }, { ...field, name: 'c' }] };
    const rows = { schema: both, rowCount: ROWS, columns: [ids, ids, ids] };
    const filter = { bloomFilter: { falsePositiveRate: RATE } };
    const bytes = await parquetBytes(both, [rows], { ...OPTIONS, columns: { a: filter, c: filter } });
    const file = join(duckdb.directory, 'places.parquet');
    writeFileSync(file, bytes);
    const [starts = [], sizes = [], filters = [], lengths = []] = await duckdb.columns(
      `SELECT coalesce(dictionary_page_offset, data_page_offset), total_compressed_size, bloom_filter_offset, bloom_filter_length
       FROM parquet_metadata('${file}') ORDER BY row_group_id, column_id`,
    );
    const ends = starts.map((start, i) => Number(start) + Number(sizes[i]));
    for (const group of [0, 3]) {
      expect(Number(starts[group + 1])).toBe(ends[group]);
      expect(Number(filters[group])).toBe(ends[group + 2]);
      expect(filters[group + 1]).toBe('null');
      expect(Number(filters[group + 2])).toBe(Number(filters[group]) + Number(lengths[group]));
    }
    expect(Number(starts[3])).toBe(Number(filters[2]) + Number(lengths[2]));
    // 500 values of a hundredth have 9.7 bits each: 604 bytes, and so 1,024.
    expect([...new Set(lengths)]).toEqual([String(1024 + 16), 'null']);
    const plain = await parquetBytes(both, [rows], { ...OPTIONS, columns: {} });
    expect(bytes.length).toBeGreaterThan(plain.length + 4 * 1040);
    expect(await readAll(bytes)).toEqual(await readAll(plain));
  });

  it('are found where the footer does not say how long they are, as old writers do not', async () => {
    const bytes = Buffer.from(await parquetBytes(schema, [batch], { ...OPTIONS, rowGroupRows: ROWS }));
    const file = join(duckdb.directory, 'lengths.parquet');
    writeFileSync(file, bytes);
    const [[length]] = (await duckdb.columns(
      `SELECT bloom_filter_length FROM parquet_metadata('${file}')`,
    )) as [[string]];
    // Field 15 of the metadata of its only chunk, and the end of that.
    const twice = Number(length) * 2;
    const said = Buffer.from([0x15, (twice & 0x7f) | 0x80, twice >> 7, 0]);
    const at = bytes.lastIndexOf(said);
    expect(at).toBeGreaterThan(0);
    const shorter = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 3)]);
    shorter.writeUInt32LE(shorter.readUInt32LE(shorter.length - 8) - 3, shorter.length - 8);
    expect(await readAll(shorter)).toEqual(await readAll(bytes));
    await withReader(shorter, async ({ rowGroups: [group] }) =>
      expect(group?.columns[0]?.hasBloomFilter).toBe(true),
    );
    const asked = Array.from({ length: 1500 }, (_, i) => BigInt(i));
    const answers = await ourAnswers(shorter, asked);
    expect(answers).toEqual(await ourAnswers(bytes, asked));
    expect(answers.flat()).toContain(false);
  });

  it('of decimals are for others: there is no telling by them', async () => {
    const decimal = {
      name: 'a',
      type: { kind: 'decimal', precision: 9, scale: 2 },
      nullable: false,
    } as const;
    const values = {
      offsets: Uint32Array.from({ length: ROWS + 1 }, (_, i) => i * 2),
      data: new Uint8Array(ROWS * 2).fill(1),
    };
    const one = batchOf(decimal, { layout: 'bytes', values });
    const bytes = await parquetBytes(one.schema, [one.batch], OPTIONS);
    const file = join(duckdb.directory, 'decimals.parquet');
    writeFileSync(file, bytes);
    expect(await ourAnswers(bytes, [2.57, new Uint8Array(4)])).toEqual([
      [true, true],
      [true, true],
    ]);
    expect(await duckdb.columns(`SELECT count(*) FROM '${file}' WHERE a = 2.57`)).toEqual([[String(ROWS)]]);
  });

  it('let DuckDB pass over row groups that statistics leave', async () => {
    const spread = batchOf(field, {
      ...ids,
      values: ids.values.map((i) => (i % 500n) * 1000n + (i / 500n) * 500n),
    });
    const results: string[] = [];
    for (const columns of [OPTIONS.columns, {}]) {
      const bytes = Buffer.from(await parquetBytes(spread.schema, [spread.batch], { ...OPTIONS, columns }));
      const [, second] = await withReader(bytes, async (reader) => reader.rowGroups);
      const { offset = 0, sizeBytes = 0 } = second?.columns[0] ?? {};
      // Whoever looks at the second row group, whose bounds are nearly those of the first, finds damage.
      bytes.fill(0xff, offset, offset + sizeBytes);
      const file = join(duckdb.directory, `damaged ${results.length}.parquet`);
      writeFileSync(file, bytes);
      const count = duckdb.columns(`SELECT count(*)::VARCHAR FROM '${file}' WHERE a = 250000`);
      results.push(
        await count.then(
          ([[hex = ''] = []]) => Buffer.from(hex, 'hex').toString(),
          () => 'damage',
        ),
      );
    }
    expect(results).toEqual(['1', 'damage']);
  });

  it('have both zeros where there is one, and the usual NaN where there is any', async () => {
    const odd = new Float64Array(new BigUint64Array([0xfff0000000000123n]).buffer)[0]!;
    expect(odd).toBeNaN();
    let number = 0;
    for (const [bits, type] of [
      [64, Float64Array],
      [32, Float32Array],
    ] as const) {
      const double = { name: 'a', type: { kind: 'float', bits }, nullable: false } as const;
      const answers = async (values: readonly number[]) => {
        const { schema: floats, batch: rows } = batchOf(double, {
          layout: 'fixed',
          values: new type(numbers.map((i) => values[i % values.length]!)),
        });
        // Of one name DuckDB would remember what it was.
        const file = join(duckdb.directory, `floats ${bits} ${number++}.parquet`);
        const bytes = await parquetBytes(floats, [rows], OPTIONS);
        writeFileSync(file, bytes);
        const sqlType = bits === 64 ? 'DOUBLE' : 'FLOAT';
        const sql = ["'0'", "'-0'", "'nan'", "'0.5'"].map((one) => `${one}::${sqlType}`);
        return {
          ours: (await ourAnswers(bytes, [0, -0, NaN, 0.5])).map(([first]) => first),
          theirs: (await duckdbAnswers(file, sql)).map(([first]) => first),
        };
      };
      const none = { ours: [false, false, true, false], theirs: [false, false, false, false] };
      expect(await answers([7, 9])).toEqual(none);
      const zero = { ours: [true, true, true, false], theirs: [true, true, false, false] };
      expect(await answers([7, 0])).toEqual(zero);
      expect(await answers([7, -0])).toEqual(zero);
      const nan = { ours: [false, false, true, false], theirs: [false, false, true, false] };
      expect(await answers([7, odd])).toEqual(nan);
    }
  });

  it('of another writer, which has one zero, are asked for both', async () => {
    const file = join(duckdb.directory, 'zero.parquet');
    await duckdb.run(`COPY (SELECT '-0'::DOUBLE AS a FROM range(100)) TO '${file}' (FORMAT parquet)`);
    expect(await ourAnswers(readFileSync(file), [0, -0, 1])).toEqual([[true], [true], [false]]);
  });

  it('know of no value that its column cannot have, and do not know of all', async () => {
    const bytes = await parquetBytes(schema, [batch], OPTIONS);
    const asked = [5, 5n, 5.5, 2n ** 70n, Infinity, NaN, '5', new Uint8Array(8)];
    const [first] = [(await ourAnswers(bytes, asked)).map(([group]) => group)];
    expect(first).toEqual([true, true, false, false, false, true, true, true]);
    const floats = batchOf(
      { ...field, type: { kind: 'float', bits: 32 } },
      { layout: 'fixed', values: Float32Array.from(numbers) },
    );
    const answers = await ourAnswers(await parquetBytes(floats.schema, [floats.batch], OPTIONS), [
      ...[5n, 0.1, 2n ** 24n + 1n, 2n ** 2000n],
      '5',
    ]);
    expect(answers.map(([group]) => group)).toEqual([true, false, false, false, true]);
    await withReader(bytes, async (reader) => {
      const place = { name: 'a', rowGroup: 0 };
      expect(await reader.mayHold(place, [])).toBe(false);
      expect(await reader.mayHold(place, [-1n, -2n, 3n])).toBe(true);
      await expect(reader.mayHold({ name: 'b', rowGroup: 0 }, [1])).rejects.toMatchObject({
        kind: 'invalid',
      });
      await expect(reader.mayHold({ name: 'a', rowGroup: 2 }, [1])).rejects.toMatchObject({
        kind: 'invalid',
      });
    });
  });

  it('of nulls only has nothing, and is as small as can be', async () => {
    const nulls = { ...batch, columns: [{ ...ids, validity: new Uint8Array(ROWS) }] };
    const bytes = await parquetBytes(schema, [nulls], OPTIONS);
    expect(await ourAnswers(bytes, [0n, 1n])).toEqual([
      [false, false],
      [false, false],
    ]);
    const plain = await parquetBytes(schema, [nulls], { ...OPTIONS, columns: {} });
    expect(bytes.length - plain.length).toBeLessThan(2 * 64);
  });

  it('grow with the rate that is asked for, up to 16 MiB', async () => {
    const one = { ...batch, rowCount: 100, columns: [{ ...ids, values: ids.values.slice(0, 100) }] };
    const sizeOf = async (falsePositiveRate: number) => {
      const columns = { a: { bloomFilter: { falsePositiveRate } } };
      const bytes = await parquetBytes(schema, [one], { ...OPTIONS, columns });
      return bytes.length - (await parquetBytes(schema, [one], { ...OPTIONS, columns: {} })).length;
    };
    const sizes = [await sizeOf(0.9), await sizeOf(0.1), await sizeOf(1e-4), await sizeOf(1e-300)];
    expect(sizes.map((size) => Math.floor(Math.log2(size)))).toEqual([5, 7, 9, 24]);
  });

  const level: Field = { name: 'element', type: field.type, nullable: false };
  it.each<[string, Field, number]>([
    ['of booleans', { ...field, type: { kind: 'bool' } }, RATE],
    ['of a nested column', { ...field, type: { kind: 'nested', shape: 'list', children: [level] } }, RATE],
    ['that is never wrong', field, 0],
    ['that is always wrong', field, 1],
    ['of less than no rate', field, -1],
    ['of no rate', field, NaN],
  ])('are refused: one %s', async (_, one, falsePositiveRate) => {
    const options = { ...SMALL, columns: { a: { bloomFilter: { falsePositiveRate } } } };
    const failure = { kind: 'invalid', details: { column: 'a' } };
    await expect(parquetBytes({ fields: [one] }, [], options)).rejects.toMatchObject(failure);
    await expect(openRowGroupEncoder(ARENA, { fields: [one] }, options)).rejects.toMatchObject(failure);
  });
});
