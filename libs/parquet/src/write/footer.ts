import { createArenaBuffer, type Arena } from '@ticklake/columnar';
import { compareUtf8 } from '@ticklake/core';
import type { FooterFacts } from './footer-facts.js';
import type { Leaf } from './leaf.js';
import type { SchemaElement } from './schema-tree.js';
import { encodeThrift, type ThriftWriter } from './thrift-writer.js';

/** Everything the footer says. */
export interface FileSummary {
  readonly elements: readonly SchemaElement[];
  readonly leaves: readonly Leaf[];
  readonly facts: FooterFacts;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdBy: string;
}

/** Room for what the metadata says beside row groups, mostly. */
const REST_BYTES = 4096;

/**
 * Everything after the last row group: page indexes, metadata, its length and the closing magic, in pieces to be
 * written at `offset`, each before the next is asked for. The metadata of a long file takes megabytes, and stands in the arena until then.
 */
export function* encodeFooter(arena: Arena, file: FileSummary, offset: number): Iterable<Uint8Array> {
  yield* file.facts.indexes();
  const sizeBytes = file.facts.rowGroupsSizeBytes + keyValueBytes(file) + REST_BYTES;
  const held = createArenaBuffer(arena);
  try {
    const at = held.room(sizeBytes);
    const room = arena.bytes.subarray(at, at + sizeBytes);
    const metadata = encodeThrift((writer) => writeFileMetadata(writer, file, offset), room);
    yield metadata;
    const end = new Uint8Array(8);
    new DataView(end.buffer).setUint32(0, metadata.length, true);
    end.set(MAGIC, 4);
    yield end;
  } finally {
    held.release();
  }
}

function keyValueBytes({ metadata }: FileSummary): number {
  return Object.entries(metadata).reduce((sum, [key, value]) => sum + key.length + value.length, 0);
}

/** Opens and closes every Parquet file. */
export const MAGIC = Uint8Array.of(0x50, 0x41, 0x52, 0x31);

/** Of the format; 2 stands for "may use every encoding of the specification". */
const FORMAT_VERSION = 2;

function writeFileMetadata(writer: ThriftWriter, file: FileSummary, indexesAt: number): void {
  const { elements, facts, leaves } = file;
  const keyValues = Object.entries(file.metadata).sort(([a], [b]) => compareUtf8(a, b));
  writer.i32(1, FORMAT_VERSION);
  writer.list(2, 'struct', elements.length, (i) => elements[i]?.(writer));
  writer.i64(3, facts.rowCount);
  facts.writeRowGroups(writer, 4, indexesAt);
  if (keyValues.length > 0) {
    writer.list(5, 'struct', keyValues.length, (i) => {
      writer.text(1, keyValues[i]?.[0]);
      writer.text(2, keyValues[i]?.[1]);
    });
  }
  writer.text(6, file.createdBy);
  // Without the order that the type defines, readers ignore every bound.
  writer.list(7, 'struct', leaves.length, () => writer.struct(1, () => undefined));
}
