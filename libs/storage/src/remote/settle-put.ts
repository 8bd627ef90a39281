import { isLakeError, LakeError } from '@ticklake/core';
import type { Condition, RemoteObject, Stamp, Written } from './object-api.js';
import type { Requests } from './requests.js';
import { startWaiting } from './retry.js';

/** One write, which is one however often it is sent. */
export interface Write {
  readonly key: string;
  readonly size: number;
  readonly onlyIf: Condition;
  readonly stamp: Stamp;
}

/**
 * Makes a write happen once, or tells that it did not. `attempt` sends it once. An answer that was lost or refuses is no verdict: what
 * stands there tells, as every write carries an operation id of its own. Ours: done. Somebody else's: lost. Nothing, or still what a
 * condition asked for: sent again, as an earlier request may yet land, and lands only once.
 *
 * @throws LakeError `conflict` when the condition does not hold.
 * @throws LakeError `unavailable` (`UNKNOWN_OUTCOME`) when that could not be found out.
 */
export async function settlePut(
  requests: Requests,
  write: Write,
  attempt: () => Promise<Written>,
): Promise<RemoteObject> {
  const waitBefore = startWaiting(requests.patience);
  let unclear: unknown;
  for (let attempts = 1; ; attempts++) {
    const outcome = await tryOnce(requests, write, attempt).catch((error: unknown) => {
      // Nothing but what stands there says anything about what was sent before.
      const isKnown = unclear === undefined || isLakeError(error, 'conflict');
      throw isKnown ? error : unknownOutcome(write, attempts, error);
    });
    if ('stored' in outcome) return outcome.stored;
    unclear = outcome.error;
    if (await waitBefore(attempts, outcome.error)) continue;
    // Told the same each time.
    if (isLakeError(outcome.error, 'corrupt')) throw outcome.error;
    throw unknownOutcome(write, attempts, outcome.error);
  }
}

function unknownOutcome({ key, stamp }: Write, attempts: number, cause: unknown): LakeError {
  return new LakeError('unavailable', 'whether the object was written could not be found out', {
    code: 'UNKNOWN_OUTCOME',
    details: { key, attempts, opId: stamp.opId },
    cause,
  });
}

type Outcome = { readonly stored: RemoteObject } | { readonly error: unknown };

async function tryOnce(requests: Requests, write: Write, attempt: () => Promise<Written>): Promise<Outcome> {
  let written: Written;
  try {
    written = await attempt();
  } catch (error) {
    // What is no answer, such as a body that could not be read, was not sent.
    if (!isLakeError(error)) throw error;
    return judge(requests, write, error);
  }
  const { version, modifiedAtMs } = written;
  const stored = { key: write.key, size: write.size, version, stamp: write.stamp };
  if (modifiedAtMs !== undefined) return { stored: { ...stored, modifiedAtMs } };
  // It was taken, whatever has become of it since, and whether or not it can be looked at.
  const found = await requests.sendOnce('head', { key: write.key }).catch(() => undefined);
  if (found?.stamp.opId === write.stamp.opId) return ours(found, write);
  return { stored: { ...stored, modifiedAtMs: requests.patience.clock.nowMs() } };
}

/** What became of a write whose answer was `failure`. */
async function judge(requests: Requests, write: Write, failure: LakeError): Promise<Outcome> {
  const isVerdict = failure.kind !== 'unavailable' && failure.kind !== 'conflict';
  const found = await lookUp(requests, write.key);
  if ('error' in found) {
    if (isVerdict && !isLakeError(found.error, 'unavailable')) throw failure;
    return found;
  }
  const { object } = found;
  if (object?.stamp.opId === write.stamp.opId) return ours(object, write);
  if (isVerdict) throw failure;
  if (!isLost(object, write.onlyIf, failure)) return { error: failure };
  throw new LakeError('conflict', 'the object is not the version that was expected', {
    details: { key: write.key },
  });
}

/** A size that is not ours may be that of a wrong answer: it is looked at again. */
function ours(object: RemoteObject, { key, size }: Write): Outcome {
  if (object.size === size) return { stored: object };
  const details = { key, size: object.size, sent: size };
  return {
    error: new LakeError('corrupt', 'the store holds another size than was sent', { code: 'SIZE', details }),
  };
}

/**
 * Whether `object`, which somebody else put there or nobody, means that a condition does not hold. Without one nobody else matters.
 */
function isLost(object: RemoteObject | undefined, onlyIf: Condition, failure: unknown): boolean {
  if (onlyIf === undefined) return false;
  if (object === undefined) return onlyIf !== 'absent' && isLakeError(failure, 'conflict');
  return onlyIf === 'absent' || object.version !== onlyIf.version;
}

/**
 * What stands there; nothing is known when that cannot be told, whatever the answer to the write said. Asked once: the write is sent again
 * before it is asked again, and both have one limit.
 */
async function lookUp(
  { sendOnce }: Requests,
  key: string,
): Promise<{ readonly object: RemoteObject | undefined } | { readonly error: unknown }> {
  try {
    return { object: await sendOnce('head', { key }) };
  } catch (error) {
    if (isLakeError(error)) return { error };
    throw error;
  }
}
