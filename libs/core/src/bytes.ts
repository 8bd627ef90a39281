import { LakeError } from './errors.js';

/** Random-access, re-readable bytes of known, fixed length. */
export interface ByteSource {
  readonly size: number;
  /** All of them, where they are at hand; not to be changed. */
  readonly bytes?: Uint8Array;
  /**
   * Exactly `length` bytes from `offset`. The caller must not change them: they may be a view.
   *
   * `into` is memory of at least `length` bytes to put them in, where the source would have to make some: fresh memory costs
   * more than reading. What is returned then begins where `into` does, or is a view of bytes that were at hand.
   *
   * @throws LakeError `corrupt` (`TRUNCATED`) if the range passes the end.
   */
  read(offset: number, length: number, into?: Uint8Array): Promise<Uint8Array>;
}

/** Append-only destination; awaiting `write` is the back-pressure. */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<void>;
}

/** Bytes in memory as a {@link ByteSource}; reads are views, not copies. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    bytes,
    read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > bytes.length) {
        return Promise.reject(
          new LakeError('corrupt', 'read past the end', {
            code: 'TRUNCATED',
            details: { offset, length, size: bytes.length },
          }),
        );
      }
      return Promise.resolve(bytes.subarray(offset, offset + length));
    },
  };
}

/** Unsigned byte order; a prefix sorts first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/**
 * Order of the UTF-8 bytes of two strings, which is the order of their code points.
 * JavaScript's own order is by UTF-16 unit and differs above U+FFFF.
 */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return codePointRank(x) - codePointRank(y);
  }
  return a.length - b.length;
}

/** Lower-case hexadecimal text of `bytes`. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** Surrogates stand for code points above the private-use area, so they rank after it. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
