import type { BytesValues } from '../batch.js';

/**
 * Decimals in the fewest bytes that write the same integer (at least one), so that it does not matter whether a file
 * kept them in four, eight, fixed or any number of bytes.
 */
export function minimalDecimals({ offsets, data }: BytesValues): BytesValues {
  const count = offsets.length - 1;
  const shortOffsets = new Uint32Array(count + 1);
  const shortData = new Uint8Array((offsets[count] as number) - (offsets[0] as number) + count);
  let written = 0;
  for (let i = 0; i < count; i++) {
    const bytes = minimalDecimal(data.subarray(offsets[i], offsets[i + 1]));
    shortData.set(bytes, written);
    written += bytes.length;
    shortOffsets[i + 1] = written;
  }
  return { offsets: shortOffsets, data: shortData.subarray(0, written) };
}

/** Big-endian two's complement without the leading bytes that only repeat the sign. */
export function minimalDecimal(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) return new Uint8Array(1);
  let start = 0;
  while (start + 1 < bytes.length) {
    const sign = (bytes[start + 1] as number) >= 0x80 ? 0xff : 0x00;
    if (bytes[start] !== sign) break;
    start++;
  }
  return bytes.subarray(start);
}
