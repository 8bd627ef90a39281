/** How patient a store over the network is, and how much it asks for at once. */
export interface RequestPolicy {
  /** Times a request is made, all in all. */
  readonly attemptsMax: number;
  /** Longest wait before the second attempt; doubled each time, up to `delayMaxMs`. The wait is a random part of it. */
  readonly delayMinMs: number;
  readonly delayMaxMs: number;
  /** No further attempt of an operation begins so long after the first one began. */
  readonly totalMs: number;
  /** Longest time until a connection stands. */
  readonly connectMs: number;
  /** Longest time a request may take, beside the time its bytes take at `bytesPerSecondMin`. */
  readonly requestMs: number;
  readonly bytesPerSecondMin: number;
  /** Requests under way at once. */
  readonly requestsMax: number;
  /** Bodies of more bytes go up in parts, of this size where the service takes them. */
  readonly partBytes: number;
  /** Parts of one upload under way at once: each is in memory. */
  readonly partsAtOnceMax: number;
}

/** For a job that runs at night and would rather wait than fail: five minutes for each operation. */
export const USUAL_REQUESTS: RequestPolicy = {
  attemptsMax: 8,
  delayMinMs: 200,
  delayMaxMs: 20_000,
  totalMs: 300_000,
  connectMs: 5_000,
  requestMs: 30_000,
  bytesPerSecondMin: 1024 * 1024,
  requestsMax: 64,
  partBytes: 16 * 1024 * 1024,
  partsAtOnceMax: 4,
};
