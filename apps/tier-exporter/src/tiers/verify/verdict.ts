import type { Arena } from '@ticklake/columnar';
import type { UtcDay } from '@ticklake/core';
import type { FileFacts, Finding } from '@ticklake/manifest';
import type { RowSample } from './judge-rows.js';
import type { NullBounds } from './null-counts.js';

/** Tiers that are verified, by their numbers. */
export type TierNumber = 2 | 3;

/** How a dataset is verified. */
export interface VerifyOptions {
  readonly arena: Arena;
  readonly sample: RowSample;
  /** A data object below this size cannot be a dataset. */
  readonly sizeMinBytes: number;
  readonly nulls: NullBounds;
  readonly signal: AbortSignal;
}

/** What a verification found out about one dataset. */
export interface Verdict {
  readonly tier: TierNumber;
  /** The day, or the last one of the window. */
  readonly day: UtcDay;
  /** Of the store, where the dataset lies. */
  readonly directory: string;
  /** `undefined` when the data object could not be read to its end. */
  readonly facts: FileFacts | undefined;
  readonly findings: readonly Finding[];
}

/** A finding of something that must not be. */
export function error(
  check: string,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): Finding {
  return { check, severity: 'error', message, details };
}

/** A finding of something that is unusual. */
export function warning(
  check: string,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): Finding {
  return { check, severity: 'warning', message, details };
}
