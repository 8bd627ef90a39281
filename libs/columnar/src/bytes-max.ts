/** Offsets are 32 bits wide, so one column's bytes end below 4 GiB. */
export const BYTES_MAX = 0xffff_ffff;
