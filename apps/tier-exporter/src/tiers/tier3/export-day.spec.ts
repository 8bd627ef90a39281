import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { readReceiptFooter } from '@ticklake/manifest';
import { openParquet } from '@ticklake/parquet';
import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { PUBLISHED_LIMITS } from '../../limits.js';
import { DAY, entryText, fillDay, hourBytes, putHour } from '../../testing/archive.js';
import { ARENA, readBack, suiteDirectory, testContext } from '../../testing/context.js';
import { failureOf, fullDayIn, keysOf } from '../../testing/exports.js';
import { exportDay, localDataset } from './export-day.js';
import { tier3ManifestSchema } from './manifest.js';

const directory = suiteDirectory();
const fullDay = fullDayIn(directory);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

afterEach(() => expect(ARENA.usedBytes).toBe(0));

describe('a complete day', () => {
  it('is one file, its entries in the order of hour and line', async () => {
    const context = await fullDay();
    const { local, uploaded } = await exportDay(DAY, context);
    expect([local.status, uploaded]).toEqual(['published', undefined]);
    expect(await keysOf(context.output)).toEqual(['2026-01-15/data.parquet', '2026-01-15/manifest.json']);
    const published = await readBack(localDataset(context.output, DAY));
    expect(await published?.column('symbol')).toEqual(
      Array.from({ length: 48 }, (_, i) => `H${i >> 1}${i % 2 === 0 ? 'A' : 'B'}`),
    );
    expect((await published?.column('spot_prices'))?.[0]).toEqual([
      [1768435811000001n, 1.5, null, null, null],
    ]);
  });

  it('is described by a manifest that begins as the guide has it', async () => {
    const context = await fullDay();
    await putHour(
      context.archive,
      3,
      hourBytes(
        entryText('X', { meta: { schema_version: 6, added_ts: '2026-01-14T21:59:59.999999Z' } }),
        entryText('Y', { meta: { added_ts: '2026-01-15T23:00:00Z' } }),
      ),
    );
    await context.archive.put('20260115/extra.jsonl.gz', gzipSync('{}\n'));
    await context.archive.put('20260115/99.jsonl.gz', gzipSync('{}\n'));
    await context.archive.put('20260115/sub/00.jsonl.gz', gzipSync('{}\n'));
    const { manifest, facts } = (await exportDay(DAY, context)).local;
    const stored = (await context.output.get('2026-01-15/manifest.json')).bytes;
    expect(tier3ManifestSchema.parse(JSON.parse(Buffer.from(stored).toString()))).toEqual(manifest);
    expect(Object.keys(manifest).slice(0, 16)).toEqual([
      'date_utc',
      'created_ts_utc',
      'row_count',
      'schema_versions',
      'min_added_ts',
      'max_added_ts',
      'parquet_sha256',
      'compression',
      'tier',
      'export_version',
      'partition_basis',
      'archive_day',
      'hours_expected',
      'hours_found',
      'dropped_columns',
      'null_semantics',
    ]);
    const { bytes } = await context.output.get('2026-01-15/data.parquet');
    expect(manifest).toMatchObject({
      date_utc: '2026-01-15',
      created_ts_utc: '2026-01-20T12:00:00.000000+00:00',
      row_count: 48,
      schema_versions: [6, 7],
      min_added_ts: '2026-01-14T21:59:59.999999Z',
      max_added_ts: '2026-01-15T23:00:00.000000Z',
      parquet_sha256: sha256(bytes),
      parquet_size_bytes: bytes.length,
      hours_found: 24,
      complete: true,
      missing_hours: [],
      added_other_day_rows: 1,
      unknown_keys: {},
      ignored_files: ['sub/', '99.jsonl.gz', 'extra.jsonl.gz'],
      receipt: { inputs: { files: 24, rows: 48, multiset: facts.content.multiset } },
    });
    const { bytes: hour } = await context.archive.get('20260115/03.jsonl.gz');
    expect(manifest.hours[3]).toEqual({
      hour: 3,
      present: true,
      complete: true,
      rows: 2,
      bytes: hour.length,
      sha256: sha256(hour),
      damage: null,
    });
  });

  it('carries its receipt in the file, which says the same', async () => {
    const context = await fullDay();
    const { local } = await exportDay(DAY, context);
    const source = await context.output.open('2026-01-15/data.parquet');
    const reader = await openParquet({ source, arena: ARENA }, PUBLISHED_LIMITS);
    const footer = readReceiptFooter(reader.metadata);
    expect(footer?.receipt).toEqual(local.manifest.receipt);
    expect(footer?.sources).toEqual(local.manifest.sources);
    reader.close();
  });

  it('gives the same bytes again, wherever and whenever', async () => {
    const [one, two] = [await fullDay(), await fullDay({ clock: testContext(directory).clock })];
    const [first, second] = [await exportDay(DAY, one), await exportDay(DAY, two)];
    expect(second.local.facts).toEqual(first.local.facts);
  });

  it('is left alone when it is exported already', async () => {
    const context = await fullDay();
    await exportDay(DAY, context);
    const { etag } = (await context.output.head('2026-01-15/manifest.json'))!;
    expect((await exportDay(DAY, context)).local.status).toBe('unchanged');
    expect((await context.output.head('2026-01-15/manifest.json'))?.etag).toBe(etag);
  });

  it('goes over row groups and batches without losing a row', async () => {
    const context = await fullDay();
    const lines = (hour: number, count: number) =>
      Array.from({ length: count }, (_, i) => entryText(`${hour}-${i}`));
    await putHour(context.archive, 0, hourBytes(...lines(0, 700)));
    await putHour(context.archive, 1, hourBytes(...lines(1, 129)));
    const { local } = await exportDay(DAY, context);
    const published = await readBack(localDataset(context.output, DAY));
    const symbols = await published?.column('symbol');
    expect(symbols?.slice(0, 829)).toEqual(
      [...lines(0, 700), ...lines(1, 129)].map((line) => JSON.parse(line).symbol),
    );
    expect(local.facts.rowCount).toBe(829 + 44);
  });

  it('may have an hour without entries', async () => {
    const context = await fullDay();
    await putHour(context.archive, 5, hourBytes());
    const { manifest } = (await exportDay(DAY, context)).local;
    expect(manifest).toMatchObject({ row_count: 46, complete: true });
    expect(manifest.hours[5]).toMatchObject({ present: true, complete: true, rows: 0 });
  });
});

describe('keys that the schema does not have', () => {
  it('are kept and counted; empty norm and labels are not', async () => {
    const context = await fullDay();
    const odd = entryText('X', {
      norm: { z: 1 },
      labels: {},
      meta: { schema_version: 7, novel: [1] },
    });
    await putHour(context.archive, 0, hourBytes(odd, odd));
    const { manifest } = (await exportDay(DAY, context)).local;
    expect(manifest.unknown_keys).toEqual({ 'meta.novel': 2, norm: 2 });
    const published = await readBack(localDataset(context.output, DAY));
    expect((await published?.column('unknown_json'))?.slice(0, 3)).toEqual([
      '{"/meta/novel":[1],"/norm":{"z":1}}',
      '{"/meta/novel":[1],"/norm":{"z":1}}',
      null,
    ]);
  });

  it('may be called __proto__', async () => {
    const context = await fullDay();
    await putHour(context.archive, 0, hourBytes(entryText('X').replace('{', '{"__proto__":{"a":1},')));
    const { manifest } = (await exportDay(DAY, context)).local;
    expect(manifest.unknown_keys).toEqual({ '["__proto__"]': 1 });
    const published = await readBack(localDataset(context.output, DAY));
    expect((await published?.column('unknown_json'))?.[0]).toBe('{"/__proto__":{"a":1}}');
  });
});

describe('an archive that is not complete', () => {
  const whole = hourBytes(entryText('A'), entryText('B'), entryText('C'));

  it('is refused with the missing hours, in the words of the guide', async () => {
    const context = testContext(directory);
    await fillDay(context.archive, { except: [3, 17] });
    const failure = await failureOf(context);
    expect(failure).toMatchObject({ kind: 'incomplete', code: 'MISSING_HOURS' });
    expect(failure?.message).toBe('Incomplete day: missing hours [3, 17]');
    expect(await keysOf(context.output)).toEqual([]);
  });

  it('counts an hour only when its gzip is whole and its last line has an end, and tells of all that are not', async () => {
    const context = await fullDay();
    await putHour(context.archive, 4, whole.subarray(0, -5));
    await putHour(context.archive, 23, gzipSync(`${entryText('A')}\n${entryText('B')}`));
    const failure = await failureOf(context);
    expect(failure).toMatchObject({ kind: 'incomplete', code: 'MISSING_HOURS' });
    expect(failure?.message).toBe('Incomplete day: missing hours [4, 23]');
    expect(await keysOf(context.output)).toEqual([]);
  });

  it('is exported as far as it goes where that is allowed, and says so', async () => {
    const context = testContext(directory, { allowIncomplete: true });
    await fillDay(context.archive, { except: [3] });
    const stored = gzipSync(`${entryText('A')}\n${entryText('B')}\n`, { level: 0 });
    await putHour(context.archive, 7, stored.subarray(0, stored.length - 30));
    const damaged = Buffer.from(whole);
    damaged.writeUInt32LE(1, damaged.length - 8);
    await putHour(context.archive, 9, damaged);
    await putHour(context.archive, 11, Buffer.concat([whole, Buffer.from('garbage')]));
    const { manifest } = (await exportDay(DAY, context)).local;
    expect(manifest).toMatchObject({
      complete: false,
      missing_hours: [3, 7, 9, 11],
      hours_found: 20,
      row_count: 40 + 7,
    });
    const hours = [3, 7, 9, 11].map((hour) => {
      const { present, complete, rows, damage } = manifest.hours[hour]!;
      return [present, complete, rows, damage];
    });
    expect(hours).toEqual([
      [false, false, 0, null],
      [true, false, 1, 'TRUNCATED'],
      [true, false, 3, 'GZIP_CORRUPT'],
      [true, false, 3, 'BAD_MAGIC'],
    ]);
  });

  it('gives way to the complete one with --overwrite, as a new generation, and not without', async () => {
    const context = testContext(directory, { allowIncomplete: true });
    await fillDay(context.archive, { except: [3] });
    await exportDay(DAY, context);
    await fillDay(context.archive);
    expect(await failureOf(context)).toMatchObject({ kind: 'conflict', code: 'ALREADY_PUBLISHED' });
    const { local } = await exportDay(DAY, { ...context, overwrite: true });
    expect(local.status).toBe('replaced');
    expect(local.manifest).toMatchObject({ complete: true, generation: 2, row_count: 48 });
  });

  it('without any hour is no day at all', async () => {
    const context = testContext(directory, { allowIncomplete: true });
    expect(await failureOf(context)).toMatchObject({
      kind: 'missing',
      message: 'No entries found for 2026-01-15',
    });
  });
});

describe('an hour that cannot be read', () => {
  const good = entryText('A');

  it.each<[string, Buffer, Record<string, unknown>]>([
    ['text', Buffer.from(`${good}\n`), { code: 'BAD_MAGIC', details: { offset: 0 } }],
    ['garbage behind it', Buffer.concat([hourBytes(good), Buffer.from('x')]), { code: 'BAD_MAGIC' }],
    ['no JSON', hourBytes(good, '{"symbol":'), { code: 'JSON_SYNTAX', details: { line: 2, path: 'symbol' } }],
    [
      'NaN',
      hourBytes(good.replace('1.25', 'NaN')),
      { code: 'JSON_SYNTAX', details: { path: 'spot_raw.bid' } },
    ],
    [
      'a type that flipped',
      hourBytes(good, good, good.replace('1.25', '"1.25"')),
      { code: 'SCHEMA_MISMATCH', details: { line: 3, path: 'spot_raw.bid' } },
    ],
    ['an integer that is none', hourBytes(good.replace(':7,', ':7.5,')), { code: 'SCHEMA_MISMATCH' }],
    [
      'an integer too large',
      hourBytes(good.replace(':7,', ':9223372036854775808,')),
      { code: 'JSON_NUMBER' },
    ],
    [
      'a number that would be rounded',
      hourBytes(good.replace('1.25', '9007199254740993')),
      { code: 'JSON_NUMBER' },
    ],
    ['a key twice', hourBytes(good.replace('{', '{"symbol":"B",')), { code: 'DUPLICATE_KEY' }],
    ['no symbol', hourBytes('{"meta":{"schema_version":7}}'), { code: 'SCHEMA_MISMATCH' }],
    [
      'meta that is empty',
      hourBytes(entryText('A', { meta: null })),
      { code: 'SCHEMA_MISMATCH', details: { path: 'meta' } },
    ],
    ['depth', hourBytes(entryText('A').replace('{', `{"x":${'['.repeat(1000)},`)), { code: 'LIMIT' }],
    [
      'a line that never ends',
      gzipSync(Buffer.alloc(17 << 20, 120)),
      { code: 'LIMIT', details: { line: 1 } },
    ],
    [
      'text that is not UTF-8',
      gzipSync(Buffer.from('{"symbol":"\xff"}\n', 'latin1')),
      { code: 'UTF8', details: { line: 1 } },
    ],
    ['a surrogate alone', hourBytes(good.replace('"A"', String.raw`"\ud800"`)), { code: 'JSON_TEXT' }],
  ])('because it holds %s', async (_, bytes, { code, details = {} }) => {
    for (const allowIncomplete of [false, true]) {
      const context = await fullDay({ allowIncomplete });
      await putHour(context.archive, 13, bytes);
      if (allowIncomplete && code === 'BAD_MAGIC') continue;
      const failure = await failureOf(context);
      expect(failure).toMatchObject({
        kind: 'corrupt',
        code,
        details: { file: '20260115/13.jsonl.gz', ...(details as object) },
      });
      expect(await keysOf(context.output)).toEqual([]);
    }
  });

  it('because it changed meanwhile', async () => {
    const archive = memoryStore();
    await fillDay(archive);
    const changing: ObjectStore = {
      ...archive,
      async get(key) {
        const found = await archive.get(key);
        if (key.endsWith('23.jsonl.gz')) await putHour(archive, 2, hourBytes(good));
        return found;
      },
    };
    const context = testContext(directory, { archive: changing });
    expect(await failureOf(context)).toMatchObject({ kind: 'conflict', code: 'HOUR_CHANGED' });
    expect(await keysOf(context.output)).toEqual([]);
  });

  it('because it is larger than any hour', async () => {
    const context = await fullDay();
    const children: ObjectStore['children'] = async (prefix) => {
      const { prefixes, objects } = await context.archive.children(prefix);
      return {
        prefixes,
        objects: objects.map((object, hour) => (hour === 6 ? { ...object, size: 2 ** 31 } : object)),
      };
    };
    const archive = { ...context.archive, children };
    expect(await failureOf({ ...context, archive })).toMatchObject({
      kind: 'corrupt',
      code: 'LIMIT',
      details: { file: '20260115/06.jsonl.gz' },
    });
  });

  it('because the run was cancelled', async () => {
    const context = await fullDay({ signal: AbortSignal.abort() });
    expect(await failureOf(context)).toMatchObject({ kind: 'cancelled' });
    expect(await keysOf(context.output)).toEqual([]);
  });
});
