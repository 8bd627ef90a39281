import { defineCommand, printableValue, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { jsonValueAt, typeText, type DataType } from '@ticklake/columnar';
import { constantColumn, type FilterValue } from '@ticklake/scan';
import { statsConfig, type StatsConfig } from '../config/stats.js';
import type { ColumnStats, DataTypeStats } from '../reader/lake-stats.js';
import { openLake } from '../reader/open-lake.js';
import { rootsOf, selectRows } from './select-rows.js';

/** `ticklake-partitioner stats`: what there is, as footers tell it. */
export const statsCommand = defineCommand({
  summary: 'print how many rows there are, from when to when, and between which values, as footers tell it',
  config: statsConfig,
  positionals: ['tier'],
  examples: [
    { does: 'ticks of a day', line: 'stats execution --lake /data/lake --date 2023-05-23' },
    {
      does: 'prices of an instrument, on all days',
      line: 'stats ml --lake s3://lake --instrument BINANCE:SPOT_PAIR:BTC-USDT --timeframe 1d --columns close,volume --format json',
    },
  ],
  run,
});

async function run({ config, env, signal, print }: CommandContext<StatsConfig>): Promise<CommandOutcome> {
  const lake = openLake(config.lake, { env, roots: rootsOf(config) });
  try {
    const stats = await selectRows(lake, config, { signal }).stats();
    const result = stats.map(statsResult);
    if (config.format === 'json') print(result);
    else print(result, stats.map(statsText).join('\n\n'));
    return 'success';
  } finally {
    lake.close();
  }
}

function statsResult({ time, columns, ...counts }: DataTypeStats): unknown {
  return { ...counts, time: time && columnResult(time), columns: columns.map(columnResult) };
}

/** Values are as `read` prints them as JSON. */
function columnResult({ name, type, rows, nulls, min, max }: ColumnStats) {
  const [least, greatest] = [min, max].map((value) => jsonValueOf(value, type));
  return { name, type: typeText(type), rows, nulls, min: least, max: greatest };
}

function jsonValueOf(value: FilterValue | undefined, type: DataType): unknown {
  return value === undefined ? null : jsonValueAt(constantColumn('', { type, value }, 1), 0, type);
}

function statsText({ dataType, rows, sizeBytes, partitions, days, time, columns }: DataTypeStats): string {
  const times =
    time === undefined ? [] : [`${valueText(time.min, time.type)} to ${valueText(time.max, time.type)}`];
  const counts = [`${rows} rows in ${partitions} partitions of ${days} days`, `${sizeBytes} bytes`, ...times];
  const lines = columns.map(({ name, type, nulls, min, max }) =>
    [name, typeText(type), String(nulls ?? ''), valueText(min, type), valueText(max, type)].map(
      printableValue,
    ),
  );
  return [`${printableValue(dataType)}: ${counts.join(', ')}`, ...tableLines([HEAD, ...lines])].join('\n');
}

const HEAD = ['column', 'type', 'nulls', 'min', 'max'];

function tableLines(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = HEAD.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd());
}

/** Times of day and instants as people read them, all else as it is printed anywhere. */
function valueText(value: FilterValue | undefined, type: DataType): string {
  if (value === undefined) return '';
  return type.kind === 'timestamp' ? timestampText(BigInt(value), type) : String(jsonValueOf(value, type));
}

const DIGITS = { ms: 3, us: 6, ns: 9 } as const;

/** As RFC 3339, with all digits of its unit; one that is of no year of four digits stays the number that it is. */
function timestampText(value: bigint, { unit, utc }: Extract<DataType, { kind: 'timestamp' }>): string {
  const perSecond = 10n ** BigInt(DIGITS[unit]);
  const fraction = ((value % perSecond) + perSecond) % perSecond;
  const seconds = Number((value - fraction) / perSecond);
  if (seconds < FIRST_SECOND || seconds > LAST_SECOND) return String(value);
  const digits = String(fraction).padStart(DIGITS[unit], '0');
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${digits}${utc ? 'Z' : ''}`;
}

const FIRST_SECOND = Date.UTC(0) / 1000;
const LAST_SECOND = Date.UTC(9999, 11, 31, 23, 59, 59) / 1000;
