import { isLakeError, parseUtcDay, type UtcDay } from '@ticklake/core';

import { availabilityViews, marketViews } from '../spec-support/all-views.js';
import type { MarketPartition, ViewName, ViewScheme } from './index.js';

const STRINGS = 1_000_000;
const day = parseUtcDay('2023-05-23');

/** What has led somebody out of a directory, and what nearly is a name. */
const PIECES = [
  ...'. .. / \\ ../ ..\\ : :: C: % %2E%2E %2F %3A ~ + - _ = CON nul COM1 lpt9. AUX __proto__ {venue} $1'.split(
    ' ',
  ),
  ...'BTC USDT btc 1m ohlcv_ trades SPOT_PAIR SPOT BINANCE 2023-05-23 20230523 é É ß 币 ￼ ．'.split(' '),
  ...'| |\0|\n|\ud800|\udc00|\u202e|\u2028|__HIVE_DEFAULT_PARTITION__'.split('|'),
  'x'.repeat(90),
];

/** A stream of 32-bit numbers, always the same. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

function randomText(next: (below: number) => number): string {
  let text = '';
  for (let count = next(5); count >= 0; count--) {
    text +=
      next(3) === 0
        ? String.fromCharCode(next(4) === 0 ? next(65_536) : next(128))
        : PIECES[next(PIECES.length)];
  }
  return next(2) === 0 ? text.toUpperCase() : text;
}

/** `undefined` where the partition was refused. */
function written<P>(scheme: ViewScheme<P>, partition: P): string | undefined {
  try {
    return scheme.format(partition);
  } catch (error) {
    if (isLakeError(error, 'invalid')) return undefined;
    throw error;
  }
}

/** What is wrong with a key, without calls that would take a million times longer. */
function flawOf<P extends object>(scheme: ViewScheme<P>, partition: P, path: string): string | undefined {
  if (!path.startsWith(`${scheme.view}/`) || !path.endsWith('.parquet')) return 'its ends';
  if (/[^A-Za-z0-9._~+:=%/-]/.test(path)) return 'a character';
  for (const segment of path.split('/')) {
    if (segment.length === 0 || segment.length > 255) return 'the length of a segment';
    if (/^\.|[. ]$/.test(segment)) return 'a dot at an end';
    if (/^(con|prn|aux|nul|com\d|lpt\d)(\.|:|$)/i.test(segment)) return 'a device';
    if (/%(?:2F|5C|00|0A)/.test(segment)) return 'an escaped separator';
  }
  const read = scheme.parse(path);
  if (read === undefined) return 'not read';
  const keys = new Set([...Object.keys(read), ...Object.keys(partition)]) as Set<keyof P>;
  for (const key of keys) if (read[key] !== partition[key]) return `read as another: ${String(key)}`;
  return undefined;
}

/** Writes the `index`th text into a field of a view, in turn of all views that have it. */
interface Case {
  readonly field: string;
  readonly write: (text: string, index: number) => Finding;
}

/** The key, `undefined` where the text was refused, and what is wrong with it. */
interface Finding {
  readonly path: string | undefined;
  readonly flaw: string | undefined;
}

function caseOf<P extends object>(
  field: string,
  views: readonly { readonly scheme: ViewScheme<P> }[],
  partitionOf: (text: string, index: number) => P,
): Case {
  return {
    field,
    write(text, index) {
      const { scheme } = views[index % views.length]!;
      const partition = partitionOf(text, index);
      const path = written(scheme, partition);
      return { path, flaw: path === undefined ? undefined : flawOf(scheme, partition, path) };
    },
  };
}

const instrument = 'BINANCE:SPOT_PAIR:BTC-USDT';
const candles: MarketPartition = { day, instrument, dataType: 'ohlcv_1m', timeframe: '1m' };
/** The whole of an id, its symbol, its venue or its type; prime to the number of views. */
const ids = (text: string, index: number) =>
  [text, `OKX:OPTION:${text}`, `A:LST:X${text}`, `${text}:OPTION:X`, `A:${text}:X`][index % 5]!;
const CASES: readonly Case[] = [
  caseOf('instrument', marketViews, (text, index) => ({ ...candles, instrument: ids(text, index) })),
  caseOf('data type', marketViews, (dataType) => ({ day, instrument, dataType })),
  caseOf('timeframe', marketViews, (text) => ({ ...candles, dataType: `ohlcv_${text}`, timeframe: text })),
  caseOf('day', marketViews, (text) => ({ ...candles, day: text as UtcDay })),
  caseOf('venue', viewsBy('by_venue'), (venue) => ({ day, venue })),
  caseOf('instrument type', viewsBy('by_instrument_type'), (instrumentType) => ({ day, instrumentType })),
];

function viewsBy(view: ViewName) {
  return availabilityViews.filter(({ scheme }) => scheme.view === view);
}

// The stack of an error that is thrown a million times is of no use.
const limit = Error.stackTraceLimit;
beforeAll(() => void (Error.stackTraceLimit = 0));
afterAll(() => void (Error.stackTraceLimit = limit));

it.each(CASES)('no text whatsoever escapes the root: $field', ({ write }) => {
  const next = numbersFrom(0x5eed);
  let writtenCount = 0;
  const flaws: unknown[] = [];
  for (let index = 0; index < STRINGS; index++) {
    const text = randomText(next);
    const { path, flaw } = write(text, index);
    if (path !== undefined) writtenCount++;
    if (flaw !== undefined && flaws.length < 10) flaws.push({ text, path, flaw });
  }
  expect(flaws).toEqual([]);
  // The texts are not all nonsense: some can be written, most cannot.
  expect(writtenCount).toBeGreaterThan(0);
  expect(writtenCount).toBeLessThan(STRINGS);
});
