import { withBlock, type Arena, type BytesColumnBuffer, type FixedColumnBuffer } from '@ticklake/columnar';
import type { Address } from '@ticklake/kernels';
import type { BytesPage } from './bytes-page.js';

/** Some rows of a page: how many there are, and which of them have a value. */
export interface Rows {
  readonly count: number;
  readonly present: number;
  /** A byte a row, 1 = present; 0 when all are. */
  readonly validity: Address;
}

/** What {@link putFixedRows} does with present values. */
export interface FixedValues {
  /** Puts them to the place it is given. */
  read(to: Address): void;
  /** Is shown where they stand without their nulls. */
  check(at: Address): void;
}

/** Appends fixed-width rows. */
export function putFixedRows(
  arena: Arena,
  buffer: FixedColumnBuffer,
  { count, present, validity }: Rows,
  values: FixedValues,
): void {
  const { width } = buffer;
  if (validity === 0) {
    const at = buffer.valuesRoom(count);
    values.read(at);
    buffer.putValues(count, 0);
    return values.check(at);
  }
  withBlock(arena, present * width, (at) => {
    values.read(at);
    values.check(at);
    const to = buffer.valuesRoom(count);
    if (width === 8) arena.kernels.spread64(at, validity, count, to);
    else if (width === 4) arena.kernels.spread32(at, validity, count, to);
    else spreadNarrow(arena, { at, validity, count, width, to });
    buffer.putValues(count, validity);
  });
}

/** Codes of present rows, in place, to their rows; a null's code is 0. */
export function spreadCodes(arena: Arena, codes: Address, { count, present, validity }: Rows): void {
  withBlock(arena, present * 4, (dense) => {
    arena.move(codes, dense, present * 4);
    arena.kernels.spread32(dense, validity, count, codes);
  });
}

/** Appends byte strings: the present ones are values `first`, `first + 1`, … of `page`. */
export function putBytesRows(
  arena: Arena,
  buffer: BytesColumnBuffer,
  { count, present, validity }: Rows,
  { page, first }: { readonly page: BytesPage; readonly first: number },
): void {
  const offsets = arena.view(Uint32Array, page.offsets + first * 4, present + 1);
  const start = offsets[0] as number;
  const size = (offsets[present] as number) - start;
  const base = buffer.sizeBytes;
  const { ends, data } = buffer.bytesRoom(count, size);
  arena.move(page.data + start, data, size);
  if (validity === 0) arena.move(page.offsets + (first + 1) * 4, ends, present * 4);
  else spreadEnds(arena, { offsets: page.offsets + first * 4, validity, count, ends });
  arena.kernels.shift32(ends, count, base - start);
  buffer.putBytes(count, validity);
}

/** A null ends where it begins. */
function spreadEnds(
  arena: Arena,
  place: {
    readonly offsets: Address;
    readonly validity: Address;
    readonly count: number;
    readonly ends: Address;
  },
): void {
  const { count } = place;
  const isPresent = arena.view(Uint8Array, place.validity, count);
  const offsets = new Uint32Array(arena.bytes.buffer, place.offsets);
  const ends = arena.view(Uint32Array, place.ends, count);
  for (let row = 0, value = 0; row < count; row++) {
    value += isPresent[row] as number;
    ends[row] = offsets[value] as number;
  }
}

function spreadNarrow(
  { bytes }: Arena,
  place: {
    readonly at: Address;
    readonly validity: Address;
    readonly count: number;
    readonly width: number;
    readonly to: Address;
  },
): void {
  const { validity, count, width, to } = place;
  let from = place.at;
  for (let row = 0; row < count; row++) {
    if (bytes[validity + row] === 0) bytes.fill(0, to + row * width, to + (row + 1) * width);
    else {
      bytes.copyWithin(to + row * width, from, from + width);
      from += width;
    }
  }
}
