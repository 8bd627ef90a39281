import { INSTRUMENT_TYPES, typeName as nameOf, typeOfName as typeOf } from '@ticklake/market';
import { badName } from './bad-name.js';

/**
 * The directory of an instrument type (AP-09), as the market calls it: `spot` for `SPOT_PAIR`.
 *
 * @throws LakeError `invalid` (`NAME`) for what is no type in its canonical form.
 */
export function typeName(type: string): string {
  const known = INSTRUMENT_TYPES.find((one) => one === type);
  if (known !== undefined) return nameOf(known);
  throw badName('not an instrument type such as SPOT_PAIR', { type });
}

/** The inverse of {@link typeName}. @throws LakeError `invalid` (`NAME`) for the directory of no type. */
export function typeOfName(name: string): string {
  const type = typeOf(name);
  if (type !== undefined) return type;
  throw badName('not the directory of an instrument type', { name });
}
