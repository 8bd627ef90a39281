import { ENCODING, nameOf } from '../format/constants.js';
import { corrupt } from '../format/corrupt.js';
import { decodeBitPacked, decodeHybrid, readVarint, type Span } from './hybrid.js';
import type { RawPage } from './page-stream.js';
import type { Leaf } from './schema-tree.js';

/** Levels of a page's values, and where its values start. An absent array stands for all values at the maximum. */
export interface PageLevels {
  readonly definition: Uint8Array | undefined;
  readonly repetition: Uint8Array | undefined;
  /** Values that are present. */
  readonly presentCount: number;
  readonly values: Span;
}

/**
 * Reads repetition and definition levels of either page version (G10, G11).
 *
 * @throws LakeError `corrupt` (`PAGE_CORRUPT`, `UNSUPPORTED`).
 */
export function readLevels(page: RawPage, leaf: Leaf): PageLevels {
  const { header, body, levels } = page;
  const count = header.valueCount;
  let repetition: Uint8Array | undefined;
  let definition: Uint8Array | undefined;
  const values: Span = { bytes: body, position: 0, end: body.length };
  if (levels === undefined || header.v2 === undefined) {
    repetition = readV1(values, {
      max: leaf.repetitionMax,
      maxIsAbsent: false,
      count,
      encoding: header.repetitionEncoding,
    });
    definition = readV1(values, {
      max: leaf.definitionMax,
      maxIsAbsent: true,
      count,
      encoding: header.definitionEncoding,
    });
  } else {
    const split = header.v2.repetitionSizeBytes;
    repetition = readRuns(
      { bytes: levels, position: 0, end: split },
      { max: leaf.repetitionMax, maxIsAbsent: false, count },
    );
    definition = readRuns(
      { bytes: levels, position: split, end: levels.length },
      { max: leaf.definitionMax, maxIsAbsent: true, count },
    );
  }
  const presentCount = definition === undefined ? count : countEqual(definition, leaf.definitionMax);
  if (header.v2 !== undefined && header.v2.nullCount !== count - presentCount) {
    throw corrupt('PAGE_CORRUPT', 'a page has another number of nulls than its header says', {
      stated: header.v2.nullCount,
      counted: count - presentCount,
    });
  }
  if (presentCount === count) definition = undefined;
  return { definition, repetition, presentCount, values };
}

interface LevelPlan {
  readonly max: number;
  readonly count: number;
  /** Whether no array at all may stand for `max` everywhere: so it is for definition, not for repetition levels. */
  readonly maxIsAbsent: boolean;
}

/** Version 1: a length, then runs; or in old files bare bits. */
function readV1(
  span: Span,
  { max, count, maxIsAbsent, encoding }: LevelPlan & { encoding: number },
): Uint8Array | undefined {
  if (max === 0) return undefined;
  if (encoding === ENCODING.BIT_PACKED) {
    const out = new Uint8Array(count);
    decodeBitPacked(span, { width: widthOf(max), limit: max + 1, out });
    return out;
  }
  if (encoding !== ENCODING.RLE) {
    throw corrupt('UNSUPPORTED', 'levels in an unknown encoding', { encoding: nameOf(ENCODING, encoding) });
  }
  if (span.end - span.position < 4) throw corrupt('PAGE_CORRUPT', 'bytes end inside a length');
  const length = new DataView(span.bytes.buffer, span.bytes.byteOffset + span.position, 4).getUint32(0, true);
  const position = span.position + 4;
  if (length > span.end - position)
    throw corrupt('PAGE_CORRUPT', 'levels pass the end of their page', { length });
  span.position = position + length;
  return readRuns({ bytes: span.bytes, position, end: position + length }, { max, count, maxIsAbsent });
}

function readRuns(span: Span, { max, count, maxIsAbsent }: LevelPlan): Uint8Array | undefined {
  if (max === 0) return undefined;
  if (max > 255) throw corrupt('UNSUPPORTED', 'levels beyond 255', { max });
  if (maxIsAbsent && isAllAt(span, max, count)) return undefined;
  const out = new Uint8Array(count);
  decodeHybrid(span, { width: widthOf(max), limit: max + 1, overCode: 'PAGE_CORRUPT', out });
  return out;
}

/** Most columns have no nulls, and most writers say so with one run of the highest level. */
function isAllAt({ bytes, position, end }: Span, max: number, count: number): boolean {
  const probe = { bytes, position, end };
  return (
    max === 1 &&
    count > 0 &&
    readVarint(probe) === count * 2 &&
    bytes[probe.position] === 1 &&
    probe.position < end
  );
}

function widthOf(max: number): number {
  return 32 - Math.clz32(max);
}

function countEqual(levels: Uint8Array, value: number): number {
  let count = 0;
  for (let i = 0; i < levels.length; i++) if (levels[i] === value) count++;
  return count;
}
