import { compactDay, type Codec, type UtcDay } from '@ticklake/core';
import type { InstrumentId } from './instrument-id.js';
import { notAnId, parseInstrumentId } from './parse-instrument-id.js';

/**
 * The canonical text of an id (AP-16): upper case, `VENUE:TYPE:SYMBOL`, the symbol as `BASE-QUOTE`, `BASE-QUOTE-YYMMDD`,
 * `BASE-QUOTE-YYMMDD-STRIKE-CALL|PUT`, or one asset. {@link parseInstrumentId} makes the same id of it.
 *
 * @throws LakeError `invalid` (`INSTRUMENT_ID`) for an id that has none: with a name in lower case, a strike with zeros that say nothing, an
 *   expiry before 2000.
 */
export function formatInstrumentId(id: InstrumentId): string {
  const text = `${id.venue}:${id.type}:${symbolOf(id)}`;
  const read = parseInstrumentId(text);
  const isSame = Object.entries(read).every(([name, value]) => id[name as keyof InstrumentId] === value);
  if (!isSame) throw notAnId(text, 'form');
  return text;
}

/**
 * Instrument ids as they stand in names: written as {@link formatInstrumentId} does, read as {@link parseInstrumentId} does. How a store
 * writes the colons is the business of its layout.
 */
export const instrumentId: Codec<InstrumentId> = {
  pattern: '[A-Za-z0-9][A-Za-z0-9_.-]*:[A-Za-z_]+:[A-Za-z0-9][A-Za-z0-9_.-]*',
  parse: parseInstrumentId,
  format: formatInstrumentId,
};

function symbolOf(id: InstrumentId): string {
  switch (id.type) {
    case 'SPOT_PAIR':
    case 'PERPETUAL':
      return `${id.base}-${id.quote}`;
    case 'FUTURE':
      return `${id.base}-${id.quote}-${shortDay(id.expiry)}`;
    case 'OPTION':
      return `${id.base}-${id.quote}-${shortDay(id.expiry)}-${id.strike}-${id.right}`;
    default:
      return id.symbol;
  }
}

/** `YYMMDD`. The century is not written, so an id of another one does not read back the same. */
function shortDay(day: UtcDay): string {
  return compactDay(day).slice(2);
}
