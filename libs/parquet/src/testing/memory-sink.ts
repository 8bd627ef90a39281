import type { ByteSink } from '@ticklake/core';

/** Keeps what it is given. */
export function memorySink(): ByteSink & { bytes(): Uint8Array } {
  const pieces: Uint8Array[] = [];
  return {
    write(bytes) {
      pieces.push(bytes.slice());
      return Promise.resolve();
    },
    bytes: () => new Uint8Array(Buffer.concat(pieces)),
  };
}
