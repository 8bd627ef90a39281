import { assert } from '@ticklake/core';
import type { Address } from '@ticklake/kernels';
import type { Arena } from '../arena/arena.js';

/** Codes that came from outside. */
export interface OutsideCodes {
  readonly at: Address;
  readonly count: number;
  /** How many entries their dictionary has. */
  readonly limit: number;
  readonly validity: Address;
}

/** Every code of a row that is not null must have an entry; those of others, which may be anything, become 0. */
export function checkCodes(arena: Arena, { at, count, limit, validity }: OutsideCodes): void {
  const codes = arena.view(Uint32Array, at, count);
  const present = validity === 0 ? undefined : arena.view(Uint8Array, validity, count);
  for (let i = 0; i < count; i++) {
    if (present !== undefined && present[i] === 0) codes[i] = 0;
    else assert((codes[i] as number) < limit, 'a code is within its dictionary');
  }
}
