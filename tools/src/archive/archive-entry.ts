import type { Random } from '../spool/random.js';
import { instants } from './instants.js';
import { float, PythonFloat, type PythonValue } from './python-json.js';
import { sentimentMeta, sentimentWindows } from './sentiment.js';

/** What one archived entry is made from. */
export interface EntrySeed {
  readonly random: Random;
  /** A base asset: `AAVE`, not `AAVEUSDT`. */
  readonly symbol: string;
  /** When it was admitted, in microseconds since 1970; it is archived some two hours later. */
  readonly addedAtUs: number;
  /** How many `spot_prices` it has. */
  readonly sampleCount: number;
  /** Since the middle of January 2026 entries have futures, and more flags. */
  readonly era: 'early' | 'late';
}

type Members = Record<string, PythonValue>;

const HOUR_US = 3_600_000_000;

/** One entry of schema version 7: 14 blocks, two of them always empty. */
export function archiveEntry(seed: EntrySeed): PythonValue {
  const { random, symbol, addedAtUs } = seed;
  const price = 10 ** (random.next() * 10 - 5.3);
  const sentiment = { random, symbol, capturedAtUs: addedAtUs + random.below(60_000_000) };
  return {
    symbol,
    snapshot_ts: instants.millisZ(addedAtUs - 1000),
    meta: meta(seed),
    spot_raw: spotRaw(random, price),
    futures_raw: seed.era === 'early' || random.below(20) === 0 ? null : futuresRaw(seed),
    derived: scored(random, DERIVED, { depth_skew: new PythonFloat(0) }),
    norm: {},
    scores: scored(random, SCORES, { compression_score: new PythonFloat(50) }),
    flags: flags(seed),
    diag: diag(seed),
    labels: {},
    twitter_sentiment_windows: sentimentWindows(sentiment),
    twitter_sentiment_meta: sentimentMeta(sentiment),
    spot_prices: spotPrices(seed, price),
  };
}

function meta({ random, addedAtUs, sampleCount }: EntrySeed): Members {
  // One in forty runs longer than a cycle should.
  const seconds = random.below(40) === 0 ? 9000 + random.next() * 900 : 7203 + random.next() * 593;
  const snapshot = instants.millisZ(addedAtUs - 1000);
  return {
    schema_version: 7,
    source: 'spot+usdsm-futures',
    universe_page: 0,
    universe_page_size: 40,
    normalization_version: 'v1',
    scoring_version: 'v2',
    pairbonus_version: 'v0',
    futures_api_base: 'fapi.binance.com',
    universe_snapshot_id: 'BOOTSTRAP',
    universe_snapshot_ts: snapshot,
    universe_snapshot_lag_sec: new PythonFloat(0),
    added_ts: instants.microsZ(addedAtUs),
    expires_ts: instants.microsZ(addedAtUs + 2 * HOUR_US),
    session_id: uuid(random),
    sample_count: sampleCount,
    last_sample_ts: instants.microsOffset(addedAtUs + 2 * HOUR_US - 4_000_000),
    expired_ts: instants.microsOffset(addedAtUs + Math.floor(seconds * 1e6)),
    duration_sec: float(seconds),
    total_samples: sampleCount,
    archive_schema_version: 7,
  };
}

const DERIVED = [
  'depth_spread_bps',
  'depth_weighted',
  'depth_imbalance',
  'depth_skew',
  'flow',
  'liq_global_pct',
  'liq_self_pct',
  'spread_pct',
  'spread_bps',
];
const SCORES = [
  'final',
  'mom',
  'vol',
  'str',
  'liq',
  'spread',
  'taker',
  'spread_eff_score',
  'liq_eff_score',
  'flow',
  'depth',
  'microstruct',
  'compression_score',
];

function scored(random: Random, names: readonly string[], fixed: Members): Members {
  const values = names.map((name) => [name, float(random.next() * 100, 4)] as const);
  return { ...Object.fromEntries(values), ...fixed };
}

function spotRaw(random: Random, price: number): Members {
  const quote = () => float(random.next() * 1e6, 2);
  return {
    ...quoted(price, random),
    last: float(price, 10),
    range_pct_24h: float(random.next() * 20, 4),
    ticker24_chg: float(random.next() * 20 - 10, 3),
    taker_buy_ratio_5m: new PythonFloat(0.5),
    depth_5bps_quote: quote(),
    depth_10bps_quote: quote(),
    depth_25bps_quote: quote(),
    depth_bid_qty_quote: quote(),
    depth_ask_qty_quote: quote(),
    obi_5: float(random.next() * 2 - 1),
    micro_premium_pct: float(random.next() / 1e5, 12),
    avg_impact_pct: new PythonFloat(0),
    spread_eff_raw: float(random.next()),
    liq_eff_raw: float(random.next()),
    liq_qv_usd: quote(),
  };
}

function quoted(mid: number, random: Random): Members {
  const half = mid * (0.00005 + random.next() * 0.0004);
  return {
    mid: float(mid, 10),
    bid: float(mid - half, 10),
    ask: float(mid + half, 10),
    spread_bps: float(((2 * half) / mid) * 1e4, 4),
  };
}

function futuresRaw({ random, symbol, addedAtUs }: EntrySeed): Members {
  return {
    contract: `${symbol}USDT`,
    last_updated_ts: instants.microsZ(addedAtUs - random.below(60_000_000)),
    age_sec: random.below(60),
    funding_now: float(random.next() / 1e4, 8),
    funding_24h_mean: float(random.next() / 1e4, 8),
    open_interest: float(random.next() * 1e8, 1),
    open_interest_1h_delta_pct: float(random.next() * 4 - 2, 4),
    basis_now_bps: float(random.next() * 9 - 4, 3),
    top_long_short_accounts_1h: float(random.next() * 4, 4),
    top_long_short_positions_1h: random.below(9) === 0 ? null : float(random.next() * 4, 4),
  };
}

function flags({ random, era }: EntrySeed): Members {
  const either = () => random.below(2) === 0;
  const early: Members = {
    spot_data_ok: true,
    futures_data_ok: era === 'late',
    futures_stale: either(),
    compression_enabled: false,
    mom_fallback: either(),
    vol_fallback: either(),
    spread_fallback: either(),
    // A float among flags.
    pair_bonus_applied: new PythonFloat(0),
  };
  if (era === 'early') return early;
  return {
    ...early,
    twitter_data_ok: either(),
    futures_contract_exists: either(),
    futures_contract_check_failed: either(),
  };
}

function diag({ random, era, addedAtUs }: EntrySeed): Members {
  const early: Members = { builder_version: 'v1.0', build_duration_ms: float(random.next() * 900, 3) };
  if (era === 'early') return early;
  return {
    ...early,
    admission_validated: true,
    admission_validation_ts: instants.microsBoth(addedAtUs - 250_000),
    ...(random.below(8) === 0 ? { backfill_normalized: true } : {}),
  };
}

function spotPrices({ random, addedAtUs, sampleCount }: EntrySeed, price: number): PythonValue {
  const samples: PythonValue[] = [];
  let mid = price;
  let us = addedAtUs;
  for (let i = 0; i < sampleCount; i++) {
    us += 8_000_000 + random.below(4_000_000);
    mid *= 1 + (random.next() - 0.5) / 1000;
    samples.push({ ts: instants.microsOffset(us), ...quoted(mid, random) });
  }
  return samples;
}

function uuid(random: Random): string {
  const hex = (digits: number) =>
    Array.from({ length: digits }, () => random.below(16).toString(16)).join('');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${'89ab'[random.below(4)] as string}${hex(3)}-${hex(12)}`;
}
