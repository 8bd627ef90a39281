import { crc32 } from 'node:zlib';
import { decompressPage, PAGE_COMPRESSORS, type PageCodecName, type PageCompressor } from '../page-codecs.js';
import { FIELD, PAGE_TYPE, readLayout, writeLayout, type PageLayout } from './file-layout.js';
import { intOf, setField, structOf, thriftInt, type ThriftStruct } from './thrift-tree.js';

/** How pages are to be stored, where no writer at hand stores them so. */
export interface Repacking {
  readonly codec: PageCodecName;
  /** Version 1 pages instead of version 2; the other way is not needed. */
  readonly toV1?: boolean;
  /** Every other version 2 page says that its values are not compressed. */
  readonly everyOtherRaw?: boolean;
}

/** A page whose levels and values are apart and uncompressed. */
interface BarePage {
  readonly header: ThriftStruct;
  /** Of version 2; version 1 keeps them with the values. */
  readonly levels: Uint8Array;
  readonly values: Uint8Array;
}

/** The same values in pages of another codec or version, each with a checksum. */
export function repackPages(bytes: Uint8Array, repacking: Repacking): Uint8Array {
  const layout = readLayout(bytes);
  const target = PAGE_COMPRESSORS[repacking.codec];
  const pages = layout.chunks.map(({ meta, pages: stored }) => {
    const source = intOf(meta, FIELD.meta.codec);
    setField(meta, FIELD.meta.codec, thriftInt(5, target.number));
    setField(meta, FIELD.meta.encodingStats, undefined);
    const packed = stored.map((page, i) => {
      const bare = unpack(page, source);
      const changed = repacking.toV1 === true ? asV1(bare) : bare;
      return pack(changed, target, repacking.everyOtherRaw === true && i % 2 === 1);
    });
    return packed;
  });
  return writeLayout(layout, pages);
}

function unpack({ header, body }: PageLayout, codec: number | undefined): BarePage {
  const v2 = structOf(header, FIELD.page.v2);
  const size = intOf(header, FIELD.page.uncompressedSize) ?? 0;
  const levelsSize = v2 === undefined ? 0 : levelSizes(v2).total;
  const levels = body.subarray(0, levelsSize);
  const stored = body.subarray(levelsSize);
  return { header, levels, values: decompressPage(codec, stored, size - levelsSize) };
}

function levelSizes(v2: ThriftStruct): { repetition: number; total: number } {
  const repetition = intOf(v2, FIELD.v2.repetitionSize) ?? 0;
  return { repetition, total: repetition + (intOf(v2, FIELD.v2.definitionSize) ?? 0) };
}

/** Version 1 has the levels in front of the values, each kind after its length. */
function asV1(page: BarePage): BarePage {
  const v2 = structOf(page.header, FIELD.page.v2);
  if (v2 === undefined) return page;
  const { repetition, total } = levelSizes(v2);
  const parts = [page.levels.subarray(0, repetition), page.levels.subarray(repetition, total)];
  const framed = parts.flatMap((part) => (part.length === 0 ? [] : [lengthOf(part), part]));
  const header: ThriftStruct = { type: 'struct', fields: [] };
  const v1: ThriftStruct = { type: 'struct', fields: [] };
  setField(header, FIELD.page.type, thriftInt(5, PAGE_TYPE.data));
  setField(header, FIELD.page.v1, v1);
  setField(v1, FIELD.v1.valueCount, thriftInt(5, intOf(v2, FIELD.v2.valueCount) ?? 0));
  setField(v1, FIELD.v1.encoding, thriftInt(5, intOf(v2, FIELD.v2.encoding) ?? 0));
  // 3 is RLE, of either kind of level.
  setField(v1, FIELD.v1.definitionEncoding, thriftInt(5, 3));
  setField(v1, FIELD.v1.repetitionEncoding, thriftInt(5, 3));
  return { header, levels: new Uint8Array(0), values: Buffer.concat([...framed, page.values]) };
}

function lengthOf(part: Uint8Array): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(part.length);
  return length;
}

function pack(
  { header, levels, values }: BarePage,
  compressor: PageCompressor,
  raw: boolean,
): Pick<PageLayout, 'header' | 'body'> {
  const v2 = structOf(header, FIELD.page.v2);
  const isRaw = raw && v2 !== undefined;
  if (v2 !== undefined) setField(v2, FIELD.v2.compressed, { type: 'bool', value: !isRaw });
  const body = Buffer.concat([levels, isRaw ? values : compressor.compress(values)]);
  setField(header, FIELD.page.uncompressedSize, thriftInt(5, levels.length + values.length));
  setField(header, FIELD.page.compressedSize, thriftInt(5, body.length));
  setField(header, FIELD.page.crc, thriftInt(5, crc32(body) | 0));
  return { header, body };
}
