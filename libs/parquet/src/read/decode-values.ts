import { ENCODING, nameOf, PHYSICAL } from '../format/constants.js';
import { corrupt } from '../format/corrupt.js';
import { decodeDelta32, decodeDelta64, decodeDeltaBytes, decodeDeltaLengths } from './delta.js';
import { decodeHybrid, type Span } from './hybrid.js';
import { evenBytes, type Dense } from './physical.js';
import { decodePlain, fixedWords, takeBytes, wordSize, type PhysicalType } from './plain.js';

/**
 * `count` values of a page that is not dictionary-encoded, as the physical type says.
 *
 * @throws LakeError `corrupt` (`PAGE_CORRUPT`, `UNSUPPORTED`, `LIMIT`).
 */
export function decodeValues(
  type: PhysicalType,
  span: Span,
  { encoding, count, sizeMax }: { encoding: number; count: number; sizeMax: number },
): Dense {
  const { physical } = type;
  const bytes = physical === PHYSICAL.BYTE_ARRAY;
  const fixedBytes = physical === PHYSICAL.FIXED_LEN_BYTE_ARRAY;
  if (encoding === ENCODING.PLAIN) return decodePlain(type, span, count);
  if (count === 0 && span.position === span.end) return decodePlain(type, span, 0);
  if (encoding === ENCODING.RLE && physical === PHYSICAL.BOOLEAN) return decodeBooleans(span, count);
  if (encoding === ENCODING.DELTA_BINARY_PACKED) {
    if (physical === PHYSICAL.INT32) return { layout: 'fixed', values: decodeDelta32(span, count) };
    if (physical === PHYSICAL.INT64) return { layout: 'fixed', values: decodeDelta64(span, count) };
  }
  if (encoding === ENCODING.DELTA_LENGTH_BYTE_ARRAY && bytes) return decodeDeltaLengths(span, count);
  if (encoding === ENCODING.DELTA_BYTE_ARRAY && (bytes || fixedBytes)) {
    const dense = decodeDeltaBytes(span, count, sizeMax);
    if (fixedBytes) checkEven(dense, type.typeLength);
    return dense;
  }
  if (
    encoding === ENCODING.BYTE_STREAM_SPLIT &&
    !bytes &&
    physical !== PHYSICAL.BOOLEAN &&
    physical !== PHYSICAL.INT96
  ) {
    return decodeSplit(type, span, count);
  }
  throw corrupt('UNSUPPORTED', 'an encoding that is not supported for this type', {
    encoding: nameOf(ENCODING, encoding),
    physical: nameOf(PHYSICAL, physical),
  });
}

/** Booleans as a hybrid of width 1, with its length before it. */
function decodeBooleans(span: Span, count: number): Dense {
  if (span.end - span.position < 4) throw corrupt('PAGE_CORRUPT', 'bytes end inside a length');
  const view = new DataView(span.bytes.buffer, span.bytes.byteOffset + span.position, 4);
  const length = view.getUint32(0, true);
  const position = span.position + 4;
  if (length > span.end - position)
    throw corrupt('PAGE_CORRUPT', 'a run passes the end of its page', { length });
  const values = new Uint8Array(count);
  const inner = { bytes: span.bytes, position, end: position + length };
  decodeHybrid(inner, { width: 1, limit: 2, overCode: 'PAGE_CORRUPT', out: values });
  return { layout: 'fixed', values };
}

/** Byte `k` of every value stands together. */
function decodeSplit(type: PhysicalType, span: Span, count: number): Dense {
  const fixed = type.physical === PHYSICAL.FIXED_LEN_BYTE_ARRAY;
  const width = fixed ? type.typeLength : wordSize(type.physical);
  const from = takeBytes(span, count, width);
  const data = new Uint8Array(count * width);
  for (let byte = 0, at = 0; byte < width; byte++) {
    for (let i = 0, to = byte; i < count; i++, to += width) data[to] = from[at++] as number;
  }
  if (fixed) return { layout: 'bytes', values: evenBytes(data, { count, sizeBytes: width }) };
  return fixedWords(type.physical, data);
}

function checkEven(dense: Dense, sizeBytes: number): void {
  if (dense.layout !== 'bytes') return;
  const { offsets } = dense.values;
  for (let i = 1; i < offsets.length; i++) {
    if (offsets[i] !== i * sizeBytes)
      throw corrupt('PAGE_CORRUPT', 'a value has another size than its type', { sizeBytes });
  }
}
