import type { DataType } from '@ticklake/columnar';
import { isLakeError } from '@ticklake/core';
import fc from 'fast-check';
import { BLOOM_BLOCK_BYTES } from '../format/bloom-filter.js';
import { PHYSICAL } from '../format/constants.js';
import type { ChunkMeta } from '../format/metadata.js';
import { ARENA } from '../spec-support/test-arena.js';
import { fileSource } from '../testing/file-source.js';
import { encodeThrift, type ThriftWriter } from '../write/thrift-writer.js';
import { mayHold } from './bloom-filter.js';
import { USUAL_LIMITS } from './parquet-limits.js';

const INT64: DataType = { kind: 'int', bits: 64, signed: true };
const FILTER_AT = 100;

afterEach(() => expect(ARENA.usedBytes).toBe(0));

interface Place {
  readonly offset?: number;
  /** `undefined`: not said. */
  readonly sizeBytes?: number | undefined;
}

/** Whether a file that has just this as the filter of a chunk may hold a value in it. */
function asked(filter: Uint8Array, place: Place = { sizeBytes: filter.length }, values = [1n]) {
  const bytes = new Uint8Array(FILTER_AT + filter.length);
  bytes.set(filter, FILTER_AT);
  const reads: number[] = [];
  const source = fileSource(bytes);
  const { offset: bloomFilterOffset = FILTER_AT, sizeBytes } = place;
  const context = {
    file: {
      source: {
        ...source,
        size: source.size,
        read: (at: number, length: number, into?: Uint8Array) => {
          reads.push(length);
          return source.read(at, length, into);
        },
      },
      whole: undefined,
      windowBytes: 64,
    },
    ...{ arena: ARENA, limits: USUAL_LIMITS, counts: { read: 0, withCrc: 0 }, codecs: new Map() },
  };
  const chunk = {
    ...{ path: ['a'], bloomFilterOffset },
    attachmentOffset: () => (sizeBytes === undefined ? undefined : bloomFilterOffset),
    attachmentSize: () => sizeBytes ?? 0,
  } as unknown as ChunkMeta;
  const leaf = {
    ...{ path: ['a'], physical: PHYSICAL.INT64, typeLength: 0, type: INT64 },
    ...{ definitionMax: 0, repetitionMax: 0 },
  };
  return { reads, answer: mayHold(context, { chunk, leaf, rowGroup: 0 }, values) };
}

interface Header {
  readonly sizeBytes?: number;
  readonly algorithm?: number;
  readonly hash?: number;
  readonly compression?: number;
}

function headerOf({ sizeBytes = 64, algorithm = 1, hash = 1, compression = 1 }: Header = {}): Uint8Array {
  return encodeThrift((writer) => {
    writer.i32(1, sizeBytes);
    for (const [id, member] of [algorithm, hash, compression].entries())
      writer.struct(id + 2, () => writer.struct(member, () => undefined));
  });
}

/** Blocks with every bit, or with none. */
function filterOf(header: Uint8Array, { blocks = 2, fill = 0xff } = {}): Uint8Array {
  return Buffer.concat([header, new Uint8Array(blocks * BLOOM_BLOCK_BYTES).fill(fill)]);
}

const GOOD = filterOf(headerOf());
const EMPTY = filterOf(headerOf(), { fill: 0 });

describe('a bloom filter', () => {
  it('that is right is taken', async () => {
    expect(await asked(GOOD).answer).toBe(true);
    expect(await asked(EMPTY).answer).toBe(false);
  });

  it('of which the file does not say how long it is, as old writers do, is taken', async () => {
    expect(await asked(GOOD, {}).answer).toBe(true);
    expect(await asked(EMPTY, {}).answer).toBe(false);
  });

  it('that is large is not read whole', async () => {
    const blocks = (1 << 20) / BLOOM_BLOCK_BYTES;
    const large = filterOf(headerOf({ sizeBytes: 1 << 20 }), { blocks, fill: 0 });
    for (const sizeBytes of [large.length, undefined]) {
      const { answer, reads } = asked(large, { sizeBytes });
      expect(await answer).toBe(false);
      expect(reads.length).toBeLessThanOrEqual(2);
      expect(Math.max(...reads)).toBeLessThanOrEqual(64 * 1024);
    }
    // However many values are asked for, no stretch of it is read twice.
    const values = Array.from({ length: 1000 }, (_, i) => BigInt(i));
    const { answer, reads } = asked(large, { sizeBytes: large.length }, values);
    expect(await answer).toBe(false);
    expect(reads.length).toBeLessThanOrEqual(18);
  });

  it.each<[string, Uint8Array]>([
    ['algorithm', filterOf(headerOf({ algorithm: 2 }), { fill: 0 })],
    ['hash', filterOf(headerOf({ hash: 7 }), { fill: 0 })],
    ['compression', filterOf(headerOf({ compression: 2 }), { fill: 0 })],
    ['compression, with which sizes mean something else', headerOf({ compression: 2, sizeBytes: 77 })],
  ])('of an unknown %s is as none', async (_, bytes) => {
    expect(await asked(bytes).answer).toBe(true);
  });

  it('may have more in its header than anybody knows yet', async () => {
    const header = encodeThrift((writer) => {
      writer.i32(1, 64);
      for (const id of [2, 3, 4])
        writer.struct(id, () =>
          writer.struct(1, () => writer.list(1, 'i32', 3, (i) => writer.element.integer(i))),
        );
      writer.text(9, 'more');
    });
    expect(await asked(filterOf(header, { fill: 0 })).answer).toBe(false);
  });

  const size = (sizeBytes: number, blocks = 2) => filterOf(headerOf({ sizeBytes }), { blocks });
  it.each<[string, Uint8Array, Place | undefined]>([
    ['no blocks', size(0, 0), undefined],
    ['fewer than none', size(-32), undefined],
    ['part of a block', size(63), undefined],
    ['a block less than there are', size(32), undefined],
    ['a block more than there are', size(96), undefined],
    ['2 GiB of them', size(2 ** 31 - 32), undefined],
    ['2 GiB of them, of which nothing says how long they are', size(2 ** 31 - 32), {}],
    ['more than the file has, of which nothing says how long they are', size(96), {}],
    ['a place before the file', GOOD, { offset: -1, sizeBytes: GOOD.length }],
    ['a place in the first magic', GOOD, { offset: 3, sizeBytes: GOOD.length }],
    ['a place beyond the file', GOOD, { offset: 2 ** 50, sizeBytes: GOOD.length }],
    ['a place at the end of the file', GOOD, { offset: FILTER_AT + GOOD.length }],
    ['no size', GOOD, { sizeBytes: 0 }],
    ['less than no size', GOOD, { sizeBytes: -5 }],
    ['a size beyond the file', GOOD, { sizeBytes: GOOD.length + 1 }],
    ['a size without end', GOOD, { sizeBytes: Infinity }],
  ])('that lies is refused: %s', async (_, bytes, place) => {
    const { answer, reads } = asked(bytes, place);
    const failure = { kind: 'corrupt', code: 'METADATA', details: { column: 'a', rowGroup: 0 } };
    await expect(answer).rejects.toMatchObject(failure);
    expect(reads.length).toBeLessThanOrEqual(1);
  });

  const header = (write: (writer: ThriftWriter) => void) => filterOf(encodeThrift(write));
  const unions = (writer: ThriftWriter, ids: readonly number[]) => {
    for (const id of ids) writer.struct(id, () => writer.struct(1, () => undefined));
  };
  it.each<[string, Uint8Array, string]>([
    ['cut within its header', headerOf().subarray(0, 7), 'THRIFT_ERROR'],
    ['of zeros', new Uint8Array(100), 'THRIFT_ERROR'],
    ['of ones', new Uint8Array(100).fill(0xff), 'THRIFT_ERROR'],
    ['without a size', header((writer) => unions(writer, [2, 3, 4])), 'THRIFT_ERROR'],
    [
      'without a hash',
      header((writer) => {
        writer.i32(1, 64);
        unions(writer, [2, 4]);
      }),
      'THRIFT_ERROR',
    ],
    [
      'with a text as its size',
      header((writer) => {
        writer.text(1, 'large');
        unions(writer, [2, 3, 4]);
      }),
      'THRIFT_ERROR',
    ],
    [
      'with a number as its algorithm',
      header((writer) => {
        writer.i32(1, 64);
        writer.i32(2, 1);
        unions(writer, [3, 4]);
      }),
      'THRIFT_ERROR',
    ],
    [
      'with an algorithm that is none',
      header((writer) => {
        writer.i32(1, 64);
        writer.struct(2, () => undefined);
        unions(writer, [3, 4]);
      }),
      'THRIFT_ERROR',
    ],
    [
      'with two hashes',
      header((writer) => {
        writer.i32(1, 64);
        unions(writer, [2]);
        writer.struct(3, () => unions(writer, [1, 2]));
        unions(writer, [4]);
      }),
      'THRIFT_ERROR',
    ],
    [
      'with a list that claims 30 million structs',
      Buffer.concat([headerOf().subarray(0, -1), Uint8Array.of(0x19, 0xfc, 0x80, 0xc3, 0xa7, 0x0e)]),
      'THRIFT_ERROR',
    ],
    [
      'nested without end',
      Buffer.concat([Uint8Array.of(0x15, 0x80, 0x01, 0x1c), new Uint8Array(200).fill(0x1c)]),
      'LIMIT',
    ],
    [
      'with more fields than it can have',
      header((writer) => {
        writer.i32(1, 64);
        unions(writer, [2, 3, 4]);
        for (let id = 5; id < 200; id++) writer.i32(id, 0);
      }),
      'LIMIT',
    ],
    [
      'with a header longer than any is',
      header((writer) => {
        writer.i32(1, 64);
        unions(writer, [2, 3, 4]);
        writer.binary(5, new Uint8Array(2000));
      }),
      'THRIFT_ERROR',
    ],
  ])('that is none is refused: %s', async (_, bytes, code) => {
    await expect(asked(bytes).answer).rejects.toMatchObject({ kind: 'corrupt', code });
  });

  it('that is damaged anywhere ends in an answer or in a typed error, and gives memory back', async () => {
    const damage = fc.array(fc.tuple(fc.nat(GOOD.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    const size = fc.oneof(fc.constantFrom(undefined, GOOD.length), fc.integer());
    const ends = new Set<unknown>();
    await fc.assert(
      fc.asyncProperty(damage, size, fc.nat(GOOD.length), async (bytes, sizeBytes, length) => {
        const damaged = Uint8Array.from(GOOD);
        for (const [at, byte] of bytes) damaged[at] = byte;
        const cut = damaged.slice(0, length < 20 ? length : GOOD.length);
        try {
          ends.add(await asked(cut, { sizeBytes }).answer);
        } catch (error) {
          if (!isLakeError(error, 'corrupt')) throw error;
          ends.add(error.code);
        }
      }),
      { numRuns: 5_000, seed: 7 },
    );
    expect([...ends].sort()).toEqual(['METADATA', 'THRIFT_ERROR', false, true]);
  });

  it('gives memory back where the source fails', async () => {
    const broken = { ...fileSource(GOOD), size: 1 << 20, read: () => Promise.reject(new Error('gone')) };
    const context = {
      file: { source: broken, whole: undefined, windowBytes: 64 },
      ...{ arena: ARENA, limits: USUAL_LIMITS, counts: { read: 0, withCrc: 0 }, codecs: new Map() },
    };
    const chunk = {
      path: ['a'],
      bloomFilterOffset: 4,
      attachmentOffset: () => undefined,
    } as unknown as ChunkMeta;
    const leaf = { path: ['a'], physical: 2, typeLength: 0, type: INT64, definitionMax: 0, repetitionMax: 0 };
    await expect(mayHold(context, { chunk, leaf, rowGroup: 0 }, [1])).rejects.toThrow('gone');
  });
});
