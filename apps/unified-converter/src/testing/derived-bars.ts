import type { ObjectStore } from '@ticklake/storage';
import type { ConvertRequest } from '../convert-request.js';
import { METADATA_NAME, metadataSchema, type DatasetEntry } from '../documents/metadata.js';
import { partitionManifestSchema } from '../partitions/manifest.js';
import type { TestLake } from './context.js';
import { dayMs } from './rows.js';

/** The longer timeframes of the specification. */
export const FRAMES = ['5m', '15m', '1h', '4h', '1d'];

/** Days that have bars. */
export const [FIRST, SECOND, THIRD] = ['2024-01-01', '2024-01-02', '2024-01-03'] as const;

/** A document of a store. */
export async function json(store: ObjectStore, key: string): Promise<unknown> {
  return JSON.parse(Buffer.from((await store.get(key)).bytes).toString());
}

/** What the metadata says of bars of a timeframe. */
export async function entryOf({ output }: TestLake, timeframe: string): Promise<DatasetEntry | undefined> {
  const metadata = metadataSchema.parse(await json(output, METADATA_NAME));
  return metadata.data_types['klines']?.datasets[`klines/binance_BTCUSDT_${timeframe}`];
}

/** The partition of a day of January 2024. */
export const pathOf = (timeframe: string, day: number) =>
  `klines/binance_BTCUSDT_${timeframe}/exchange=binance/symbol=BTCUSDT/timeframe=${timeframe}/year=2024/month=1/day=${day}/`;

/** The manifest of {@link pathOf}. */
export const manifestOf = async ({ output }: TestLake, timeframe: string, day: number) =>
  partitionManifestSchema.parse(await json(output, `${pathOf(timeframe, day)}_manifest.json`));

/** Bars of a minute whose prices and volumes all differ, without those that `isMissing`. */
export function bars(day: string, isMissing: (minute: number) => boolean = () => false): string {
  const rows = Array.from({ length: 1440 }, (_, minute) => minute).filter((minute) => !isMissing(minute));
  const lines = rows.map((minute) => {
    const open = 40_000 + ((minute * 7919) % 1009) / 7;
    const [high, low] = [open + (minute % 13) / 3, open - (minute % 11) / 3];
    const close = low + ((high - low) * (minute % 5)) / 4;
    return `${dayMs(day) + minute * 60_000},${open},${high},${low},${close},${((minute * 31) % 101) / 9}`;
  });
  return ['timestamp,open,high,low,close,volume', ...lines, ''].join('\n');
}

/** Puts bars of a day, where {@link derive} finds them. */
export async function put(lake: TestLake, day: string, text: string = bars(day)): Promise<void> {
  await lake.put(`bars/${day}.csv`, text);
}

/** Converts the named days, and derives. */
export const derive = (lake: TestLake, days: readonly string[], changes: Partial<ConvertRequest> = {}) =>
  lake.convert({
    sources: { klines: days.map((day) => `bars/${day}.csv`) },
    resample: FRAMES,
    ...changes,
  });
