import { bytesSource, type ByteSource, type LakeError } from '@ticklake/core';
import { corrupt } from '../format/corrupt.js';
import type { FileMeta } from '../format/metadata.js';
import { parseFooter } from '../format/parse-footer.js';
import type { ParquetLimits } from './parquet-limits.js';

/** Files up to this size are read once and served from memory: a spool file is one request. */
const WHOLE_BYTES_MAX = 1024 * 1024;

/** Of a larger file, so much of the end is read first; nearly every footer fits. */
const TAIL_BYTES = 64 * 1024;

/** Magic, footer length, magic. */
const SHELL_BYTES = 12;

/** A footer, where the data before it ends, and the source to read that data from. */
export interface Opened {
  readonly meta: FileMeta;
  readonly dataEnd: number;
  readonly source: ByteSource;
}

/** Reads both ends of a file (G1, G2). @throws LakeError `corrupt`. */
export async function readFooter(source: ByteSource, limits: ParquetLimits): Promise<Opened> {
  const { size } = source;
  if (size < SHELL_BYTES) throw tooSmall(await source.read(0, Math.min(size, 4)), size);
  const whole = size <= WHOLE_BYTES_MAX;
  const head = await source.read(0, whole ? size : 4);
  checkHead(head);
  const tailLength = whole ? size : TAIL_BYTES;
  let tail = whole ? head : await source.read(size - tailLength, tailLength);
  const footerLength = checkTail(tail, { size, limits });
  const needed = footerLength + 8;
  if (needed > tail.length) tail = await source.read(size - needed, needed);
  const footer = tail.subarray(tail.length - needed, tail.length - 8);
  const meta = parseFooter(footer, { nodesMax: limits.thriftNodesMax });
  return { meta, dataEnd: size - needed, source: whole ? bytesSource(head) : source };
}

/** What is left of a parquet file that was cut off, or no parquet file at all. */
function tooSmall(head: Uint8Array, size: number): LakeError {
  const isCut = 'PAR1'.startsWith(String.fromCharCode(...head));
  return corrupt(isCut ? 'TRUNCATED' : 'BAD_MAGIC', 'too small for a parquet file', { size });
}

function checkHead(head: Uint8Array): void {
  const magic = magicAt(head, 0);
  if (magic === 'PARE') throw corrupt('UNSUPPORTED', 'the file is encrypted');
  if (magic !== 'PAR1') throw corrupt('BAD_MAGIC', 'the file does not begin as a parquet file');
}

function checkTail(tail: Uint8Array, { size, limits }: { size: number; limits: ParquetLimits }): number {
  const magic = magicAt(tail, tail.length - 4);
  if (magic === 'PARE') throw corrupt('UNSUPPORTED', 'the footer is encrypted');
  if (magic !== 'PAR1') throw corrupt('TRUNCATED', 'the file does not end as a parquet file', { size });
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  const footerLength = view.getUint32(tail.length - 8, true);
  if (footerLength === 0 || footerLength > size - SHELL_BYTES) {
    throw corrupt('TRUNCATED', 'the file has no room for the footer it states', { footerLength, size });
  }
  if (footerLength > limits.footerBytesMax) {
    throw corrupt('LIMIT', 'the footer is too large', { value: footerLength, max: limits.footerBytesMax });
  }
  return footerLength;
}

function magicAt(bytes: Uint8Array, offset: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + 4));
}
