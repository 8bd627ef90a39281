import { metaSchema, type Meta } from './documents.js';
import { compact } from './job.js';
import { readClaims } from './meta-claims.js';
import { testContext, testRequest } from './testing/context.js';
import { emptyStore, putSpool } from './testing/spool.js';

const SYMBOL = 'exchange=binance/stream=bbo/symbol=btcusdt/';

let meta: Meta;

beforeAll(async () => {
  const stores = { raw: emptyStore(), compact: emptyStore() };
  await putSpool(stores.raw, `${SYMBOL}2026-02-03_10-00-00.parquet`, [[1_770_076_800_000n, 1.5, 'A']]);
  await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
  const { bytes } = await stores.compact.get(`${SYMBOL}date=20260203/meta.json`);
  meta = metaSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
});

const told = (document: unknown) =>
  readClaims(document).findings.map(({ severity, details }) => [
    severity,
    details['field'] ?? details['fields'],
  ]);

describe('the claims of a meta.json', () => {
  it('are all there in our own', () => {
    expect(told(meta)).toEqual([]);
    expect(readClaims(meta).claims).toEqual({
      data: 'data.parquet',
      rowCount: 1,
      sizeBytes: meta.size_bytes,
      sha256: meta.sha256,
      schemaFingerprint: meta.schema_sha256,
      timeMin: 1_770_076_800_000n,
      timeMax: 1_770_076_800_000n,
      content: meta.content,
    });
  });

  it('are all there for a day without rows', () => {
    expect(told({ ...meta, row_count: 0, ts_event_min: null, ts_event_max: null })).toEqual([]);
  });

  it.each([
    'row_count',
    'sha256',
    'size_bytes',
    'ts_event_min',
    'ts_event_max',
    'schema_sha256',
    'content',
    'created_at',
    'source_files',
    'sources',
    'receipt',
  ])('are a warning without %s, and an error where it cannot be read', (field) => {
    expect(told({ ...meta, [field]: undefined })).toEqual([['warning', field]]);
    for (const value of [true, {}, [7]])
      expect(told({ ...meta, [field]: value })).toEqual([['error', field]]);
  });

  it.each(['etag', 'generation', 'writer', 'stream_type', 'ordering_columns', 'schema_version'])(
    'are an error where everything is there but %s',
    (field) => expect(told({ ...meta, [field]: undefined })).toEqual([['error', field]]),
  );

  it('never point outside the partition', () => {
    for (const data of ['../data.parquet', '/etc/passwd', '', 7]) {
      expect(told({ ...meta, data })).toContainEqual(['error', 'data']);
      expect(readClaims({ ...meta, data }).claims.data).toBe('data.parquet');
    }
  });

  it('are read under their older names', () => {
    const { row_count: rows, ...rest } = meta;
    const older = { ...rest, rows, ts_event_min: 5, ts_event_max: 6 };
    expect(told(older)).toEqual([
      ['info', 'row_count'],
      ['info', 'ts_event_min'],
      ['info', 'ts_event_max'],
    ]);
    expect(readClaims(older).claims).toMatchObject({ rowCount: rows, timeMin: 5n, timeMax: 6n });
  });

  it.each([[null], [[]], ['text'], [7]])('%j makes none', (document) => {
    expect(readClaims(document).findings).toMatchObject([{ severity: 'error' }]);
  });
});
