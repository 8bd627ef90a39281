import type { InstrumentId } from '@ticklake/market';
import type { z } from 'zod';
import type { InstrumentFacts } from './instrument-row.js';

/** An instrument of a document, before it is known which id it has and on which days it is there. Instants are microseconds since 1970. */
export interface Listing {
  /** As Tardis calls it: with the symbol it tells the id that ticks have. */
  readonly exchange: string;
  readonly symbol: string;
  readonly type: Extract<InstrumentId, { readonly base: string }>['type'];
  /** What the document says of the pair, to hold against what the symbol says; `undefined` where it does not, or means something else by it. */
  readonly pair: { readonly base: string; readonly quote: string } | undefined;
  /** The id where the symbol does not tell one; `undefined` where it would not be the instrument's own. */
  readonly id: InstrumentId | undefined;
  /** Of its listing, launch or creation. */
  readonly start: bigint | undefined;
  /** The last instant: of expiry, delivery or delisting. */
  readonly end: bigint | undefined;
  /** Whether the document says that it is no longer, or not yet, listed. A halt is no end. */
  readonly isClosed: boolean;
  readonly facts: Partial<InstrumentFacts>;
}

/** An instrument that is no row, and why. */
export interface LeftOut {
  readonly symbol: string;
  readonly reason: string;
}

/** A document whose shape is known. */
export interface ListedDocument {
  /** Which exchange and market, e.g. `bybit-linear`. */
  readonly source: string;
  /** What the exchange answered instead of instruments. */
  readonly refusal: string | undefined;
  /** When the document was taken, as it says itself: microseconds since 1970. */
  readonly taken: bigint | undefined;
  readonly instruments: readonly unknown[];
  /** Of one instrument: its schema and what is made of it. */
  readonly listing: z.ZodType<Listing | LeftOut>;
}

/** Tells whether a document is of one exchange by its shape; `undefined` where it is not. */
export type DocumentShape = (document: unknown) => ListedDocument | undefined;

/** From here on an end is a word for none: Binance writes the year 2100 and Deribit the year 3000 for what has no end. */
const NO_END = BigInt(Date.UTC(2100, 0)) * 1000n;

/** The end of what need not have one. */
export function realEnd(end: bigint | undefined): bigint | undefined {
  return end !== undefined && end < NO_END ? end : undefined;
}

/** Whether it is an object with these keys. */
export function hasKeys<K extends string>(
  value: unknown,
  ...keys: readonly K[]
): value is Readonly<Record<K, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return keys.every((key) => Object.hasOwn(value, key));
}

/** A word or number of a message, as text; empty where it is missing or neither. */
export function textAt(value: object, key: string): string {
  const found: unknown = hasKeys(value, key) ? value[key] : undefined;
  return typeof found === 'string' || typeof found === 'number' ? String(found) : '';
}
