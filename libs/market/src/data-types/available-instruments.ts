import type { Field } from '@ticklake/columnar';
import type { UtcDay } from '@ticklake/core';
import { INSTANT, optionalText, text, type ArchitectureDataset } from './architecture-dataset.js';

/**
 * Which instruments could be traded, and what they are (AP-31). `available_from` and `available_to` are the first and the last day, both
 * included, so that an option is there on the day that it expires; `available_to` is null as long as it is listed. Sizes, ticks and strikes are
 * decimal text, so that none is rounded; `data_types` has commas between them. Everything but the first four columns may be null. The order is
 * that of an instrument map in memory: a merge of sorted files takes numbers only.
 */
export const availableInstruments: ArchitectureDataset = {
  name: 'available_instruments',
  tier: 'availability',
  schema: {
    fields: [
      ...['instrument_id', 'venue', 'instrument_type'].map(text),
      day('available_from', { nullable: false }),
      day('available_to', { nullable: true }),
      ...['data_types', 'base_asset', 'quote_asset', 'settle_asset', 'exchange_raw_symbol'].map(optionalText),
      ...['tardis_symbol', 'tardis_exchange', 'data_provider', 'venue_type', 'asset_class'].map(optionalText),
      { name: 'inverse', type: { kind: 'bool' }, nullable: true },
      ...['symbol_type', 'contract_type', 'strike', 'option_type'].map(optionalText),
      { name: 'expiry', type: INSTANT, nullable: true },
      ...['contract_size', 'tick_size', 'min_size', 'settlement_type', 'underlying'].map(optionalText),
      ...['ccxt_symbol', 'ccxt_exchange'].map(optionalText),
    ],
  },
  timeColumn: 'available_from',
  orderBy: ['available_from', 'instrument_id'],
  timeUnit: 'day',
  timeframe: undefined,
  isPassThrough: false,
  csv: undefined,
};

/** The days on which an instrument could be traded, as a row of {@link availableInstruments} tells. */
export interface Availability {
  readonly from: UtcDay;
  /** The last one, included; `undefined` while it is listed. */
  readonly to: UtcDay | undefined;
}

/** Whether an instrument could be traded on `day` (AP-31). */
export function isAvailableOn({ from, to }: Availability, day: UtcDay): boolean {
  return from <= day && (to === undefined || day <= to);
}

function day(name: string, { nullable }: { readonly nullable: boolean }): Field {
  return { name, type: { kind: 'date' }, nullable };
}
