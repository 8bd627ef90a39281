import { createHash } from 'node:crypto';

import type { Lanes } from './mix.js';
import { typeText, type Field } from '../schema.js';

/** Changes with every change of the algorithm, so that hashes of two versions never agree by accident. */
const VERSION = 'ticklake content hash 2';

const remembered = new WeakMap<Field, Lanes>();

/** Where a row begins before any cell is added, so that a row without columns still counts. */
export const ROW_SEED: Lanes = lanesOf(createHash('sha256').update(`${VERSION}\0row`, 'utf8').digest());

/** The seed of a row's place among all rows, which is hashed as the value of a column would be. */
export const PLACE_SEED: Lanes = lanesOf(createHash('sha256').update(`${VERSION}\0place`, 'utf8').digest());

/** The seed of a column: its name and its type's text, hence not its place, its encoding or its nullability. */
export function columnSeed(field: Field): Lanes {
  const known = remembered.get(field);
  if (known !== undefined) return known;
  const text = `${VERSION}\0${typeText(field.type)}\0${field.name}`;
  const seed = lanesOf(createHash('sha256').update(text, 'utf8').digest());
  remembered.set(field, seed);
  return seed;
}

function lanesOf(digest: Buffer): Lanes {
  return [digest.readInt32LE(0), digest.readInt32LE(4), digest.readInt32LE(8), digest.readInt32LE(12)];
}
