import { s3Refusal } from './s3-refusal.js';

/** What the aws-chunked framing held. */
export interface Decoded {
  readonly content: Buffer;
  /** By name in lower case. */
  readonly trailers: Map<string, string>;
}

/**
 * Undoes aws-chunked with unsigned chunks: each a size in hex, CRLF, that many bytes and CRLF; one of size zero ends
 * them, and trailers and an empty line follow.
 *
 * @throws Refusal `IncompleteBody` or `MalformedTrailerError`.
 */
export function decodeChunked(body: Buffer): Decoded {
  const chunks: Buffer[] = [];
  let offset = 0;
  for (;;) {
    const line = lineAt(body, offset);
    const sizeBytes = /^[0-9a-f]+$/i.test(line) ? Number.parseInt(line, 16) : undefined;
    if (sizeBytes === undefined) throw s3Refusal('IncompleteBody');
    offset += line.length + 2;
    if (sizeBytes === 0) break;
    const chunk = body.subarray(offset, offset + sizeBytes);
    offset += sizeBytes;
    if (chunk.length !== sizeBytes || body.toString('latin1', offset, offset + 2) !== '\r\n') {
      throw s3Refusal('IncompleteBody');
    }
    offset += 2;
    chunks.push(chunk);
  }
  return { content: Buffer.concat(chunks), trailers: trailersAt(body, offset) };
}

function trailersAt(body: Buffer, start: number): Map<string, string> {
  const trailers = new Map<string, string>();
  let offset = start;
  for (;;) {
    const line = lineAt(body, offset);
    offset += line.length + 2;
    if (line === '') break;
    const [, name, value] = /^([^:\s]+):\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw s3Refusal('MalformedTrailerError');
    trailers.set(name.toLowerCase(), value);
  }
  if (offset !== body.length) throw s3Refusal('MalformedTrailerError');
  return trailers;
}

/** Up to the next CRLF, which must be there. */
function lineAt(body: Buffer, offset: number): string {
  const end = body.indexOf('\r\n', offset);
  if (end < 0) throw s3Refusal('IncompleteBody');
  return body.toString('latin1', offset, end);
}
