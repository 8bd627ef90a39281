/** Four bytes, little-endian: a length. A DataView would cost more than all of it. */
export function u32At(bytes: Uint8Array, at: number): number {
  return u16At(bytes, at) + u16At(bytes, at + 2) * 65536;
}

function u16At(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
}
