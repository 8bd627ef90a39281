import type { DataType, Field, Schema } from '@ticklake/columnar';

/** Version of the entries that {@link TIER3_SCHEMA} describes (C-30). */
export const ENTRY_SCHEMA_VERSION = 'v7';

/** The column that keeps what the schema does not know, as JSON. */
export const REST_COLUMN = 'unknown_json';

/** Blocks of an entry that are always empty and have no column. */
export const DROPPED_COLUMNS: readonly string[] = ['norm', 'labels'];

/** Columns that tier 2 has, and no other ever (T2-07, C-26): days take note of them, so that weeks can copy them. */
export const TIER2_COLUMNS = [
  'symbol',
  'snapshot_ts',
  'meta',
  'spot_raw',
  'derived',
  'scores',
  'twitter_sentiment_meta',
] as const;

const text: DataType = { kind: 'utf8' };
const int: DataType = { kind: 'int', bits: 64, signed: true };
const double: DataType = { kind: 'float', bits: 64 };
const bool: DataType = { kind: 'bool' };
/** Instants come in four spellings; all mean microseconds in UTC. */
const instant: DataType = { kind: 'timestamp', unit: 'us', utc: true };

const open = (name: string, type: DataType): Field => ({ name, type, nullable: true });
const required = (name: string, type: DataType): Field => ({ name, type, nullable: false });
const fields = (type: DataType, names: string): Field[] => names.split(' ').map((name) => open(name, type));
const struct = (...children: readonly Field[]): DataType => ({ kind: 'nested', shape: 'struct', children });
const list = (element: DataType): DataType => ({
  kind: 'nested',
  shape: 'list',
  children: [open('element', element)],
});
/** An object whose keys are data: they differ from entry to entry, the column does not (T3-20). */
const map = (value: DataType): DataType => ({
  kind: 'nested',
  shape: 'map',
  children: [required('key', text), open('value', value)],
});

const meta = struct(
  open('schema_version', int),
  open('source', text),
  ...fields(int, 'universe_page universe_page_size'),
  ...fields(
    text,
    'normalization_version scoring_version pairbonus_version futures_api_base universe_snapshot_id',
  ),
  open('universe_snapshot_ts', instant),
  open('universe_snapshot_lag_sec', double),
  ...fields(instant, 'added_ts expires_ts'),
  open('session_id', text),
  open('sample_count', int),
  ...fields(instant, 'last_sample_ts expired_ts'),
  open('duration_sec', double),
  ...fields(int, 'total_samples archive_schema_version'),
);

const spotRaw = struct(
  ...fields(double, 'mid bid ask spread_bps last range_pct_24h ticker24_chg taker_buy_ratio_5m'),
  ...fields(double, 'depth_5bps_quote depth_10bps_quote depth_25bps_quote'),
  ...fields(double, 'depth_bid_qty_quote depth_ask_qty_quote obi_5 micro_premium_pct avg_impact_pct'),
  ...fields(double, 'spread_eff_raw liq_eff_raw liq_qv_usd'),
);

const futuresRaw = struct(
  open('contract', text),
  open('last_updated_ts', instant),
  open('age_sec', int),
  ...fields(double, 'funding_now funding_24h_mean open_interest open_interest_1h_delta_pct basis_now_bps'),
  ...fields(double, 'top_long_short_accounts_1h top_long_short_positions_1h'),
);

const derived = struct(
  ...fields(double, 'depth_spread_bps depth_weighted depth_imbalance depth_skew flow'),
  ...fields(double, 'liq_global_pct liq_self_pct spread_pct spread_bps'),
);

const scores = struct(
  ...fields(double, 'final mom vol str liq spread taker spread_eff_score liq_eff_score'),
  ...fields(double, 'flow depth microstruct compression_score'),
);

const flags = struct(
  ...fields(bool, 'spot_data_ok futures_data_ok futures_stale compression_enabled'),
  ...fields(bool, 'mom_fallback vol_fallback spread_fallback'),
  // A number among flags, as the builder writes it.
  open('pair_bonus_applied', double),
  ...fields(bool, 'twitter_data_ok futures_contract_exists futures_contract_check_failed'),
);

const diag = struct(
  open('builder_version', text),
  open('build_duration_ms', double),
  open('admission_validated', bool),
  open('admission_validation_ts', instant),
  open('backfill_normalized', bool),
);

/** Entries with posts and entries without have different fields here; the column has all of them. */
const platformEngagement = struct(
  ...fields(int, 'total_likes total_retweets total_replies total_quotes total_bookmarks'),
  ...fields(int, 'total_impressions total_views'),
  ...fields(double, 'avg_likes avg_retweets avg_replies avg_views'),
);

const sentimentActivity = struct(
  open('recent_posts_count', int),
  ...fields(bool, 'has_recent_activity is_silent'),
  open('latest_tweet_at', instant),
  open('hours_since_latest_tweet', double),
  open(
    'config',
    struct(...fields(int, 'recent_horizon_hours min_recent_posts_for_activity silence_threshold_hours')),
  ),
  ...fields(int, 'recent_posts_1h recent_posts_4h recent_posts_24h'),
  open('hours_since', double),
);

const aiSentiment = struct(
  ...fields(text, 'scoring_system primary_model referee_model'),
  ...fields(int, 'posts_scored posts_pos posts_neu posts_neg'),
  ...fields(double, 'prob_mean prob_std prob_min prob_max label_3class_mean'),
);

const hybridDecisionStats = struct(
  ...fields(int, 'posts_pos posts_neu posts_neg'),
  ...fields(double, 'mean_score pos_ratio neg_ratio neu_ratio'),
  open(
    'decision_sources',
    struct(...fields(int, 'single_model primary_default referee_override referee_neutral_band')),
  ),
  ...fields(double, 'primary_conf_mean referee_conf_mean'),
);

const sentimentWindow = [
  ...fields(int, 'posts_total posts_pos posts_neu posts_neg'),
  open('lexicon_sentiment', struct(open('scale', text), open('score', double))),
  open(
    'category_counts',
    struct(
      ...fields(int, 'positive_general negative_general pump_hype fud_fear'),
      ...fields(int, 'meme_slang scam_rug emoji_pos emoji_neg'),
    ),
  ),
  open('top_terms', map(double)),
  open('platform_engagement', platformEngagement),
  ...fields(map(int), 'tag_counts cashtag_counts mention_counts url_domain_counts'),
  open('media_count', int),
  // Statistics whose set differs between windows, and whose means are integers now and then.
  open('author_stats', map(double)),
  open('content_stats', map(double)),
  open('sentiment_activity', sentimentActivity),
  open('bucket_status', text),
  open('bucket_has_valid_sentiment', bool),
  open('bucket_min_posts_for_score', int),
  open('ai_sentiment', aiSentiment),
  open('hybrid_decision_stats', hybridDecisionStats),
];

const twitterSentimentWindows = struct(
  open('last_cycle', struct(...sentimentWindow)),
  open(
    'last_2_cycles',
    struct(
      ...sentimentWindow,
      open('window_cycles', int),
      ...fields(text, 'from_cycle_id to_cycle_id'),
      ...fields(instant, 'cycle_start_utc cycle_end_utc'),
    ),
  ),
);

const twitterSentimentMeta = struct(
  open('source', text),
  open('captured_at_utc', instant),
  open(
    'bucket_meta',
    struct(
      ...fields(text, 'platform coin asset_unified_id date bucket_span cycle_id'),
      ...fields(instant, 'cycle_start_utc cycle_end_utc created_at_utc'),
      ...fields(text, 'scraper_version sentiment_model_version lexicon_version platform_cycle_id'),
      open('is_silent', bool),
    ),
  ),
  open('key_used', text),
);

const spotPrice = struct(open('ts', instant), ...fields(double, 'mid bid ask spread_bps'));

/**
 * The columns of tier 3: the twelve blocks of an entry in their order, then what is unknown (T3-18, C-31). Declared, so that every
 * day has the same.
 */
export const TIER3_SCHEMA: Schema = {
  fields: [
    required('symbol', text),
    required('snapshot_ts', instant),
    required('meta', meta),
    open('spot_raw', spotRaw),
    open('futures_raw', futuresRaw),
    open('derived', derived),
    open('scores', scores),
    open('flags', flags),
    open('diag', diag),
    open('twitter_sentiment_windows', twitterSentimentWindows),
    open('twitter_sentiment_meta', twitterSentimentMeta),
    open('spot_prices', list(spotPrice)),
    open(REST_COLUMN, text),
  ],
};
