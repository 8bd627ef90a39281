import { gcsRefusal } from './gcs-refusal.js';

/** One part of a body. */
export interface RelatedPart {
  readonly contentType: string | undefined;
  readonly bytes: Buffer;
}

/** The parts of a multipart/related body. @throws Refusal `invalid` when it is framed wrongly. */
export function relatedParts(contentType: string, body: Buffer): RelatedPart[] {
  const [, quoted, plain] =
    /^multipart\/related\s*;.*?\bboundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) throw malformed();
  // The first boundary opens the body, unless a preamble or an empty line does.
  const delimiter = `\r\n--${boundary}`;
  const opened = Buffer.concat([Buffer.from('\r\n'), body]);
  const parts: RelatedPart[] = [];
  let start = opened.indexOf(delimiter);
  if (start < 0) throw malformed();
  for (;;) {
    start += delimiter.length;
    if (opened.toString('latin1', start, start + 2) === '--') return parts;
    const end = opened.indexOf(delimiter, start);
    if (end < 0) throw malformed();
    parts.push(partOf(opened.subarray(start, end)));
    start = end;
  }
}

function partOf(text: Buffer): RelatedPart {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) throw malformed();
  const [, contentType] = /^content-type:\s*(.*?)\s*$/im.exec(text.toString('latin1', 0, end)) ?? [];
  return { contentType, bytes: text.subarray(end + 4) };
}

function malformed(): Error {
  return gcsRefusal('invalid', 'Malformed multipart body.');
}
