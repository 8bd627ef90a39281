import { LakeError } from '@ticklake/core';

/** What kind of instrument it is, as `INSTRUMENT_KEY` calls it (AP-16). */
export type InstrumentType =
  | 'SPOT_PAIR'
  | 'PERPETUAL'
  | 'FUTURE'
  | 'OPTION'
  | 'SPOT_ASSET'
  | 'EQUITY'
  | 'INDEX'
  | 'LST'
  | 'A_TOKEN'
  | 'DEBT_TOKEN';

/** The name that each type has as a directory (AP-09): short for what is traded as a pair, else the type in lower case. */
const NAMES: Readonly<Record<InstrumentType, string>> = {
  SPOT_PAIR: 'spot',
  PERPETUAL: 'perpetual',
  FUTURE: 'future',
  OPTION: 'option',
  SPOT_ASSET: 'spot_asset',
  EQUITY: 'equity',
  INDEX: 'index',
  LST: 'lst',
  A_TOKEN: 'a_token',
  DEBT_TOKEN: 'debt_token',
};

/** Every type there is, the traded pairs first. */
export const INSTRUMENT_TYPES = Object.keys(NAMES) as readonly InstrumentType[];

/** How types are spelled beside their own names, in upper case (C-49). */
const ALIASES: readonly (readonly [string, InstrumentType])[] = [
  ['SPOT', 'SPOT_PAIR'],
  ['PERP', 'PERPETUAL'],
  ['FUTURES', 'FUTURE'],
  ['OPTIONS', 'OPTION'],
];

const BY_NAME: ReadonlyMap<string, InstrumentType> = new Map(
  INSTRUMENT_TYPES.map((type) => [NAMES[type], type]),
);

const BY_SPELLING: ReadonlyMap<string, InstrumentType> = new Map([
  ...INSTRUMENT_TYPES.map((type) => [type, type] as const),
  ...ALIASES,
]);

/** The name of a type in a directory such as `type-spot` (AP-09). No two types share one. */
export function typeName(type: InstrumentType): string {
  return NAMES[type];
}

/** The type whose {@link typeName} this is, to the letter; `undefined` for every other text. */
export function typeOfName(name: string): InstrumentType | undefined {
  return BY_NAME.get(name);
}

/** The type that is spelled like this, in any case: its own name, `SPOT`, `PERP`, `FUTURES` or `OPTIONS`; else `undefined`. */
export function typeOfSpelling(text: string): InstrumentType | undefined {
  // Letters of other alphabets have upper cases in ours: `ı` is no way to write an I.
  return /^[A-Za-z_]+$/.test(text) ? BY_SPELLING.get(text.toUpperCase()) : undefined;
}

/**
 * A type from any of its spellings (C-49), in any case: `Perp`, `PERPETUAL`, `spot`, `SPOT_PAIR`, `Option`.
 *
 * @throws LakeError `invalid` (`INSTRUMENT_TYPE`) for any other text.
 */
export function parseInstrumentType(text: string): InstrumentType {
  const type = typeOfSpelling(text);
  if (type !== undefined) return type;
  throw new LakeError('invalid', 'not a type of instrument', {
    code: 'INSTRUMENT_TYPE',
    details: { text: text.slice(0, 64), known: INSTRUMENT_TYPES.join(' ') },
  });
}
