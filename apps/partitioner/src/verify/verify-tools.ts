import type { Arena } from '@ticklake/columnar';
import type { Finding } from '@ticklake/manifest';
import type { ObjectStore } from '@ticklake/storage';
import type { TierLayout } from '../layout/tier-layout.js';
import { PARQUET_LIMITS } from '../limits.js';
import type { PartitionManifest } from '../partitions/manifest.js';

/** What partitions are verified with. */
export interface VerifyTools {
  readonly store: ObjectStore;
  readonly layout: TierLayout;
  readonly arena: Arena;
  readonly signal: AbortSignal;
}

/** How files of a partition are read through. */
export function optionsOf(
  { materialized: exclude }: PartitionManifest,
  orderBy: readonly string[],
  { arena, signal }: VerifyTools,
) {
  return { arena, orderBy, sequence: undefined, limits: PARQUET_LIMITS, exclude, signal };
}

/** Something that is not as it should be. */
export function error(check: string, message: string, details: Readonly<Record<string, unknown>>): Finding {
  return { check, severity: 'error', message, details };
}
