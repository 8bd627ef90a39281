/** Silences of one stream that are worth telling, and why so many milliseconds. */
interface Silence {
  readonly stream: string;
  readonly thresholdMs: number;
  readonly why: string;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * How long each stream may be silent before that is told (spec row CM-14). Busy instruments never come near these:
 * recorded hours of BTCUSDT show 0.7 s of silence at most in quotes and 2 s in trades, of ADAUSDT 1.2 s in quotes. They
 * are wide for the sake of the quiet ones, and still far below a reconnect that went wrong.
 */
const SILENCES: readonly Silence[] = [
  { stream: 'bbo', thresholdMs: MINUTE_MS, why: 'quotes move even where nobody trades' },
  {
    stream: 'trade',
    thresholdMs: 5 * MINUTE_MS,
    why: 'minutes without a trade are usual for a small symbol',
  },
  { stream: 'trades', thresholdMs: 5 * MINUTE_MS, why: 'as trade' },
  { stream: 'mark_price', thresholdMs: 10 * SECOND_MS, why: 'sent once a second, or every three' },
  { stream: 'open_interest', thresholdMs: 5 * MINUTE_MS, why: 'sent by some exchanges only when it changes' },
  {
    stream: 'funding',
    thresholdMs: 9 * HOUR_MS,
    why: 'settled every eight hours; sent by some only when it changes',
  },
];

/** For streams that {@link SILENCES} does not know. */
const OTHER_MS = 5 * MINUTE_MS;

/** Silence of `stream`, in milliseconds, beyond which it is a gap. */
export function silenceThresholdMs(stream: string): number {
  return SILENCES.find((silence) => silence.stream === stream)?.thresholdMs ?? OTHER_MS;
}
