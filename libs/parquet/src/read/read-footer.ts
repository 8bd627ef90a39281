import { createArenaBuffer, type Arena, type ArenaBuffer } from '@ticklake/columnar';
import { bytesSource, type ByteSource, type LakeError } from '@ticklake/core';
import { corrupt } from '../format/corrupt.js';
import type { FileMeta } from '../format/metadata.js';
import { parseFooter } from '../format/parse-footer.js';
import type { FileBytes } from './byte-window.js';
import { u32At } from './u32-at.js';
import type { ParquetLimits } from './parquet-limits.js';

/** Of a larger file, so much of the end is read first; nearly every footer fits. */
const TAIL_BYTES = 64 * 1024;

/** Magic, footer length, magic. */
const SHELL_BYTES = 12;

/** A footer, where the data before it ends, and the bytes to read that data from. */
export interface Opened {
  readonly meta: FileMeta;
  readonly dataEnd: number;
  readonly file: FileBytes;
  /** Gives back what it holds of the arena. */
  release(): void;
}

/** What {@link readFooter} works with. */
export interface FooterTools {
  readonly source: ByteSource;
  readonly arena: Arena;
  readonly limits: ParquetLimits;
  /** Files up to this size are read once and served from memory: a spool file is one request. */
  readonly wholeBytesMax: number;
  readonly windowBytes: number;
}

/** Reads both ends of a file (G1, G2); nothing is waited for where its bytes are at hand. @throws LakeError `corrupt`. */
export function readFooter(tools: FooterTools): Opened | Promise<Opened> {
  const { bytes } = tools.source;
  return bytes === undefined ? readHeld(tools) : openWhole(bytes, tools, nothing);
}

async function readHeld(tools: FooterTools): Promise<Opened> {
  const held = createArenaBuffer(tools.arena);
  try {
    return await readEnds(tools, held);
  } catch (error) {
    held.release();
    throw error;
  }
}

async function readEnds(tools: FooterTools, held: ArenaBuffer): Promise<Opened> {
  const { source, arena, limits, wholeBytesMax, windowBytes } = tools;
  const { size } = source;
  const read = (offset: number, length: number) => {
    const at = held.room(length);
    return source.read(offset, length, arena.bytes.subarray(at, at + length));
  };
  if (size < SHELL_BYTES) throw tooSmall(await source.read(0, Math.min(size, 4)), size);
  if (size <= wholeBytesMax) {
    return openWhole(await read(0, size), tools, () => held.release());
  }
  checkHead(await source.read(0, 4));
  const tailLength = Math.min(TAIL_BYTES, size);
  let tail = await read(size - tailLength, tailLength);
  const needed = checkTail(tail, { size, limits }) + 8;
  if (needed > tail.length) tail = await read(size - needed, needed);
  const meta = parseTail(tail, needed, limits);
  held.release();
  return { meta, dataEnd: size - needed, file: { source, whole: undefined, windowBytes }, release: nothing };
}

/** A file of which all bytes are at hand. */
function openWhole(
  whole: Uint8Array,
  { source, limits, windowBytes }: FooterTools,
  release: Opened['release'],
): Opened {
  const { length: size } = whole;
  if (size < SHELL_BYTES) throw tooSmall(whole.subarray(0, 4), size);
  checkHead(whole);
  const needed = checkTail(whole, { size, limits }) + 8;
  const meta = parseTail(whole, needed, limits);
  const file = { source: source.bytes === undefined ? bytesSource(whole) : source, whole, windowBytes };
  return { meta, dataEnd: size - needed, file, release };
}

/** Of a file whose last `needed` bytes are its footer and the end of its shell. */
function parseTail(tail: Uint8Array, needed: number, { thriftNodesMax: nodesMax }: ParquetLimits): FileMeta {
  return parseFooter(copyOf(tail.subarray(tail.length - needed, tail.length - 8)), { nodesMax });
}

const nothing = () => undefined;

/** Room for footers of small files, several in one: a piece of memory for each would take longer than all else that is done to it. */
const SHARED_BYTES = 16 * 1024;

let shared = new Uint8Array(0);
let sharedUsed = 0;

/** What the footer tells outlives the bytes it was read from. */
function copyOf(footer: Uint8Array): Uint8Array {
  const { length } = footer;
  if (length > SHARED_BYTES / 4) return new Uint8Array(footer);
  if (sharedUsed + length > shared.length) {
    shared = new Uint8Array(SHARED_BYTES);
    sharedUsed = 0;
  }
  const copy = shared.subarray(sharedUsed, sharedUsed + length);
  copy.set(footer);
  sharedUsed += length;
  return copy;
}

/** What is left of a parquet file that was cut off, or no parquet file at all. */
function tooSmall(head: Uint8Array, size: number): LakeError {
  const isCut = 'PAR1'.startsWith(String.fromCharCode(...head));
  return corrupt(isCut ? 'TRUNCATED' : 'BAD_MAGIC', 'too small for a parquet file', { size });
}

function checkHead(head: Uint8Array): void {
  const magic = magicAt(head, 0);
  if (magic === 'PARE') throw corrupt('UNSUPPORTED', 'the file is encrypted');
  if (magic !== 'PAR1') {
    throw corrupt('BAD_MAGIC', 'the file does not begin as a parquet file', { begins: beginningOf(head) });
  }
}

/** Often enough to see what it is instead: `<!DOCTYPE html>` of an error page, `{"` of JSON. */
function beginningOf(head: Uint8Array): string {
  return String.fromCharCode(...head.subarray(0, 16)).replace(/[^\x20-\x7e]/g, '.');
}

function checkTail(tail: Uint8Array, { size, limits }: { size: number; limits: ParquetLimits }): number {
  const magic = magicAt(tail, tail.length - 4);
  if (magic === 'PARE') throw corrupt('UNSUPPORTED', 'the footer is encrypted');
  if (magic !== 'PAR1') throw corrupt('TRUNCATED', 'the file does not end as a parquet file', { size });
  const footerLength = u32At(tail, tail.length - 8);
  if (footerLength === 0 || footerLength > size - SHELL_BYTES) {
    throw corrupt('TRUNCATED', 'the file has no room for the footer it states', { footerLength, size });
  }
  if (footerLength > limits.footerBytesMax) {
    throw corrupt('LIMIT', 'the footer is too large', { value: footerLength, max: limits.footerBytesMax });
  }
  return footerLength;
}

function magicAt(bytes: Uint8Array, offset: number): 'PAR1' | 'PARE' | undefined {
  const isPar = bytes[offset] === 0x50 && bytes[offset + 1] === 0x41 && bytes[offset + 2] === 0x52;
  if (!isPar) return undefined;
  const last = bytes[offset + 3];
  return last === 0x31 ? 'PAR1' : last === 0x45 ? 'PARE' : undefined;
}
