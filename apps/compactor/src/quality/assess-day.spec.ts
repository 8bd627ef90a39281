import fc from 'fast-check';
import { assessDay, assessWindow } from './assess-day.js';
import { ledgerWindowSchema, type LedgerWindow } from './ledger-window.js';

type Signals = Partial<LedgerWindow['signals']>;

function windowWith(signals: Signals, isPartial = false): LedgerWindow {
  return ledgerWindowSchema.parse({ is_partial: isPartial, signals });
}

function windows(count: number, signals: Signals = {}, isPartial = false): LedgerWindow[] {
  return Array.from({ length: count }, () => windowWith(signals, isPartial));
}

const bad: Signals = { queue_pct_peak: 95 };
const degraded: Signals = { reconnects: 5 };
/** Binance without a fault, which forgives the others. */
const binanceFine: Signals = { eps_by_exchange: { binance: { min: 101 } }, queue_pct_peak: 49 };

describe('a window', () => {
  it.each<[string, string, Signals]>([
    ['GOOD', 'nothing happened', {}],
    ['BAD', 'an event was dropped', { dropped_events: 1 }],
    ['BAD', 'the queue reached 90 %', { queue_pct_peak: 90 }],
    ['GOOD', 'the queue stayed below 90 %', { queue_pct_peak: 89.9 }],
    ['BAD', 'Binance was away for more than 600 s', { offline_seconds_by_exchange: { binance: 600.5 } }],
    ['DEGRADED', 'Binance was away for 600 s', { offline_seconds_by_exchange: { binance: 600 } }],
    ['DEGRADED', 'another exchange was away all the time', { offline_seconds_by_exchange: { okx: 900 } }],
    ['DEGRADED', 'an exchange was away for more than 180 s', { offline_seconds_by_exchange: { bybit: 181 } }],
    ['GOOD', 'an exchange was away for 180 s', { offline_seconds_by_exchange: { bybit: 180 } }],
    ['DEGRADED', 'the queue was drained fast for more than 180 s', { drain_mode_accelerated_seconds: 181 }],
    ['GOOD', 'the queue was drained fast for 180 s', { drain_mode_accelerated_seconds: 180 }],
    ['DEGRADED', 'it reconnected five times', { reconnects: 5 }],
    ['GOOD', 'it reconnected four times', { reconnects: 4 }],
    ['GOOD', 'five reconnects are forgiven where Binance ran', { ...binanceFine, ...degraded }],
    ['DEGRADED', 'not with the queue at 50 %', { ...binanceFine, ...degraded, queue_pct_peak: 50 }],
    [
      'DEGRADED',
      'not with 100 events a second',
      { ...binanceFine, ...degraded, eps_by_exchange: { binance: { min: 100 } } },
    ],
    [
      'DEGRADED',
      'not with Binance away for a second',
      { ...binanceFine, ...degraded, offline_seconds_by_exchange: { binance: 1 } },
    ],
    ['BAD', 'and a dropped event is never forgiven', { ...binanceFine, dropped_events: 1 }],
  ])('is %s when %s', (grade, _why, signals) => {
    expect(assessWindow(windowWith(signals))).toBe(grade);
  });

  it('is what its signals say, whatever the collector thought', () => {
    const window = ledgerWindowSchema.parse({ quality: 'BAD', signals: {} });
    expect(assessWindow(window)).toBe('GOOD');
  });

  it('that is bad never meets the rule that would soften it', () => {
    const seconds = fc.record({ binance: fc.nat({ max: 900 }), okx: fc.nat({ max: 900 }) });
    const signals = fc.record({
      offline_seconds_by_exchange: seconds,
      dropped_events: fc.nat({ max: 2 }),
      queue_pct_peak: fc.nat({ max: 100 }),
    });
    fc.assert(
      fc.property(signals, (some) => {
        const { binance, okx } = some.offline_seconds_by_exchange;
        const softens = some.dropped_events === 0 && Math.max(binance, okx) < 300 && some.queue_pct_peak < 90;
        expect(softens && assessWindow(windowWith(some)) === 'BAD').toBe(false);
      }),
    );
  });
});

describe('a day', () => {
  it.each<[string, string, LedgerWindow[]]>([
    ['UNKNOWN', 'there is no window', []],
    ['GOOD', 'all are good', windows(96)],
    ['GOOD', 'there are few, none cut short', windows(3)],
    ['BAD', 'three are bad', [...windows(93), ...windows(3, bad)]],
    ['DEGRADED', 'two are bad', [...windows(94), ...windows(2, bad)]],
    ['DEGRADED', 'one is bad', [...windows(95), ...windows(1, bad)]],
    ['BAD', 'more than 100,000 events were dropped', windows(1, { dropped_events: 100_001 })],
    ['DEGRADED', 'just 100,000 were', windows(1, { dropped_events: 100_000 })],
    ['DEGRADED', 'ten are degraded', [...windows(86), ...windows(10, degraded)]],
    ['GOOD', 'nine are degraded', [...windows(87), ...windows(9, degraded)]],
    [
      'BAD',
      'Binance was away for more than an hour',
      windows(21, { offline_seconds_by_exchange: { binance: 172 } }),
    ],
    ['DEGRADED', 'for an hour', windows(20, { offline_seconds_by_exchange: { binance: 180 } })],
    [
      'DEGRADED',
      'for more than a quarter of one',
      windows(6, { offline_seconds_by_exchange: { binance: 151 } }),
    ],
    ['GOOD', 'for just a quarter of one', windows(5, { offline_seconds_by_exchange: { binance: 180 } })],
    ['PARTIAL', 'one was cut short and 79 were not', [...windows(79), ...windows(1, {}, true)]],
    ['GOOD', 'one was cut short and 80 were not', [...windows(80), ...windows(1, {}, true)]],
    [
      'PARTIAL',
      'one was cut short, even where others are bad',
      [...windows(9, bad), ...windows(1, {}, true)],
    ],
    ['GOOD', 'only those cut short were bad', [...windows(80), ...windows(16, bad, true)]],
  ])('is %s when %s', (grade, _why, day) => {
    expect(assessDay(day).grade).toBe(grade);
  });

  it('counts its windows', () => {
    const day = [...windows(80), ...windows(2, degraded), ...windows(1, { dropped_events: 7 })];
    day.push(...windows(3, { dropped_events: 50 }, true));
    expect(assessDay(day)).toEqual({
      grade: 'DEGRADED',
      windows: 86,
      good: 80,
      degraded: 2,
      bad: 1,
      partial: 3,
      droppedEvents: 7,
      binanceOfflineSeconds: 0,
    });
  });
});
