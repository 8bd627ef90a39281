import {
  encodeThriftTree,
  intOf,
  parseThrift,
  setField,
  structOf,
  structsOf,
  thriftInt,
  type ThriftStruct,
} from './thrift-tree.js';

/** A page of a file: its header, its body as stored, and where both stand. */
export interface PageLayout {
  readonly header: ThriftStruct;
  readonly body: Uint8Array;
  readonly start: number;
  readonly bodyStart: number;
  readonly end: number;
}

/** A column chunk: what the footer says of it (the footer's own `ColumnMetaData`), and its pages. */
export interface ChunkLayout {
  readonly meta: ThriftStruct;
  readonly pages: readonly PageLayout[];
}

/** Where everything in a file stands. */
export interface FileLayout {
  readonly footer: ThriftStruct;
  readonly footerStart: number;
  /** In the order of the footer: row group by row group, column by column. */
  readonly chunks: readonly ChunkLayout[];
}

/** Numbers that the format gives to fields, as far as the fuzzer looks at them. */
export const FIELD = {
  footer: { rowGroups: 4 },
  rowGroup: { chunks: 1, fileOffset: 5, compressedSize: 6 },
  chunk: { fileOffset: 2, meta: 3, indexes: [4, 5, 6, 7] },
  meta: {
    encodings: 2,
    codec: 4,
    uncompressedSize: 6,
    compressedSize: 7,
    dataPageOffset: 9,
    indexPageOffset: 10,
    dictionaryPageOffset: 11,
    encodingStats: 13,
    bloomFilter: [14, 15],
  },
  page: { type: 1, uncompressedSize: 2, compressedSize: 3, crc: 4, v1: 5, dictionary: 7, v2: 8 },
  v1: { valueCount: 1, encoding: 2, definitionEncoding: 3, repetitionEncoding: 4 },
  v2: {
    valueCount: 1,
    nullCount: 2,
    rowCount: 3,
    encoding: 4,
    definitionSize: 5,
    repetitionSize: 6,
    compressed: 7,
  },
} as const;

/** Kinds of page, by their number in a page header. */
export const PAGE_TYPE = { data: 0, dictionary: 2, dataV2: 3 } as const;

const MAGIC = Buffer.from('PAR1');

/** Takes a good file apart. @throws Error when it is not one. */
export function readLayout(bytes: Uint8Array): FileLayout {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const footerStart = bytes.length - 8 - view.getUint32(bytes.length - 8, true);
  const { tree: footer } = parseThrift(bytes, footerStart);
  return {
    footer,
    footerStart,
    chunks: chunksOf(footer).map((meta) => ({ meta, pages: pagesOf(bytes, meta) })),
  };
}

/**
 * Puts a file together from pages: `pages[i]` are those of `layout.chunks[i]`. Sizes and offsets are made to fit, except
 * those inside the page headers. Page indexes and bloom filters are left out: they would point nowhere.
 */
export function writeLayout(
  layout: Pick<FileLayout, 'footer' | 'chunks'>,
  pages: readonly (readonly Pick<PageLayout, 'header' | 'body'>[])[],
): Uint8Array {
  const parts: Uint8Array[] = [MAGIC];
  let offset = MAGIC.length;
  layout.chunks.forEach(({ meta }, i) => {
    const start = offset;
    let dictionaryStart: number | undefined;
    let dataStart: number | undefined;
    for (const { header, body } of pages[i] ?? []) {
      if (intOf(header, FIELD.page.type) === PAGE_TYPE.dictionary) dictionaryStart ??= offset;
      else dataStart ??= offset;
      const head = encodeThriftTree(header);
      parts.push(head, body);
      offset += head.length + body.length;
    }
    placeChunk(meta, { sizeBytes: offset - start, dataStart: dataStart ?? start, dictionaryStart });
  });
  for (const group of structsOf(layout.footer, FIELD.footer.rowGroups)) placeGroup(group);
  const footer = encodeThriftTree(layout.footer);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return new Uint8Array(Buffer.concat([...parts, footer, length, MAGIC]));
}

/** Every data page and dictionary page of a file, in the order of the file. */
export function allPages(layout: FileLayout): PageLayout[] {
  return layout.chunks.flatMap(({ pages }) => pages).sort((a, b) => a.start - b.start);
}

/** The struct in a page header that says what is in a data page, of either version; `undefined` for other pages. */
export function dataHeader(header: ThriftStruct): ThriftStruct | undefined {
  return structOf(header, FIELD.page.v1) ?? structOf(header, FIELD.page.v2);
}

function chunksOf(footer: ThriftStruct): ThriftStruct[] {
  return structsOf(footer, FIELD.footer.rowGroups).flatMap((group) =>
    structsOf(group, FIELD.rowGroup.chunks).map((chunk) => {
      const meta = structOf(chunk, FIELD.chunk.meta);
      if (meta === undefined) throw new Error('a column chunk has no metadata');
      return meta;
    }),
  );
}

function pagesOf(bytes: Uint8Array, meta: ThriftStruct): PageLayout[] {
  const dataStart = intOf(meta, FIELD.meta.dataPageOffset) ?? 0;
  // Some writers say 0 where there is no dictionary.
  const dictionaryStart = intOf(meta, FIELD.meta.dictionaryPageOffset) || dataStart;
  const first = Math.min(dataStart, dictionaryStart);
  const chunkEnd = first + (intOf(meta, FIELD.meta.compressedSize) ?? 0);
  const pages: PageLayout[] = [];
  for (let start = first; start < chunkEnd; ) {
    const { tree: header, end: bodyStart } = parseThrift(bytes, start);
    const end = bodyStart + (intOf(header, FIELD.page.compressedSize) ?? 0);
    pages.push({ header, body: bytes.slice(bodyStart, end), start, bodyStart, end });
    start = end;
  }
  return pages;
}

function placeChunk(
  meta: ThriftStruct,
  place: { sizeBytes: number; dataStart: number; dictionaryStart: number | undefined },
): void {
  const { compressedSize, dataPageOffset, indexPageOffset, dictionaryPageOffset, bloomFilter } = FIELD.meta;
  setField(meta, compressedSize, thriftInt(6, place.sizeBytes));
  setField(meta, dataPageOffset, thriftInt(6, place.dataStart));
  setField(meta, indexPageOffset, undefined);
  const { dictionaryStart } = place;
  const dictionary = dictionaryStart === undefined ? undefined : thriftInt(6, dictionaryStart);
  setField(meta, dictionaryPageOffset, dictionary);
  for (const id of bloomFilter) setField(meta, id, undefined);
}

function placeGroup(group: ThriftStruct): void {
  let sizeBytes = 0;
  let start: number | undefined;
  for (const chunk of structsOf(group, FIELD.rowGroup.chunks)) {
    const meta = structOf(chunk, FIELD.chunk.meta);
    if (meta === undefined) continue;
    sizeBytes += intOf(meta, FIELD.meta.compressedSize) ?? 0;
    const { dataPageOffset, dictionaryPageOffset } = FIELD.meta;
    start ??= intOf(meta, dictionaryPageOffset) ?? intOf(meta, dataPageOffset);
    setField(chunk, FIELD.chunk.fileOffset, thriftInt(6, 0));
    for (const id of FIELD.chunk.indexes) setField(chunk, id, undefined);
  }
  setField(group, FIELD.rowGroup.fileOffset, start === undefined ? undefined : thriftInt(6, start));
  setField(group, FIELD.rowGroup.compressedSize, thriftInt(6, sizeBytes));
}
