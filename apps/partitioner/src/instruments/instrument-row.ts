import type { Schema } from '@ticklake/columnar';
import type { UtcDay } from '@ticklake/core';
import { architectureDataset, type InstrumentType } from '@ticklake/market';

/** The columns that every instrument has, and the one that says until when. */
export interface InstrumentKeyColumns {
  /** Canonical. */
  readonly instrument_id: string;
  /** That of the id. */
  readonly venue: string;
  /** That of the id. */
  readonly instrument_type: InstrumentType;
  readonly available_from: UtcDay;
  /** The last day, included; null while it is listed. */
  readonly available_to: UtcDay | null;
}

/** What an instrument is, as far as a document says it. Decimals are text, as the exchange wrote them. */
export interface InstrumentTextColumns {
  readonly data_types: string | null;
  /** That of the id, as is the quote: an option that is priced in its own base has the quote of its strike here. */
  readonly base_asset: string | null;
  readonly quote_asset: string | null;
  readonly settle_asset: string | null;
  readonly exchange_raw_symbol: string | null;
  readonly tardis_symbol: string | null;
  readonly tardis_exchange: string | null;
  /** Whose document the row is from. */
  readonly data_provider: string | null;
  readonly venue_type: string | null;
  readonly asset_class: string | null;
  /** The document's own word for the kind of symbol. */
  readonly symbol_type: string | null;
  /** The document's own word for the kind of contract. */
  readonly contract_type: string | null;
  readonly strike: string | null;
  /** `CALL` or `PUT`. */
  readonly option_type: string | null;
  readonly contract_size: string | null;
  readonly tick_size: string | null;
  readonly min_size: string | null;
  readonly settlement_type: string | null;
  readonly underlying: string | null;
  readonly ccxt_symbol: string | null;
  readonly ccxt_exchange: string | null;
}

/** A row of `availableInstruments` (AP-31), by its column names. What a document does not say is null. */
export interface InstrumentRow extends InstrumentKeyColumns, InstrumentTextColumns {
  readonly inverse: boolean | null;
  /** Microseconds since 1970. Of dated contracts: a perpetual that is delisted has none. */
  readonly expiry: bigint | null;
}

/** The columns of instruments, in order. */
export const INSTRUMENT_SCHEMA: Schema = architectureDataset('available_instruments').schema;

/** All columns but the first five. */
export type InstrumentFacts = Omit<InstrumentRow, keyof InstrumentKeyColumns>;

/** An instrument of which nothing is known. */
export const NO_FACTS: InstrumentFacts = {
  ...{ data_types: null, base_asset: null, quote_asset: null, settle_asset: null, exchange_raw_symbol: null },
  ...{ tardis_symbol: null, tardis_exchange: null, data_provider: null, venue_type: null, asset_class: null },
  ...{ inverse: null, symbol_type: null, contract_type: null, strike: null, option_type: null, expiry: null },
  ...{ contract_size: null, tick_size: null, min_size: null, settlement_type: null, underlying: null },
  ...{ ccxt_symbol: null, ccxt_exchange: null },
};
