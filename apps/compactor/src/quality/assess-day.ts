import type { LedgerWindow } from './ledger-window.js';

/** What a window of 15 minutes is worth. */
export type WindowGrade = 'GOOD' | 'DEGRADED' | 'BAD';

/** What a day is worth; `UNKNOWN` where the ledger has no window of it. */
export type DayGrade = WindowGrade | 'PARTIAL' | 'UNKNOWN';

/** What the windows of a day come to. */
export interface DayAssessment {
  readonly grade: DayGrade;
  /** Windows that were read, partial ones included. */
  readonly windows: number;
  readonly good: number;
  readonly degraded: number;
  readonly bad: number;
  /** Windows that a restart of the collector cut short; none of the other numbers counts them. */
  readonly partial: number;
  readonly droppedEvents: number;
  readonly binanceOfflineSeconds: number;
}

/**
 * Judges a window anew from its signals (spec row CM-37), as the pipeline does before it compacts; what the collector
 * thought of it does not count. The pipeline has a rule more, by which a bad window becomes a degraded one where nothing was
 * dropped, the queue was below 90 % and no exchange was away for 300 s: none of these windows is bad, so it never applies.
 */
export function assessWindow({ signals }: LedgerWindow): WindowGrade {
  const dropped = signals.dropped_events;
  const queue = signals.queue_pct_peak;
  const binanceOffline = signals.offline_seconds_by_exchange['binance'] ?? 0;
  const offlineMax = Math.max(0, ...Object.values(signals.offline_seconds_by_exchange));
  if (dropped > 0 || queue >= 90 || binanceOffline > 600) return 'BAD';
  if (offlineMax <= 180 && signals.drain_mode_accelerated_seconds <= 180 && signals.reconnects < 5) {
    return 'GOOD';
  }
  const binanceEventsMin = signals.eps_by_exchange['binance']?.min ?? 0;
  // Binance is the exchange that counts: what another one lacked is forgiven where Binance ran without a fault.
  return binanceOffline === 0 && queue < 50 && binanceEventsMin > 100 ? 'GOOD' : 'DEGRADED';
}

/**
 * Judges a day by its windows (spec row CM-37). The pipeline calls a day without any window good; nothing is known of such
 * a day, so here it is `UNKNOWN`.
 */
export function assessDay(windows: readonly LedgerWindow[]): DayAssessment {
  const whole = windows.filter((window) => !window.is_partial);
  const grades = whole.map(assessWindow);
  const counts = {
    windows: windows.length,
    good: grades.filter((grade) => grade === 'GOOD').length,
    degraded: grades.filter((grade) => grade === 'DEGRADED').length,
    bad: grades.filter((grade) => grade === 'BAD').length,
    partial: windows.length - whole.length,
    droppedEvents: whole.reduce((sum, { signals }) => sum + signals.dropped_events, 0),
    binanceOfflineSeconds: whole.reduce(
      (sum, { signals }) => sum + (signals.offline_seconds_by_exchange['binance'] ?? 0),
      0,
    ),
  };
  return { grade: gradeOf(counts), ...counts };
}

function gradeOf(day: Omit<DayAssessment, 'grade'>): DayGrade {
  if (day.windows === 0) return 'UNKNOWN';
  const active = day.windows - day.partial;
  if (day.partial >= 1 && active < 80) return 'PARTIAL';
  if (day.bad >= 3 || day.droppedEvents > 100_000 || day.binanceOfflineSeconds > 3600) return 'BAD';
  if (day.bad >= 1 || day.degraded >= 10 || day.binanceOfflineSeconds > 900) return 'DEGRADED';
  return 'GOOD';
}
