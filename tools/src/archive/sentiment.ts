import type { Random } from '../spool/random.js';
import { instants } from './instants.js';
import { float, type PythonValue } from './python-json.js';

type Members = Record<string, PythonValue>;

/** About so many windows are of a cycle in which nobody wrote. */
const SILENT_SHARE = 0.27;

const TERMS = ['moon', 'dip', 'breakout', 'läuft', '買い', 'listing', 'rug', 'to the 🌙', 'a"b', 'c\\d'];
const NAMES = ['alpha', 'whale_watch', 'degen42', 'toString', 'constructor', 'news.desk', 'Ω', 'bot-7'];
const DOMAINS = ['x.com', 'youtu.be', 't.me', 'binance.com', 'medium.com', 'example.org'];

/** What the sentiment blocks of an entry are made from. */
export interface SentimentSeed {
  readonly random: Random;
  readonly symbol: string;
  /** Microseconds since 1970. */
  readonly capturedAtUs: number;
}

/** `twitter_sentiment_windows`: the last cycle, and the last two, which has other fields. */
export function sentimentWindows(seed: SentimentSeed): PythonValue {
  const { random, capturedAtUs } = seed;
  const last = sentimentWindow(seed, random.next() < SILENT_SHARE);
  const both = sentimentWindow(seed, random.next() < SILENT_SHARE / 3);
  return {
    last_cycle: last,
    last_2_cycles: {
      ...both,
      platform_engagement: viewedEngagement(random),
      author_stats: isEmpty(both['author_stats']) ? {} : fewAuthorStats(random),
      window_cycles: 2,
      from_cycle_id: cycleId(capturedAtUs - 4 * HOUR_US),
      to_cycle_id: cycleId(capturedAtUs),
      cycle_start_utc: instants.secondsZ(capturedAtUs - 4 * HOUR_US),
      cycle_end_utc: instants.secondsZ(capturedAtUs),
    },
  };
}

/** `twitter_sentiment_meta`. */
export function sentimentMeta({ random, symbol, capturedAtUs }: SentimentSeed): PythonValue {
  return {
    source: 'twscrape_snapshot',
    captured_at_utc: instants.microsOffset(capturedAtUs),
    bucket_meta: {
      platform: 'twitter',
      coin: `${symbol}USDC`,
      asset_unified_id: symbol.toLowerCase(),
      date: instants.secondsZ(capturedAtUs).slice(0, 10),
      bucket_span: 'cycle',
      cycle_id: cycleId(capturedAtUs),
      cycle_start_utc: instants.secondsZ(capturedAtUs - 2 * HOUR_US),
      cycle_end_utc: instants.secondsZ(capturedAtUs),
      created_at_utc: instants.secondsZ(capturedAtUs + 60_000_000),
      scraper_version: '1.4',
      sentiment_model_version: 'v2',
      lexicon_version: 'lex-3',
      platform_cycle_id: `twitter-${cycleId(capturedAtUs)}`,
      is_silent: random.next() < SILENT_SHARE,
    },
    key_used: symbol,
  };
}

const HOUR_US = 3_600_000_000;

function cycleId(us: number): string {
  return `cycle_${instants.secondsZ(us).slice(0, 13).replaceAll(/[-T]/g, '')}`;
}

function sentimentWindow(seed: SentimentSeed, silent: boolean): Members {
  const { random } = seed;
  const posts = silent ? 0 : 1 + random.below(60);
  const positive = random.below(posts + 1);
  const negative = random.below(posts - positive + 1);
  const score = () => float(random.next() * 2 - 1);
  const orNull = (value: PythonValue) => (silent ? null : value);
  return {
    posts_total: posts,
    posts_pos: positive,
    posts_neu: posts - positive - negative,
    posts_neg: negative,
    lexicon_sentiment: { scale: '-1 to 1', score: orNull(score()) },
    category_counts: silent ? {} : counts(random, CATEGORIES),
    top_terms: silent ? {} : dynamic(random, TERMS, 6),
    platform_engagement: silent ? viewedEngagement(random) : activeEngagement(random),
    tag_counts: dynamic(
      random,
      TERMS.map((term) => `#${term}`),
      silent ? 0 : 40,
    ),
    cashtag_counts: dynamic(random, [`$${seed.symbol}`, '$BTC', '$eth'], silent ? 0 : 3),
    mention_counts: dynamic(
      random,
      NAMES.map((name) => `@${name}`),
      silent ? 0 : 40,
    ),
    url_domain_counts: dynamic(random, DOMAINS, silent ? 0 : 16),
    media_count: silent ? 0 : random.below(9),
    author_stats: silent ? {} : authorStats(random),
    content_stats: silent ? {} : counts(random, CONTENT_STATS),
    sentiment_activity: silent ? silentActivity(random) : liveActivity(seed, posts),
    bucket_status: silent ? 'silent' : posts < 5 ? 'insufficient_data' : 'ok',
    bucket_has_valid_sentiment: posts >= 5,
    bucket_min_posts_for_score: 5,
    ai_sentiment: {
      scoring_system: 'hybrid',
      primary_model: 'distilroberta',
      referee_model: 'deberta',
      posts_scored: posts,
      posts_pos: positive,
      posts_neu: posts - positive - negative,
      posts_neg: negative,
      prob_mean: orNull(float(random.next())),
      prob_std: orNull(float(random.next())),
      prob_min: orNull(float(random.next())),
      prob_max: orNull(float(random.next())),
      // A whole mean comes as an integer.
      label_3class_mean: orNull(random.below(3) === 0 ? random.below(3) - 1 : score()),
    },
    hybrid_decision_stats: silent ? {} : hybridDecisions(random, posts),
  };
}

const CATEGORIES = [
  'positive_general',
  'negative_general',
  'pump_hype',
  'fud_fear',
  'meme_slang',
  'scam_rug',
  'emoji_pos',
  'emoji_neg',
];
const CONTENT_STATS = [
  'len_chars_min',
  'len_chars_max',
  'len_chars_sum',
  'with_media',
  'with_urls',
  'with_mentions',
  'with_hashtags',
];

function counts(random: Random, names: readonly string[]): Members {
  return Object.fromEntries(names.map((name) => [name, random.below(30)]));
}

/** Up to `most` of the names, each with a count: which keys there are differs from entry to entry. */
function dynamic(random: Random, names: readonly string[], most: number): Members {
  const members: Members = {};
  for (let i = random.below(most + 1); i > 0; i--) {
    const name = names[random.below(names.length)] as string;
    members[most > names.length ? `${name}${random.below(50)}` : name] = 1 + random.below(500);
  }
  return members;
}

function activeEngagement(random: Random): Members {
  const totals = counts(random, ['likes', 'retweets', 'replies', 'quotes', 'bookmarks']);
  const named = Object.entries(totals).map(([name, count]) => [`total_${name}`, count] as const);
  return { ...Object.fromEntries(named), total_impressions: null };
}

function viewedEngagement(random: Random): Members {
  const names = ['likes', 'retweets', 'replies', 'views'];
  return {
    ...Object.fromEntries(names.map((name) => [`total_${name}`, random.below(900)])),
    ...Object.fromEntries(names.map((name) => [`avg_${name}`, float(random.next() * 90, 2)])),
  };
}

function authorStats(random: Random): Members {
  return {
    distinct_authors_total: 1 + random.below(40),
    distinct_authors_verified: random.below(10),
    distinct_authors_blue: random.below(10),
    followers_count_sum: random.below(2_000_000),
    // An integer or a float, as it came out.
    followers_count_mean: random.below(2) === 0 ? random.below(90_000) : float(random.next() * 90_000, 2),
    followers_count_median: float(random.below(9000) / 2, 1),
    followers_count_max: random.below(1_000_000),
  };
}

function fewAuthorStats(random: Random): Members {
  const present = random.below(4) > 0;
  return {
    distinct_authors_total: random.below(40),
    followers_count_mean: present ? float(random.next() * 90_000, 2) : null,
    followers_count_median: present ? float(random.below(9000) / 2, 1) : null,
    followers_count_max: random.below(1_000_000),
  };
}

function liveActivity({ random, capturedAtUs }: SentimentSeed, posts: number): Members {
  return {
    recent_posts_count: posts,
    has_recent_activity: true,
    is_silent: false,
    latest_tweet_at: instants.microsOffset(capturedAtUs - random.below(3_600_000_000)),
    hours_since_latest_tweet: float(random.next() * 2, 2),
    config: { recent_horizon_hours: 24, min_recent_posts_for_activity: 5, silence_threshold_hours: 24 },
  };
}

function silentActivity(random: Random): Members {
  return {
    recent_posts_count: 0,
    recent_posts_1h: 0,
    recent_posts_4h: 0,
    recent_posts_24h: random.below(3),
    hours_since: random.below(2) === 0 ? null : float(random.next() * 90, 2),
  };
}

function hybridDecisions(random: Random, posts: number): Members {
  return {
    posts_pos: random.below(posts + 1),
    posts_neu: random.below(posts + 1),
    posts_neg: random.below(posts + 1),
    mean_score: float(random.next() * 2 - 1),
    pos_ratio: float(random.next(), 4),
    neg_ratio: float(random.next(), 4),
    neu_ratio: float(random.next(), 4),
    decision_sources: {
      single_model: 0,
      primary_default: random.below(40),
      referee_override: random.below(9),
      referee_neutral_band: random.below(9),
    },
    primary_conf_mean: float(random.next()),
    referee_conf_mean: float(random.next()),
  };
}

function isEmpty(value: PythonValue | undefined): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
