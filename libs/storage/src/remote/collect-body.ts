import { bufferFor } from '../read-body.js';
import { failureOfAnswer } from './failure-of-status.js';

/** What the bytes of an answer have to come to. */
export interface BodyRules {
  readonly expectedBytes: number;
  /** Whether more come, which are left. */
  readonly isCut?: boolean;
  /** Memory for them, used where they fit. */
  readonly into?: Uint8Array | undefined;
  readonly abortSignal: AbortSignal;
}

/**
 * All bytes of a body, of which there are as many as were told, and never more in memory.
 *
 * @throws LakeError `unavailable` (`ANSWER`) when there are fewer or more.
 */
export async function collectBody(
  body: AsyncIterable<Uint8Array>,
  { expectedBytes, isCut = false, into, abortSignal }: BodyRules,
): Promise<Uint8Array> {
  const bytes = bufferFor(expectedBytes, into);
  const stop = () => dropBody(body);
  abortSignal.addEventListener('abort', stop, { once: true });
  try {
    if (abortSignal.aborted) stop();
    let length = 0;
    for await (const piece of body) {
      const more = length + piece.length - expectedBytes;
      if (more > 0 && !isCut) throw failureOfAnswer('more bytes than were told');
      bytes.set(more > 0 ? piece.subarray(0, piece.length - more) : piece, length);
      length += piece.length;
      // Leaving the loop ends the body.
      if (isCut && more >= 0) break;
    }
    if (length < expectedBytes) throw failureOfAnswer('fewer bytes than were told');
    return bytes;
  } finally {
    abortSignal.removeEventListener('abort', stop);
  }
}

/**
 * Ends a body that is not read to its end, so that its connection does not wait for ever; whoever reads it fails. Bodies are streams of
 * Node, whose type depends on who gives them.
 */
export function dropBody(body: object): void {
  // Without an error of its own, which nobody may be listening for.
  if ('destroy' in body && typeof body.destroy === 'function') body.destroy();
}
