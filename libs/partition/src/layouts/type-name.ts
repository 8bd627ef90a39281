import { badName } from './bad-name.js';

/** The types whose directory is not their name in lower case. */
const NAMES: Readonly<Record<string, string>> = { SPOT_PAIR: 'spot' };
const TYPES = new Map(Object.entries(NAMES).map(([type, name]) => [name, type]));
const TYPE = /^[A-Z][A-Z0-9_]{0,31}$/;

/**
 * The directory of an instrument type (AP-09): `spot` for `SPOT_PAIR`, any other in lower case (`PERPETUAL` is
 * `perpetual`).
 *
 * @throws LakeError `invalid` (`NAME`) for what is no type in upper case, and for `SPOT`, whose directory is taken.
 */
export function typeName(type: string): string {
  const name = Object.hasOwn(NAMES, type) ? NAMES[type] : type.toLowerCase();
  if (name !== undefined && TYPE.test(type) && typeOfName(name) === type) return name;
  throw badName('not an instrument type such as SPOT_PAIR', { type });
}

/** The inverse of {@link typeName}. */
export function typeOfName(name: string): string {
  return TYPES.get(name) ?? name.toUpperCase();
}
