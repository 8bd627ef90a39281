import { createHash } from 'node:crypto';
import { LakeError } from '@ticklake/core';
import { fakeClock } from '@ticklake/core/testing';
import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { clearQuarantine, quarantineFile, readQuarantine, type QuarantineFileOptions } from './quarantine.js';

const DIRECTORY = 'QUARANTINE/exchange=binance/stream=bbo/symbol=btcusdt/date=20260203/';
const FILE = 'exchange=binance/stream=bbo/symbol=btcusdt/2026-02-03_00-00-00.parquet';
const BYTES = new TextEncoder().encode('not parquet at all');
const SHA256 = createHash('sha256').update(BYTES).digest('hex');

const verdict = new LakeError('corrupt', 'the page does not decompress', {
  code: 'SNAPPY_CORRUPT',
  details: { column: 'bid_px', rowGroup: 2, page: 7, offset: 4096n, codec: 'snappy', odd: { a: 1n } },
});

async function setUp() {
  const source = memoryStore();
  const target = memoryStore();
  await source.put(FILE, BYTES);
  const clock = fakeClock(1_770_091_506_007);
  const update = { clock, attemptsMax: 3, delayMinMs: 1, delayMaxMs: 1 };
  const options: QuarantineFileOptions = {
    source,
    key: FILE,
    target,
    directory: DIRECTORY,
    error: verdict,
    tool: 'ticklake-compactor 0.1.0',
    update,
  };
  return { source, target, clock, update, options };
}

async function keysOf(store: ObjectStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list('')) keys.push(key);
  return keys;
}

describe('quarantineFile', () => {
  it('copies the file and says what is wrong with it', async () => {
    const { source, target, options } = await setUp();
    const entry = await quarantineFile(options);
    const copy = `${SHA256.slice(0, 16)}-2026-02-03_00-00-00.parquet`;
    expect(entry).toEqual({
      type: 'SNAPPY_CORRUPT',
      message: 'the page does not decompress',
      file: FILE,
      copy,
      sha256: SHA256,
      size: BYTES.length,
      row_group: 2,
      column: 'bid_px',
      page: 7,
      offset: 4096,
      when: '2026-02-03T04:05:06.007Z',
      tool: 'ticklake-compactor 0.1.0',
      details: {
        column: 'bid_px',
        rowGroup: 2,
        page: 7,
        offset: '4096',
        codec: 'snappy',
        odd: '[object Object]',
      },
    });
    expect(await keysOf(target)).toEqual([DIRECTORY + copy, `${DIRECTORY}error.json`]);
    expect((await target.get(DIRECTORY + copy)).bytes).toEqual(BYTES);
    expect(await readQuarantine(target, DIRECTORY)).toEqual({ ...entry, errors: [entry], resolved_at: null });
    expect(await keysOf(source)).toEqual([FILE]);
  });

  it('changes nothing when done again, and keeps the time of the first sighting', async () => {
    const { target, clock, options } = await setUp();
    const first = await quarantineFile(options);
    const before = await target.head(`${DIRECTORY}error.json`);
    clock.advance(86_400_000);
    expect(await quarantineFile(options)).toEqual(first);
    expect(await target.head(`${DIRECTORY}error.json`)).toEqual(before);
  });

  it('gives every bad file of a partition its entry', async () => {
    const { source, target, options } = await setUp();
    const other = FILE.replace('00-00-00', '00-05-00');
    await source.put(other, Uint8Array.of());
    await quarantineFile(options);
    const error = new LakeError('corrupt', 'the file is empty', { details: { size: Number.NaN } });
    await quarantineFile({ ...options, key: other, error });
    const document = await readQuarantine(target, DIRECTORY);
    expect(document?.errors.map(({ type, file, size }) => [type, file, size])).toEqual([
      ['SNAPPY_CORRUPT', FILE, BYTES.length],
      ['OTHER', other, 0],
    ]);
    expect(document).toMatchObject({ type: 'SNAPPY_CORRUPT', file: FILE });
    expect(await keysOf(target)).toHaveLength(3);
  });

  it('keeps the same name with other bytes apart', async () => {
    const { source, target, options } = await setUp();
    await quarantineFile(options);
    await source.put(FILE, new TextEncoder().encode('rewritten, still bad'));
    await quarantineFile(options);
    expect((await readQuarantine(target, DIRECTORY))?.errors).toHaveLength(2);
    expect(await keysOf(target)).toHaveLength(3);
  });

  it('loses no entry when files are put away at the same time', async () => {
    const { source, target, options } = await setUp();
    const keys = Array.from({ length: 8 }, (_, i) => FILE.replace('00-00-00', `00-00-0${i}`));
    for (const [i, key] of keys.entries()) await source.put(key, Uint8Array.of(i));
    const update = { ...options.update, attemptsMax: 10 };
    await Promise.all(keys.map((key) => quarantineFile({ ...options, key, update })));
    expect((await readQuarantine(target, DIRECTORY))?.errors.map(({ file }) => file).sort()).toEqual(keys);
  });

  it('lists nothing when the copy is not what was read', async () => {
    const { target, options } = await setUp();
    const lossy: ObjectStore = {
      ...target,
      async put(key, body, putOptions) {
        const bytes = await (body as { read(offset: number, length: number): Promise<Uint8Array> }).read(
          0,
          3,
        );
        return target.put(key, bytes, putOptions);
      },
    };
    const attempt = quarantineFile({ ...options, target: lossy });
    await expect(attempt).rejects.toMatchObject({ kind: 'corrupt', code: 'COPY' });
    expect(await readQuarantine(target, DIRECTORY)).toBeUndefined();
  });

  it('puts the copy again where other bytes stand under its name', async () => {
    const { target, options } = await setUp();
    const { copy } = await quarantineFile(options);
    await target.put(DIRECTORY + copy, Uint8Array.of(9));
    await quarantineFile(options);
    expect(Buffer.from((await target.get(DIRECTORY + copy)).bytes).equals(BYTES)).toBe(true);
  });

  it('takes no name from a reading that another one contradicts', async () => {
    const { source, target, options } = await setUp();
    let reads = 0;
    const flaky: ObjectStore = {
      ...source,
      async open(key) {
        const object = await source.open(key);
        const read: typeof object.read = async (...range) =>
          ++reads === 1 ? (await object.read(...range)).map((byte) => byte ^ 1) : object.read(...range);
        return { ...object, read };
      },
    };
    await expect(quarantineFile({ ...options, source: flaky })).rejects.toMatchObject({
      kind: 'unavailable',
    });
    expect(await keysOf(target)).toEqual([]);
  });

  it.each(['unavailable', 'denied', 'missing', 'busy'] as const)(
    'never quarantines because of %s',
    async (kind) => {
      const { target, options } = await setUp();
      await expect(quarantineFile({ ...options, error: new LakeError(kind, 'x') })).rejects.toThrow(
        'only corrupt files',
      );
      expect(await keysOf(target)).toEqual([]);
    },
  );

  it('shortens a name that would not fit behind the digest, keeping its end', async () => {
    const { source, target, options } = await setUp();
    const key = `${'é'.repeat(96)}.parquet`;
    await source.put(key, BYTES);
    const { copy, file } = await quarantineFile({ ...options, key });
    expect(file).toBe(key);
    expect(copy).toBe(`${SHA256.slice(0, 16)}-${'é'.repeat(86)}.parquet`);
    expect(await target.head(DIRECTORY + copy)).toBeDefined();
  });
});

describe('clearQuarantine', () => {
  it('marks, keeps the record, and a new verdict opens it again', async () => {
    const { source, target, clock, update, options } = await setUp();
    await quarantineFile(options);
    clock.advance(1000);
    await clearQuarantine(target, DIRECTORY, update);
    const resolved = await readQuarantine(target, DIRECTORY);
    expect(resolved?.resolved_at).toBe('2026-02-03T04:05:07.007Z');
    expect(resolved?.errors).toHaveLength(1);
    clock.advance(1000);
    await clearQuarantine(target, DIRECTORY, update);
    expect(await readQuarantine(target, DIRECTORY)).toEqual(resolved);
    await source.put(FILE, Uint8Array.of(9));
    await quarantineFile(options);
    expect(await readQuarantine(target, DIRECTORY)).toMatchObject({ resolved_at: null });
  });

  it('writes nothing when there is nothing to clear', async () => {
    const { target, update } = await setUp();
    await clearQuarantine(target, DIRECTORY, update);
    expect(await keysOf(target)).toEqual([]);
  });
});
