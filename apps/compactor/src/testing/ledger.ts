import { compactDay, startOfDayMs, type UtcDay } from '@ticklake/core';
import { instantText } from '@ticklake/jobs';
import type { ObjectStore } from '@ticklake/storage';

const WINDOW_MS = 900_000;

/** Puts the first `count` windows of a day's ledger as a collector writes them, each with `signals`. */
export async function putWindows(
  raw: ObjectStore,
  day: UtcDay,
  count: number,
  signals: object = {},
): Promise<void> {
  for (let index = 0; index < count; index++) {
    const startMs = startOfDayMs(day) + index * WINDOW_MS;
    const start = instantText(startMs);
    const window = {
      window_start: start,
      window_end: instantText(startMs + WINDOW_MS),
      quality: 'GOOD',
      is_partial: false,
      signals: {
        actual_duration_seconds: 900,
        offline_seconds_by_exchange: { binance: 0, bybit: 0, okx: 0 },
        ws_connected_seconds: { binance: 900, bybit: 900, okx: 900 },
        eps_by_exchange: { binance: { avg: 900, min: 300 } },
        dropped_events: 0,
        queue_pct_peak: 3,
        drain_mode_accelerated_seconds: 0,
        reconnects: 0,
        s3_upload_failures: 0,
        ...signals,
      },
    };
    const name = `window=${start.slice(11, 13)}${start.slice(14, 16)}.json`;
    const key = `quality/date=${compactDay(day)}/${name}`;
    await raw.put(key, new TextEncoder().encode(JSON.stringify(window)));
  }
}
