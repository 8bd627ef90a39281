import { withBlock, type Arena, type PlacedBytes } from '@ticklake/columnar';
import type { Address } from '@ticklake/kernels';
import { isUtf8 } from 'node:buffer';
import { ENCODING, PHYSICAL } from '../format/constants.js';
import { corrupt } from '../format/corrupt.js';
import { decimalSizeBytes } from '../format/decimal-size.js';
import { bigEndianWords } from './big-endian.js';
import { readDeltaBytes } from './delta-bytes.js';
import { readDelta } from './delta-reader.js';
import { openPhysical, requireSize, unsupported, wordSize, type Stored } from './fixed-values.js';
import type { Leaf } from './schema-tree.js';
import { spanLength, type Span } from './span.js';

/** The present values of one page of byte strings, all of them, in blocks of their own. */
export interface BytesPage extends PlacedBytes {
  readonly count: number;
  release(): void;
}

/**
 * Decodes the values in `span`, which are not codes. Text is checked to be UTF-8; nothing is replaced and a byte order
 * mark stays. Decimals of any physical type become big-endian bytes, and must fit those that their precision needs.
 *
 * @throws LakeError `corrupt` (`PAGE_CORRUPT`, `UNSUPPORTED`, `LIMIT`).
 */
export function decodeBytesPage(
  arena: Arena,
  leaf: Leaf,
  span: Span,
  { encoding, count, sizeMax }: Stored & { readonly sizeMax: number },
): BytesPage {
  const offsets = arena.alloc((count + 1) * 4);
  arena.fill(offsets, 4, 0);
  let data: Address = 0;
  const target: BytesTarget = {
    offsets,
    room: (sizeBytes) => (data = arena.alloc(sizeBytes)),
  };
  const release = () => {
    arena.free(offsets);
    if (data !== 0) arena.free(data);
  };
  try {
    decode(arena, leaf, span, { encoding, count, sizeMax, target });
    if (data === 0) target.room(0);
    const page = { offsets, data, count, release };
    if (leaf.type.kind === 'utf8') checkText(arena, page);
    if (leaf.type.kind === 'decimal') checkDecimals(arena, page, decimalSizeBytes(leaf.type.precision));
    return page;
  } catch (error) {
    release();
    throw error;
  }
}

/** Where decoded byte strings go: their ends after the first offset, which is 0, and their bytes. */
export interface BytesTarget {
  readonly offsets: Address;
  /** Room for all bytes; asked for once. */
  room(sizeBytes: number): Address;
}

interface Work extends Stored {
  readonly sizeMax: number;
  readonly target: BytesTarget;
}

function decode(arena: Arena, { physical, typeLength }: Leaf, span: Span, work: Work): void {
  const { encoding, count, target } = work;
  const isVariable = physical === PHYSICAL.BYTE_ARRAY;
  const isFixed = physical === PHYSICAL.FIXED_LEN_BYTE_ARRAY;
  if (!isVariable && !isFixed) return decodeWords(arena, physical, span, work);
  if (encoding === ENCODING.PLAIN) {
    return isVariable
      ? splitPlain(arena, span, work)
      : copyEven(arena, span, { count, sizeBytes: typeLength, target });
  }
  if (count === 0 && spanLength(span) === 0) return;
  if (encoding === ENCODING.DELTA_LENGTH_BYTE_ARRAY && isVariable) return decodeLengths(arena, span, work);
  if (encoding === ENCODING.DELTA_BYTE_ARRAY) {
    readDeltaBytes(arena, span, work);
    if (isFixed) checkEven(arena, target.offsets, count, typeLength);
    return;
  }
  if (encoding === ENCODING.BYTE_STREAM_SPLIT && isFixed) {
    return joinStreams(arena, span, { count, sizeBytes: typeLength, target });
  }
  throw unsupported(physical, encoding);
}

/** Lengths and bytes alternate, so the lengths say how much is text before anything is copied. */
function splitPlain(arena: Arena, { at, end }: Span, { count, target }: Work): void {
  const size = end - at - 4 * count;
  if (size < 0) throw corrupt('PAGE_CORRUPT', 'a page has another size than its values', { count });
  const next = arena.kernels.splitBytes(at, end, count, target.offsets + 4, 0, target.room(size), size);
  // A page that lies about its count runs out of room for values before it runs out of bytes.
  if (next === 0) throw corrupt('PAGE_CORRUPT', 'a value passes the end of its page', { count });
  if (next !== end) throw corrupt('PAGE_CORRUPT', 'bytes follow the values of a page', { extra: end - next });
}

interface Even {
  readonly count: number;
  readonly sizeBytes: number;
  readonly target: BytesTarget;
}

function copyEven(arena: Arena, span: Span, even: Even): void {
  const { count, sizeBytes, target } = even;
  requireSize(span, count, sizeBytes);
  const to = target.room(count * sizeBytes);
  arena.move(span.at, to, span.end - span.at);
  putEvenEnds(arena, even);
}

/** Byte `k` of every value stands together. */
function joinStreams(arena: Arena, span: Span, even: Even): void {
  const { count, sizeBytes, target } = even;
  requireSize(span, count, sizeBytes);
  const to = target.room(count * sizeBytes);
  const { bytes } = arena;
  for (let byte = 0, from = span.at; byte < sizeBytes; byte++) {
    for (let i = 0, at = to + byte; i < count; i++, at += sizeBytes) bytes[at] = bytes[from++] as number;
  }
  putEvenEnds(arena, even);
}

function putEvenEnds(arena: Arena, { count, sizeBytes, target }: Even): void {
  const ends = arena.view(Uint32Array, target.offsets + 4, count);
  for (let i = 0; i < count; i++) ends[i] = (i + 1) * sizeBytes;
}

/** Byte arrays whose lengths stand first, as one DELTA_BINARY_PACKED list. */
function decodeLengths(arena: Arena, span: Span, { count, target }: Work): void {
  withBlock(arena, count * 4, (lengths) => {
    const from = readDelta(arena, span, { count, to: lengths });
    const room = span.end - from;
    const size = arena.kernels.endsOf(lengths, count, 0, room, target.offsets + 4);
    if (size < 0) throw corrupt('PAGE_CORRUPT', 'a value passes the end of its page');
    if (size !== room)
      throw corrupt('PAGE_CORRUPT', 'bytes follow the values of a page', { extra: room - size });
    const to = target.room(size);
    arena.move(from, to, size);
  });
}

/** Decimals that are stored as integers. */
function decodeWords(arena: Arena, physical: number, span: Span, { encoding, count, target }: Work): void {
  const size = wordSize(physical);
  withBlock(arena, count * size, (words) => {
    const values = openPhysical(arena, physical, span, { encoding, count });
    try {
      values.read(words, count);
    } finally {
      values.release();
    }
    bigEndianWords(arena, words, { count, size, to: target.room(count * size) });
    putEvenEnds(arena, { count, sizeBytes: size, target });
  });
}

function checkEven(arena: Arena, offsets: Address, count: number, sizeBytes: number): void {
  const ends = arena.view(Uint32Array, offsets, count + 1);
  for (let i = 1; i <= count; i++) {
    if (ends[i] !== i * sizeBytes)
      throw corrupt('PAGE_CORRUPT', 'a value has another size than its type', { sizeBytes });
  }
}

/** The whole and the starts: if all bytes are UTF-8 and every value starts a character, every value is UTF-8. */
function checkText(arena: Arena, { offsets, data, count }: BytesPage): void {
  const size = arena.view(Uint32Array, offsets + count * 4, 1)[0] as number;
  const isText =
    isUtf8(arena.bytes.subarray(data, data + size)) &&
    arena.kernels.splitCharacter(offsets, data, count) === count;
  if (!isText) throw corrupt('PAGE_CORRUPT', 'text is not utf-8');
}

/** Bytes in front of those that the precision needs repeat the sign: other values could not be stored again. */
function checkDecimals(arena: Arena, { offsets, data, count }: BytesPage, sizeBytes: number): void {
  const ends = arena.view(Uint32Array, offsets, count + 1);
  const { bytes } = arena;
  for (let i = 0; i < count; i++) {
    const start = data + (ends[i] as number);
    const first = data + (ends[i + 1] as number) - sizeBytes;
    if (first <= start) continue;
    const sign = (bytes[first] as number) < 0x80 ? 0 : 0xff;
    for (let at = start; at < first; at++) {
      if (bytes[at] !== sign) throw corrupt('PAGE_CORRUPT', 'a decimal has more digits than its type');
    }
  }
}
