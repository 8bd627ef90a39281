import { isLakeError, LakeError, type UtcDay } from '@ticklake/core';
import { formatInstrumentId, instrumentOfSymbol, type InstrumentId } from '@ticklake/market';
import { NO_FACTS, type InstrumentRow } from './instrument-row.js';
import { dayTaken, listedDays } from './listed-days.js';
import type { LeftOut, ListedDocument, Listing } from './listing.js';
import { DOCUMENT_SHAPES } from './sources/index.js';

/** What a document of instruments holds. */
export interface InstrumentDocument {
  /** In the order of the document. */
  readonly instruments: readonly InstrumentRow[];
  /**
   * What is not among them: combinations, aliases, contracts that have no id of their own, and what is gone without a date of its listing.
   * Nothing else is.
   */
  readonly leftOut: readonly LeftOut[];
  /** Which exchange and market, e.g. `binance-spot`, `bybit-linear`, `okx`, `deribit`, `tardis`. */
  readonly source: string;
}

/** Where a document is from. */
export interface InstrumentOrigin {
  /** For messages. */
  readonly file: string;
  /** On which it was taken, where that is known: instruments that do not say when they were listed are there from this day on. */
  readonly day: UtcDay | undefined;
}

/**
 * The instruments of a JSON document of an exchange, or of Tardis, told by its shape (AP-13, AP-31). Ids are those that `instrumentOfSymbol`
 * gives to ticks; where a symbol does not tell, the document does. Times are exact, decimals are as they are written.
 *
 * @throws LakeError `corrupt` (`INSTRUMENTS`) for a document of no known shape, and for an instrument that is not as its exchange describes
 *   it: its details have `file`, `index` and `reason`; (`EXCHANGE_ERROR`) where the exchange answered with an error; `invalid` (`DATE`) where
 *   the day on which it was taken is needed, and neither given nor in the document.
 */
export function readInstruments(document: unknown, { file, day }: InstrumentOrigin): InstrumentDocument {
  const listed = openDocument(document, file);
  const taken = () => dayTaken(day, listed.taken, file);
  const instruments: InstrumentRow[] = [];
  const leftOut: LeftOut[] = [];
  for (const [index, instrument] of listed.instruments.entries()) {
    const parsed = listed.listing.safeParse(instrument);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const path = issue?.path.join('.') ?? '';
      const reason = [path, issue?.message].filter((text) => text !== '').join(': ');
      throw malformed({ file, source: listed.source, index, reason });
    }
    const one = parsed.data;
    if ('reason' in one) {
      leftOut.push(one);
      continue;
    }
    const row = rowOf(one, taken);
    if ('reason' in row) leftOut.push(row);
    else if (row.available_to !== null && row.available_to < row.available_from) {
      const reason = `it ends on ${row.available_to}, before it begins on ${row.available_from}`;
      throw malformed({ file, source: listed.source, index, reason });
    } else instruments.push(row);
  }
  return { instruments, leftOut, source: listed.source };
}

function openDocument(document: unknown, file: string): ListedDocument {
  for (const shape of DOCUMENT_SHAPES) {
    const listed = shape(document);
    if (listed === undefined) continue;
    const { source, refusal } = listed;
    if (refusal === undefined) return listed;
    throw new LakeError('corrupt', 'the exchange answered with an error instead of instruments', {
      code: 'EXCHANGE_ERROR',
      details: { file, source, reason: refusal },
    });
  }
  throw new LakeError('corrupt', 'not a document of instruments whose shape is known', {
    code: 'INSTRUMENTS',
    details: { file },
  });
}

function malformed(details: Readonly<Record<string, unknown>>): LakeError {
  return new LakeError('corrupt', 'an instrument is not as its exchange describes it', {
    code: 'INSTRUMENTS',
    details,
  });
}

function rowOf(listing: Listing, taken: () => UtcDay): InstrumentRow | LeftOut {
  const { symbol, facts } = listing;
  const id = idOf(listing);
  if (typeof id === 'string') return { symbol, reason: id };
  const text = textOf(id);
  if (text === undefined) return { symbol, reason: 'its names are none that an instrument id can have' };
  const days = listedDays(listing, id, taken);
  if (typeof days === 'string') return { symbol, reason: days };
  return {
    ...{ instrument_id: text, venue: id.venue, instrument_type: id.type },
    ...{ available_from: days.from, available_to: days.to },
    ...NO_FACTS,
    ...('base' in id ? { base_asset: id.base, quote_asset: id.quote } : {}),
    exchange_raw_symbol: symbol,
    ...facts,
    ...(id.type === 'OPTION' ? { strike: facts.strike ?? id.strike, option_type: id.right } : {}),
  };
}

/** The id, or why there is none. */
function idOf({ exchange, symbol, type, pair, id }: Listing): InstrumentId | string {
  const told = instrumentOfSymbol(exchange, symbol);
  if (told === undefined) return id ?? 'its symbol does not tell which instrument it is';
  const isSamePair =
    pair === undefined ||
    ('base' in told && told.base === pair.base.toUpperCase() && told.quote === pair.quote.toUpperCase());
  return told.type === type && isSamePair ? told : `its symbol means ${formatInstrumentId(told)}`;
}

function textOf(id: InstrumentId): string | undefined {
  try {
    return formatInstrumentId(id);
  } catch (error) {
    if (isLakeError(error, 'invalid')) return undefined;
    throw error;
  }
}
