import { withBlock, type Arena } from '@ticklake/columnar';
import type { Address } from '@ticklake/kernels';
import { ENCODING, nameOf } from '../format/constants.js';
import { corrupt } from '../format/corrupt.js';
import type { PageHeader } from '../format/metadata.js';
import { openHybrid } from './hybrid-reader.js';
import type { StoredPage } from './page-walk.js';
import type { Leaf } from './schema-tree.js';
import { spanLength, type Span } from './span.js';
import { u32At } from './u32-at.js';

/** Levels of a page's values, and where its values start. An absent array stands for all values at the maximum. */
export interface PageLevels {
  readonly definition: Uint8Array | undefined;
  readonly repetition: Uint8Array | undefined;
  /** Values that are present. */
  readonly presentCount: number;
  readonly valuesAt: Address;
}

/**
 * Reads repetition and definition levels of either page version (G10, G11). `body` is the page's body, uncompressed.
 *
 * @throws LakeError `corrupt` (`PAGE_CORRUPT`, `UNSUPPORTED`).
 */
export function readLevels(arena: Arena, { header, levels }: StoredPage, body: Span, leaf: Leaf): PageLevels {
  const { v2, valueCount: count } = header;
  const { repetitionMax, definitionMax } = leaf;
  if (levels === undefined || v2 === undefined) {
    const plain = repetitionMax === 0 ? endOfPlain(arena, header, body, definitionMax) : undefined;
    if (plain !== undefined) {
      return { definition: undefined, repetition: undefined, presentCount: count, valuesAt: plain };
    }
    const first = readV1(arena, body, { max: repetitionMax, count, encoding: header.repetitionEncoding });
    const second = readV1(
      arena,
      { at: first.next, end: body.end },
      { max: definitionMax, count, encoding: header.definitionEncoding, maxIsAbsent: true },
    );
    const found = { repetition: first.levels, definition: second.levels, valuesAt: second.next };
    return checked(undefined, { count, definitionMax, ...found });
  }
  return withBlock(arena, levels.length, (place) => {
    arena.put(levels, place);
    const split = place + v2.repetitionSizeBytes;
    const repetition = readV2(arena, { at: place, end: split }, { max: repetitionMax, count });
    const end = place + levels.length;
    const definition = readV2(arena, { at: split, end }, { max: definitionMax, count, maxIsAbsent: true });
    return checked(v2.nullCount, { count, definitionMax, repetition, definition, valuesAt: body.at });
  });
}

/** Where the values of a flat column start in a page of version 1 without nulls, which nearly every page is; `undefined` for any other. */
export function endOfPlain(
  arena: Arena,
  { valueCount, definitionEncoding }: PageHeader,
  { at, end }: Span,
  definitionMax: number,
): Address | undefined {
  if (definitionMax === 0) return at;
  if (definitionEncoding !== ENCODING.RLE || end - at < 4) return undefined;
  const next = at + 4 + u32At(arena.bytes, at);
  if (next > end) return undefined;
  const after = endOfHighest(arena, at + 4, next, { max: definitionMax, count: valueCount });
  return after === undefined ? undefined : next;
}

function checked(
  statedNulls: number | undefined,
  found: Omit<PageLevels, 'presentCount'> & { readonly count: number; readonly definitionMax: number },
): PageLevels {
  const { definition, count, definitionMax, repetition, valuesAt } = found;
  const presentCount = definition === undefined ? count : countEqual(definition, definitionMax);
  if (statedNulls !== undefined && statedNulls !== count - presentCount) {
    throw corrupt('PAGE_CORRUPT', 'a page has another number of nulls than its header says', {
      stated: statedNulls,
      counted: count - presentCount,
    });
  }
  return { definition: presentCount === count ? undefined : definition, repetition, presentCount, valuesAt };
}

interface LevelPlan {
  readonly max: number;
  readonly count: number;
  /** Whether no array at all may stand for `max` everywhere: so it is for definition, not for repetition levels. */
  readonly maxIsAbsent?: boolean;
}

/** Version 1: a length, then runs; or in old files bare bits. */
function readV1(
  arena: Arena,
  { at, end }: Span,
  plan: LevelPlan & { readonly encoding: number },
): { readonly levels: Uint8Array | undefined; readonly next: Address } {
  const { max, count, encoding } = plan;
  if (max === 0) return { levels: undefined, next: at };
  if (encoding === ENCODING.BIT_PACKED) return readBits(arena, { at, end }, { max, count });
  if (encoding !== ENCODING.RLE) {
    throw corrupt('UNSUPPORTED', 'levels in an unknown encoding', { encoding: nameOf(ENCODING, encoding) });
  }
  if (end - at < 4) throw corrupt('PAGE_CORRUPT', 'bytes end inside a length');
  const length = u32At(arena.bytes, at);
  if (length > end - at - 4) throw corrupt('PAGE_CORRUPT', 'levels pass the end of their page', { length });
  const next = at + 4 + length;
  return { levels: readRuns(arena, { at: at + 4, end: next }, plan), next };
}

/**
 * Version 2: the header says where levels end and values begin, and no checksum covers it. So the runs must take all
 * their bytes, which nothing asks of version 1, where old writers left some over.
 */
function readV2(arena: Arena, span: Span, plan: LevelPlan): Uint8Array | undefined {
  const { levels, next } = readRunsOf(arena, span, plan);
  // A writer is known that stores definition levels of required columns; they say nothing, but must be levels.
  const isUnasked = plan.max === 0 && spanLength(span) > 0;
  const end = isUnasked ? readRunsOf(arena, span, { max: 1, count: plan.count }).next : next;
  if (end !== span.end) {
    throw corrupt('PAGE_CORRUPT', 'bytes follow the levels of a page', { extra: span.end - end });
  }
  return levels;
}

function readRuns(arena: Arena, span: Span, plan: LevelPlan): Uint8Array | undefined {
  return readRunsOf(arena, span, plan).levels;
}

interface LevelRuns {
  readonly levels: Uint8Array | undefined;
  /** Where the bytes after them begin. */
  readonly next: Address;
}

function readRunsOf(arena: Arena, span: Span, { max, count, maxIsAbsent }: LevelPlan): LevelRuns {
  if (max === 0) return { levels: undefined, next: span.at };
  if (max > 255) throw corrupt('UNSUPPORTED', 'levels beyond 255', { max });
  const after = maxIsAbsent === true ? endOfHighest(arena, span.at, span.end, { max, count }) : undefined;
  if (after !== undefined) return { levels: undefined, next: after };
  const width = widthOf(max);
  const hybrid = openHybrid(arena, span, { width, count, limit: max + 1, overCode: 'PAGE_CORRUPT' });
  try {
    return withBlock(arena, count * 4, (words) => {
      hybrid.read(words, count);
      const levels = Uint8Array.from(arena.view(Uint32Array, words, count));
      return { levels, next: hybrid.end() };
    });
  } finally {
    hybrid.release();
  }
}

/**
 * Most columns have no nulls, and most writers say so with one run of the highest level. Returns where that ends, and `undefined` for
 * anything else.
 */
function endOfHighest(
  { bytes }: Arena,
  at: Address,
  end: Address,
  { max, count }: { readonly max: number; readonly count: number },
): Address | undefined {
  if (max !== 1 || count === 0) return undefined;
  let head = 0;
  let from = at;
  for (let shift = 0; ; shift += 7) {
    const byte = from < end && shift < 35 ? (bytes[from++] as number) : -1;
    if (byte < 0) return undefined;
    head += (byte & 127) * 2 ** shift;
    if (byte < 128) break;
  }
  return head === count * 2 && from < end && bytes[from] === 1 ? from + 1 : undefined;
}

/** The old bit-packed levels, most significant bit first, without runs or a length. */
function readBits(
  { bytes }: Arena,
  { at, end }: Span,
  { max, count }: LevelPlan,
): { readonly levels: Uint8Array; readonly next: Address } {
  const width = widthOf(max);
  const size = Math.ceil((count * width) / 8);
  if (size > end - at) throw corrupt('PAGE_CORRUPT', 'bytes end inside bit-packed levels');
  const levels = new Uint8Array(count);
  for (let i = 0, bit = 0; i < count; i++) {
    let value = 0;
    for (let j = 0; j < width; j++, bit++) {
      value = (value << 1) | (((bytes[at + (bit >> 3)] as number) >> (7 - (bit & 7))) & 1);
    }
    if (value > max) {
      throw corrupt('PAGE_CORRUPT', 'a level is higher than the schema allows', { value, limit: max + 1 });
    }
    levels[i] = value;
  }
  return { levels, next: at + size };
}

function widthOf(max: number): number {
  return 32 - Math.clz32(max);
}

function countEqual(levels: Uint8Array, value: number): number {
  let count = 0;
  for (let i = 0; i < levels.length; i++) if (levels[i] === value) count++;
  return count;
}
