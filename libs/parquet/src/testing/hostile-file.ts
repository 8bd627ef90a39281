import { encodeThrift, type ThriftWriter } from '../write/thrift-writer.js';

/** A page as its header shall say it is, whatever the bytes are. */
export interface HostilePage {
  readonly body: Uint8Array;
  readonly type?: 'data' | 'v2' | 'dictionary' | 'index';
  readonly valueCount?: number;
  readonly encoding?: number;
  readonly uncompressed?: number;
  readonly compressed?: number;
  readonly crc?: number;
  readonly v2?: {
    readonly nulls: number;
    readonly rows: number;
    readonly definition: number;
    readonly repetition: number;
  };
}

/** A column chunk; what is left out is made to fit. */
export interface HostileChunk {
  readonly pages: readonly HostilePage[];
  readonly path?: readonly string[];
  readonly physical?: number;
  readonly codec?: number;
  /** That the footer lists. */
  readonly encodings?: readonly number[];
  readonly valueCount?: number;
  readonly offset?: number;
  readonly size?: number;
  readonly filePath?: string;
  readonly statistics?: {
    readonly min?: Uint8Array;
    readonly max?: Uint8Array;
    readonly nulls?: number;
    readonly exact?: boolean;
  };
}

/** A schema element; numbers are those of the format. */
export interface HostileElement {
  readonly name: string;
  readonly physical?: number;
  readonly repetition?: number;
  readonly children?: number;
  readonly converted?: number;
  readonly typeLength?: number;
  readonly scale?: number;
  readonly precision?: number;
}

/** A file; by default one required INT64 column `a` with one row group of as many rows as its first chunk has values. */
export interface HostileFile {
  readonly elements?: readonly HostileElement[];
  readonly groups: readonly { readonly rows: number; readonly chunks: readonly HostileChunk[] }[];
  readonly rows?: number;
}

const ROOT = 'root';
const TYPES = { data: 0, index: 1, dictionary: 2, v2: 3 };

/** The schema of a single column `a`. */
export function oneColumn(element: Partial<HostileElement> = {}): HostileElement[] {
  return [
    { name: ROOT, children: 1 },
    { name: 'a', physical: 2, repetition: 0, ...element },
  ];
}

/** A file that says what `file` says. */
export function hostileFile({ elements = oneColumn(), groups, rows }: HostileFile): Uint8Array {
  const parts: Uint8Array[] = [Buffer.from('PAR1')];
  let offset = 4;
  const placed = groups.map(({ rows: groupRows, chunks }) => ({
    rows: groupRows,
    chunks: chunks.map((chunk) => {
      const bytes = Buffer.concat(chunk.pages.map(pageBytes));
      parts.push(bytes);
      const at = { ...chunk, offset: chunk.offset ?? offset, size: chunk.size ?? bytes.length };
      offset += bytes.length;
      return at;
    }),
  }));
  const total = rows ?? groups.reduce((sum, group) => sum + group.rows, 0);
  const footer = encodeThrift((writer) => {
    writer.i32(1, 1);
    writer.list(2, 'struct', elements.length, (i) => writeElement(writer, elements[i] as HostileElement));
    writer.i64(3, total);
    writer.list(4, 'struct', placed.length, (i) => {
      const group = placed[i] as (typeof placed)[number];
      writer.list(1, 'struct', group.chunks.length, (j) => {
        writeChunk(writer, group.chunks[j] as HostileChunk, { elements, rows: group.rows });
      });
      writer.i64(2, 0);
      writer.i64(3, group.rows);
    });
  });
  return withFooter(Buffer.concat(parts), footer);
}

/** `data` and a footer of any bytes. */
export function withFooter(data: Uint8Array, footer: Uint8Array): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([data, footer, length, Buffer.from('PAR1')]);
}

function writeElement(writer: ThriftWriter, element: HostileElement): void {
  writer.i32(1, element.physical);
  writer.i32(2, element.typeLength);
  writer.i32(3, element.repetition);
  writer.text(4, element.name);
  writer.i32(5, element.children);
  writer.i32(6, element.converted);
  writer.i32(7, element.scale);
  writer.i32(8, element.precision);
}

function writeChunk(
  writer: ThriftWriter,
  chunk: HostileChunk,
  { elements, rows }: { elements: readonly HostileElement[]; rows: number },
): void {
  const path = chunk.path ?? elements.slice(1).map(({ name }) => name);
  const physical = elements.find((element) => element.physical !== undefined)?.physical ?? 2;
  writer.text(1, chunk.filePath);
  writer.i64(2, 0);
  writer.struct(3, () => {
    writer.i32(1, chunk.physical ?? physical);
    const encodings = encodingsOf(chunk);
    writer.list(2, 'i32', encodings.length, (i) => writer.element.integer(encodings[i] ?? 0));
    writer.list(3, 'binary', path.length, (i) => writer.element.text(path[i] ?? ''));
    writer.i32(4, chunk.codec ?? 0);
    writer.i64(5, chunk.valueCount ?? rows);
    writer.i64(6, chunk.size);
    writer.i64(7, chunk.size);
    writer.i64(9, chunk.offset);
    const { statistics } = chunk;
    if (statistics === undefined) return;
    writer.struct(12, () => {
      writer.i64(3, statistics.nulls);
      writer.binary(5, statistics.max);
      writer.binary(6, statistics.min);
      writer.bool(7, statistics.exact);
      writer.bool(8, statistics.exact);
    });
  });
}

/** Unless it says otherwise, those of the pages, and RLE, in which levels are stored. */
function encodingsOf({ pages, encodings }: HostileChunk): readonly number[] {
  return encodings ?? [...new Set([...pages.map(({ encoding = 0 }) => encoding), 3])];
}

function pageBytes(page: HostilePage): Uint8Array {
  const { body, type = 'data', valueCount = 10, encoding = 0, v2 } = page;
  const head = encodeThrift((writer) => {
    writer.i32(1, TYPES[type]);
    writer.i32(2, page.uncompressed ?? body.length);
    writer.i32(3, page.compressed ?? body.length);
    writer.i32(4, page.crc);
    if (type === 'data') {
      writer.struct(5, () => {
        writer.i32(1, valueCount);
        writer.i32(2, encoding);
        writer.i32(3, 3);
        writer.i32(4, 3);
      });
    } else if (type === 'dictionary') {
      writer.struct(7, () => {
        writer.i32(1, valueCount);
        writer.i32(2, encoding);
      });
    } else if (type === 'v2' && v2 !== undefined) {
      writer.struct(8, () => {
        writer.i32(1, valueCount);
        writer.i32(2, v2.nulls);
        writer.i32(3, v2.rows);
        writer.i32(4, encoding);
        writer.i32(5, v2.definition);
        writer.i32(6, v2.repetition);
      });
    }
  });
  return Buffer.concat([head, body]);
}
