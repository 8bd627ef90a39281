import { failureOfAnswer } from './failure-of-status.js';
import type { ByteRange } from './object-api.js';

/** What an answer says it brings. */
export interface ToldRange {
  readonly offset: number;
  readonly length: number;
  /** Of the whole object. */
  readonly size: number;
}

/** `bytes 10-19/100`; where there is no such header, the answer is the whole of `contentLength` bytes. */
export function parseContentRange(header: string | undefined, contentLength: number | undefined): ToldRange {
  if (header === undefined) {
    if (contentLength === undefined) throw failureOfAnswer('no length');
    return { offset: 0, length: contentLength, size: contentLength };
  }
  const parts = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(header);
  if (parts === null) throw failureOfAnswer('a range of another form');
  const [offset, last, size] = parts.slice(1).map(Number) as [number, number, number];
  return { offset, length: last + 1 - offset, size };
}

/** How many bytes answer `asked` where the object has `told.size`. @throws LakeError `unavailable` when the answer brings others. */
export function partialLengthOf(asked: ByteRange, told: ToldRange): number {
  const length = Math.min(asked.length, told.size - asked.offset);
  if (told.offset !== asked.offset || told.length !== length)
    throw failureOfAnswer('another range than was asked for');
  return length;
}
