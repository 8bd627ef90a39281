import { withBlock, type Arena } from '@ticklake/columnar';
import { corrupt } from '../format/corrupt.js';
import type { BytesTarget } from './bytes-page.js';
import { readDelta } from './delta-reader.js';
import type { Span } from './span.js';

/**
 * Byte arrays that repeat the front of the one before. A page can expand without bound, so `sizeMax` holds it.
 *
 * @throws LakeError `corrupt` (`PAGE_CORRUPT`, `LIMIT`).
 */
export function readDeltaBytes(
  arena: Arena,
  span: Span,
  {
    count,
    sizeMax,
    target,
  }: { readonly count: number; readonly sizeMax: number; readonly target: BytesTarget },
): void {
  withBlock(arena, count * 8, (lengths) => {
    const middle = readDelta(arena, span, { count, to: lengths });
    const from = readDelta(arena, { at: middle, end: span.end }, { count, to: lengths + count * 4 });
    const prefixes = arena.view(Int32Array, lengths, count);
    const suffixes = arena.view(Int32Array, lengths + count * 4, count);
    const ends = arena.view(Uint32Array, target.offsets + 4, count);
    measure({ prefixes, suffixes, ends, sizeMax });
    const to = target.room(ends[count - 1] ?? 0);
    assemble(arena, { prefixes, suffixes, ends, from, end: span.end, to });
  });
}

interface Lengths {
  readonly prefixes: Int32Array;
  readonly suffixes: Int32Array;
  readonly ends: Uint32Array;
}

function measure({ prefixes, suffixes, ends, sizeMax }: Lengths & { readonly sizeMax: number }): void {
  let size = 0;
  let before = 0;
  for (let i = 0; i < ends.length; i++) {
    const prefix = prefixes[i] as number;
    const suffix = suffixes[i] as number;
    if (prefix < 0 || prefix > before || suffix < 0) {
      throw corrupt('PAGE_CORRUPT', 'a value repeats more than there is', { prefix, suffix, before });
    }
    before = prefix + suffix;
    size += before;
    if (size > sizeMax) throw corrupt('LIMIT', 'a page expands too much', { value: size, max: sizeMax });
    ends[i] = size;
  }
}

function assemble(
  arena: Arena,
  work: Lengths & { readonly from: number; readonly end: number; readonly to: number },
): void {
  const { prefixes, suffixes, ends, end, to } = work;
  let { from } = work;
  let before = 0;
  let at = 0;
  for (let i = 0; i < ends.length; i++) {
    const prefix = prefixes[i] as number;
    const suffix = suffixes[i] as number;
    if (suffix > end - from) throw corrupt('PAGE_CORRUPT', 'a value passes the end of its page', { suffix });
    arena.move(to + before, to + at, prefix);
    arena.move(from, to + at + prefix, suffix);
    from += suffix;
    before = at;
    at = ends[i] as number;
  }
  if (from !== end) throw corrupt('PAGE_CORRUPT', 'bytes follow the values of a page', { extra: end - from });
}
