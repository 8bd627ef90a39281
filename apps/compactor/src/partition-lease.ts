import type { Clock } from '@ticklake/core';
import { acquireLease, type Lease } from '@ticklake/jobs';
import { isOwnerAlive, type ObjectStore } from '@ticklake/storage';
import { LEASE_TTL_MS } from './limits.js';
import { leaseKey, type PartitionKey } from './partition-key.js';

/** Who asks for a lease. */
export interface LeaseSeeker {
  readonly compact: ObjectStore;
  readonly clock: Clock;
  /** Ends the wait for somebody else's lease. */
  readonly signal: AbortSignal;
  /** Names this run to others. */
  readonly owner: string;
}

/**
 * The lease of everybody who changes what is published of a partition. It saves work, conditional puts decide.
 *
 * @throws LakeError `busy` when another run is at it.
 */
export function leasePartition(
  key: PartitionKey,
  { compact, clock, signal, owner }: LeaseSeeker,
): Promise<Lease> {
  return acquireLease(compact, leaseKey(key), {
    ...{ owner, clock, signal },
    ttlMs: LEASE_TTL_MS,
    isGone: (holder) => isOwnerAlive(holder) === false,
  });
}
