/** A good file's bytes, and another good one's, made into a broken file. */
export type Damage = (good: Uint8Array, other: Uint8Array) => Uint8Array;

/** Ways in which real spool files have been found broken. */
export const damages: Readonly<Record<string, Damage>> = {
  'no-bytes': () => new Uint8Array(0),
  'magic-only': (good) => good.slice(0, 4),
  'truncated-half': (good) => good.slice(0, good.length >> 1),
  'truncated-tail': (good) => good.slice(0, good.length - 4),
  'wrong-head': (good) => changed(good, (bytes) => bytes.set([0x50, 0x41, 0x52, 0x58])),
  'footer-length-huge': (good) =>
    changed(good, (bytes) => bytes.fill(0xff, good.length - 8, good.length - 4)),
  'footer-garbage': (good) => changed(good, (bytes) => bytes.fill(0xff, footerStart(good), good.length - 8)),
  'page-header-garbage': (good) => changed(good, (bytes) => bytes.fill(0xff, 4, 12)),
  /** Deep inside the first column's values: only a checksum, or decoding every page, notices. */
  'page-bit': (good) => changed(good, (bytes) => bytes.set([(bytes[200] ?? 0) ^ 0x10], 200)),
  /** Two writers, one name: the last footer is fine, and its offsets point into the first file. */
  concatenated: (good, other) => new Uint8Array(Buffer.concat([other, good])),
  text: () => new TextEncoder().encode('ts_event,bid_price\n1770076800000,61000.5\n'),
};

function changed(good: Uint8Array, change: (bytes: Uint8Array) => void): Uint8Array {
  const bytes = good.slice();
  change(bytes);
  return bytes;
}

function footerStart(good: Uint8Array): number {
  const view = new DataView(good.buffer, good.byteOffset, good.byteLength);
  return good.length - 8 - view.getUint32(good.length - 8, true);
}
