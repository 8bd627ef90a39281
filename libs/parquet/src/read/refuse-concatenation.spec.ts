import { textColumn, type RecordBatch, type Schema } from '@ticklake/columnar';
import { bytesSource, type ByteSource } from '@ticklake/core';
import { outcome } from '../spec-support/read-all.js';
import { USUAL_LIMITS } from './parquet-limits.js';
import { createParquetSink } from '../write/parquet-sink.js';
import { openParquet } from './open-parquet.js';
import { ARENA } from '../spec-support/test-arena.js';

const SCHEMA: Schema = {
  fields: [
    { name: 'ts_event', type: { kind: 'int', bits: 64, signed: true }, nullable: false },
    { name: 'note', type: { kind: 'utf8' }, nullable: false },
  ],
};

/** A file without compression: 100 rows take the same places in it whatever their values. */
async function file(start: number, notes: readonly string[], sorted = false): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  const target = { write: async (bytes: Uint8Array) => void pieces.push(bytes.slice()) };
  const sink = createParquetSink({ target, arena: ARENA }, SCHEMA, {
    compression: 'none',
    zstdLevel: 1,
    rowGroupRows: 60,
    pageRows: 25,
    dictionaryBytesMax: 0,
    sortingColumns: sorted ? ['ts_event'] : [],
    createdBy: 'test',
  });
  const batch: RecordBatch = {
    schema: SCHEMA,
    rowCount: notes.length,
    columns: [
      { layout: 'fixed', values: BigInt64Array.from(notes, (_, row) => BigInt(start + row)) },
      textColumn([...notes]),
    ],
  };
  await sink.write(batch);
  await sink.finish({});
  return Buffer.concat(pieces);
}

const notes = (text: string, count = 100) => Array.from({ length: count }, () => text);
const footerSize = (bytes: Buffer) => bytes.readUInt32LE(bytes.length - 8) + 8;

/** The file with `filler` between its data and its footer; offsets stay right. */
function padded(bytes: Buffer, filler: Uint8Array): Buffer {
  const end = bytes.length - footerSize(bytes);
  return Buffer.concat([bytes.subarray(0, end), filler, bytes.subarray(end)]);
}

describe('files written one after the other', () => {
  it.each([
    ['of one layout', async () => [await file(0, notes('aa')), await file(0, notes('bb'))]],
    ['that are equal', async () => [await file(0, notes('aa')), await file(0, notes('aa'))]],
    [
      'that are three',
      async () => [await file(0, notes('aa')), await file(7, notes('bb')), await file(9, notes('cc'))],
    ],
    ['with page indexes', async () => [await file(0, notes('aa'), true), await file(0, notes('bb'), true)]],
    ['of which the last is without rows', async () => [await file(0, notes('aa')), await file(0, [])]],
    [
      'of which the last is shorter',
      async () => [await file(0, notes('aa')), await file(0, notes('aa', 10))],
    ],
  ])('%s are refused', async (_, files) => {
    expect(await outcome(Buffer.concat(await files()))).toBe('METADATA');
  });

  it.each([0, 10, 59, 99])(
    'of which the last is longer than %d rows are refused, at the latest by the pages',
    async (rows) => {
      const both = Buffer.concat([await file(0, notes('aa', rows)), await file(0, notes('aa'))]);
      expect(await outcome(both)).not.toMatch(/^rows=/);
    },
  );

  it('are refused with a place: where the first one ends', async () => {
    const first = await file(0, notes('aa'));
    const source = bytesSource(Buffer.concat([first, await file(0, notes('bb'))]));
    await expect(openParquet({ source, arena: ARENA }, USUAL_LIMITS)).rejects.toMatchObject({
      kind: 'corrupt',
      code: 'METADATA',
      details: { offset: first.length },
    });
  });

  it('would be read as the first one otherwise, without any contradiction', async () => {
    const first = await file(0, notes('aa'));
    const last = await file(0, notes('bb'));
    const end = last.length - footerSize(last);
    // The same bytes but for the first footer, which gave the files away.
    const between = Buffer.alloc(footerSize(first) + end);
    expect(await outcome(Buffer.concat([first.subarray(0, end), between, last.subarray(end)]))).toBe(
      'rows=100',
    );
  });
});

describe('a whole file', () => {
  it.each([
    ['texts of magics', notes('PAR1PAR1')],
    ['texts of lengths and magics', notes('\u0005\0\0\0PAR1PAR1\u0005\0\0\0PAR1')],
  ])('with %s is read, with and without page indexes', async (_, texts) => {
    expect(await outcome(await file(0, texts))).toBe('rows=100');
    expect(await outcome(await file(0, texts, true))).toBe('rows=100');
  });

  it('inside a value of another is read: the other is no file beside it', async () => {
    const inner = (await file(0, notes('aa', 3))).toString('latin1');
    expect(await outcome(await file(0, [inner, inner]))).toBe('rows=2');
  });

  it.each([
    ['zeros', Buffer.alloc(100)],
    ['magics', Buffer.from('PAR1'.repeat(50))],
    ['lengths and magics', Buffer.from('\u0005\0\0\0PAR1'.repeat(50))],
    [
      'a magic across windows',
      Buffer.concat([Buffer.alloc(1024 * 1024 - 200), Buffer.from('PAR1'.repeat(100))]),
    ],
  ])('with %s before its footer is read', async (_, filler) => {
    expect(await outcome(padded(await file(0, notes('aa')), filler))).toBe('rows=100');
  });

  it('is refused with another one far behind its data', async () => {
    const filler = Buffer.concat([Buffer.alloc(1024 * 1024 - 2000), await file(0, notes('bb'))]);
    for (const shift of [0, 1, 2, 3]) {
      const bytes = padded(await file(0, notes('aa')), Buffer.concat([Buffer.alloc(shift), filler]));
      expect(await outcome(bytes)).toBe('METADATA');
    }
  });

  it('is searched only where nothing claims the bytes: a file of ours costs no read', async () => {
    const bytes = await file(
      0,
      Array.from({ length: 100 }, (_, i) => 'x'.repeat(20_000) + i),
      true,
    );
    const inner = bytesSource(bytes);
    const reads: (readonly [offset: number, length: number])[] = [];
    const source: ByteSource = {
      size: inner.size,
      read(offset, length) {
        reads.push([offset, length]);
        return inner.read(offset, length);
      },
    };
    await openParquet({ source, arena: ARENA }, USUAL_LIMITS);
    expect(reads).toEqual([
      [0, 4],
      [bytes.length - 64 * 1024, 64 * 1024],
    ]);
  });
});
