import { isLakeError, LakeError, type Clock } from '@ticklake/core';
import type { ObjectStore } from '@ticklake/storage';
import { z } from 'zod';
import { loadDocument, type StoredDocument } from './document.js';
import { documentText } from './document-text.js';

/** A promise by everyone who asks to leave some work to us for a while. */
export interface Lease {
  /** Aborts with `busy` (`LEASE_LOST`) when the lease is lost, or may be; work under the lease must stop. */
  readonly signal: AbortSignal;
  /** Goes up by one with every holder: of two who believe they hold the lease, the larger one is right. */
  readonly token: number;
  /** Gives the lease back so that the next one need not wait. Idempotent. */
  release(): Promise<void>;
}

/** How a lease is taken and kept. */
export interface AcquireLeaseOptions {
  /** Names this process to the others. */
  readonly owner: string;
  /** Whether the holder of this name is known to have ended: then nobody waits for its lease to run out. */
  isGone(holder: string): boolean;
  readonly ttlMs: number;
  readonly clock: Clock;
  /** Ends the wait for somebody else's lease. It does not release the lease once held. */
  readonly signal: AbortSignal;
}

const leaseSchema = z.looseObject({
  holder: z.string(),
  token: z.int().positive(),
  // A day at most: a nonsense value must not make everybody wait for years.
  ttl_s: z.number().positive().max(86_400),
  state: z.enum(['held', 'released']),
  /** Counts renewals, so that every renewal is a new version whatever the store's etag is made of. */
  renewals: z.int().nonnegative(),
});
type LeaseDocument = z.infer<typeof leaseSchema>;

/**
 * Takes the lease at `key`, and renews it every third of `ttlMs` until it is released.
 *
 * A lease only saves work; it never makes anything correct, conditional puts do. Nobody's clock is compared with
 * anybody else's: a lease that is not released may be taken over only when its holder is known to have ended, or after
 * its version has not changed for 125 % of the holder's ttl, waited out here. When a renewal is not confirmed within two thirds of `ttlMs`, the
 * lease's signal aborts before anyone may take over.
 *
 * @throws LakeError `busy` when another owner shows signs of life, or takes the lease first.
 * @throws LakeError `cancelled` when `signal` aborts while waiting for another owner's lease to run out.
 * @throws LakeError `invalid` (`DOCUMENT`) when what is at `key` is not a lease.
 */
export async function acquireLease(
  store: ObjectStore,
  key: string,
  options: AcquireLeaseOptions,
): Promise<Lease> {
  const found = await loadDocument(store, key, leaseSchema);
  if (found?.document.state === 'held' && !options.isGone(found.document.holder)) {
    await waitOut(store, key, found, options);
  }
  const document: LeaseDocument = {
    ...found?.document,
    holder: options.owner,
    token: (found?.document.token ?? 0) + 1,
    ttl_s: options.ttlMs / 1000,
    state: 'held',
    renewals: 0,
  };
  const fence = startFence(options);
  try {
    await putLease(store, key, document, found?.etag);
  } catch (error) {
    fence.stop();
    if (isLakeError(error, 'conflict')) throw busy(key, undefined);
    throw error;
  }
  return keepLease(store, key, document, options, fence);
}

/** What the document of a lease says. */
export interface LeaseClaim {
  /** Who has it, or had it last. */
  readonly holder: string;
  readonly state: 'held' | 'released';
}

/**
 * Who claims the lease at `key`; `undefined` when nobody ever did.
 *
 * @throws LakeError `invalid` (`DOCUMENT`) when what is at `key` is not a lease.
 */
export async function readLease(store: ObjectStore, key: string): Promise<LeaseClaim | undefined> {
  const found = await loadDocument(store, key, leaseSchema);
  return found && { holder: found.document.holder, state: found.document.state };
}

/** Returns when the lease seen as `found` has not been touched for 125 % of its ttl. */
async function waitOut(
  store: ObjectStore,
  key: string,
  found: StoredDocument<LeaseDocument>,
  { clock, signal }: AcquireLeaseOptions,
): Promise<void> {
  const steps = 10;
  const stepMs = (found.document.ttl_s * 1000 * 1.25) / steps;
  // Time is counted in our own sleeps, which no change of the wall clock can shorten.
  for (let step = 0; step < steps; step++) {
    await clock.sleep(stepMs, signal);
    const meta = await store.head(key);
    if (meta?.etag !== found.etag) throw busy(key, found.document.holder);
  }
}

function busy(key: string, holder: string | undefined): LakeError {
  const details = holder === undefined ? { key } : { key, holder };
  return new LakeError('busy', 'another run holds the lease', { code: 'LEASE', details });
}

async function putLease(store: ObjectStore, key: string, document: LeaseDocument, etag: string | undefined) {
  await store.put(key, new TextEncoder().encode(documentText(document)), {
    onlyIf: etag === undefined ? 'absent' : { etag },
    contentType: 'application/json',
  });
}

/** Keeps the lease by a loop of sleeps and renewals; one object so that release can end both. */
function keepLease(
  store: ObjectStore,
  key: string,
  held: LeaseDocument,
  { clock, ttlMs }: AcquireLeaseOptions,
  firstFence: Fence,
): Lease {
  const lost = new AbortController();
  const closed = new AbortController();
  let renewals = 0;

  /** Writes our claim once more, in state `state`. False when the lease is no longer ours. */
  const rewrite = async (state: LeaseDocument['state']): Promise<boolean> => {
    // Read first: an earlier renewal whose answer was lost may have landed, and its version is the one to replace.
    const stored = await loadDocument(store, key, leaseSchema);
    if (stored?.document.token !== held.token || stored.document.holder !== held.holder) return false;
    try {
      await putLease(store, key, { ...stored.document, state, renewals: ++renewals }, stored.etag);
      return true;
    } catch (error) {
      if (isLakeError(error, 'conflict')) return false;
      throw error;
    }
  };

  const keep = async (): Promise<void> => {
    let fence = firstFence;
    let pauseMs = ttlMs / 3;
    fence.onExpire(() => lost.abort(lostReason(key)));
    try {
      while (!lost.signal.aborted) {
        await clock.sleep(pauseMs, closed.signal);
        // The new fence counts from before the request: that is the earliest others may have seen it.
        const next = startFence({ clock, ttlMs });
        const renewed = await rewrite('held').catch(unknownOutcome);
        if (renewed === false) lost.abort(lostReason(key));
        // Between a renewal that failed and the fence there is time for three more.
        pauseMs = renewed === undefined ? ttlMs / 12 : ttlMs / 3;
        if (renewed === true && !lost.signal.aborted) {
          fence.stop();
          fence = next;
          fence.onExpire(() => lost.abort(lostReason(key)));
        } else next.stop();
      }
    } catch (error) {
      if (!isLakeError(error, 'cancelled')) lost.abort(error);
    } finally {
      fence.stop();
    }
  };

  const keeping = keep();
  let releasing: Promise<void> | undefined;
  return {
    signal: lost.signal,
    token: held.token,
    release() {
      releasing ??= (async () => {
        closed.abort();
        await keeping;
        // Whoever has it now keeps it; and a release that fails costs the next run one ttl, no more.
        if (!lost.signal.aborted) await rewrite('released').catch(unknownOutcome);
      })();
      return releasing;
    },
  };
}

/** A store that does not answer may answer the next time, until the fence falls. Bugs are passed on. */
function unknownOutcome(error: unknown): undefined {
  if (isLakeError(error)) return undefined;
  throw error;
}

function lostReason(key: string): LakeError {
  return new LakeError('busy', 'the lease was lost while work was going on', {
    code: 'LEASE_LOST',
    details: { key },
  });
}

interface Fence {
  onExpire(action: () => void): void;
  stop(): void;
}

/** Counts two thirds of the ttl from now. */
function startFence({ clock, ttlMs }: Pick<AcquireLeaseOptions, 'clock' | 'ttlMs'>): Fence {
  const stopped = new AbortController();
  let action: (() => void) | undefined;
  let expired = false;
  clock.sleep((ttlMs * 2) / 3, stopped.signal).then(
    () => {
      expired = true;
      action?.();
    },
    () => undefined,
  );
  return {
    onExpire(next) {
      action = next;
      if (expired) next();
    },
    stop: () => stopped.abort(),
  };
}
