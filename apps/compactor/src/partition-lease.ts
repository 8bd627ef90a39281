import { isLakeError, type Clock } from '@ticklake/core';
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

/**
 * Works under the lease of a partition, and gives it back. Work is told to stop by its signal when the lease is lost, and that is
 * what is told then: nobody has cancelled it.
 *
 * @throws LakeError `busy` (`LEASE`) when another run is at it, (`LEASE_LOST`) when the lease was lost; what `work` throws.
 */
export async function underLease<T>(
  key: PartitionKey,
  seeker: LeaseSeeker,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lease = await leasePartition(key, seeker);
  try {
    return await work(AbortSignal.any([seeker.signal, lease.signal]));
  } catch (error) {
    const isLost = lease.signal.aborted && !seeker.signal.aborted && isLakeError(error, 'cancelled');
    throw isLost ? lease.signal.reason : error;
  } finally {
    await lease.release();
  }
}
