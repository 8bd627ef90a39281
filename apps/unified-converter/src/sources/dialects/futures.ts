import { COMPACT_DATE, EPOCH, type Dialect } from './dialect.js';

const COMMON = { dataset: 'futures', header: 'always', firstField: EPOCH } as const;

/** Fundings. Where the only time that a source has is when the funding was, it is both columns. */
export const futuresDialects: readonly Dialect[] = [
  {
    ...COMMON,
    name: 'consolidated',
    fields: ['timestamp', 'fundingRate', 'fundingTime'],
    optionalFields: ['fundingTime'],
    columns: { timestamp: 'timestamp', funding_rate: 'fundingRate', funding_time: 'fundingTime' },
    time: 'any',
  },
  {
    ...COMMON,
    name: 'binance-api',
    fields: ['symbol', 'fundingTime', 'fundingRate', 'markPrice'],
    optionalFields: ['symbol', 'markPrice'],
    columns: { timestamp: 'fundingTime', funding_rate: 'fundingRate', funding_time: 'fundingTime' },
    time: 'epoch',
    symbolField: 'symbol',
  },
  {
    ...COMMON,
    name: 'binance',
    fields: ['calc_time', 'funding_interval_hours', 'last_funding_rate'],
    optionalFields: ['funding_interval_hours'],
    columns: { timestamp: 'calc_time', funding_rate: 'last_funding_rate', funding_time: 'calc_time' },
    time: 'epoch',
  },
  {
    ...COMMON,
    name: 'funding-history',
    fields: ['Symbol', 'Date', 'Funding Rate'],
    optionalFields: [],
    columns: { timestamp: 'Date', funding_rate: 'Funding Rate', funding_time: 'Date' },
    time: 'local-text',
    symbolField: 'Symbol',
  },
  {
    ...COMMON,
    name: 'lean-margin-interest',
    fields: ['time', 'rate'],
    optionalFields: [],
    header: 'never',
    firstField: COMPACT_DATE,
    columns: { timestamp: 'time', funding_rate: 'rate', funding_time: 'time' },
    time: 'utc-text',
  },
];
