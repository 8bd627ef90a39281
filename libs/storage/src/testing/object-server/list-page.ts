import type { Version } from './bucket-store.js';

/** An object, or the common prefix of some. */
export type ListEntry =
  | { readonly kind: 'object'; readonly name: string; readonly version: Version }
  | { readonly kind: 'prefix'; readonly name: string };

/** What to list. */
export interface ListQuery {
  readonly prefix: string;
  /** `''` for none. */
  readonly delimiter: string;
  /** Entries up to this name were on earlier pages. */
  readonly after: string | undefined;
  /** Keys up to this one do not count, not even for a common prefix. */
  readonly startAfter: string | undefined;
  /** Objects and prefixes together. */
  readonly entriesMax: number;
}

/** Some entries, in UTF-8 byte order of name. */
export interface ListPage {
  readonly entries: readonly ListEntry[];
  /** The name to continue after; `undefined` on the last page. */
  readonly next: string | undefined;
}

/** One page of `objects`, which are in UTF-8 byte order of key. */
export function listPage(
  objects: readonly (readonly [key: string, version: Version])[],
  query: ListQuery,
): ListPage {
  const entries: ListEntry[] = [];
  const after = query.after === undefined ? undefined : Buffer.from(query.after);
  const startAfter = query.startAfter === undefined ? undefined : Buffer.from(query.startAfter);
  for (const [key, version] of objects) {
    if (!key.startsWith(query.prefix) || !isBeyond(key, startAfter)) continue;
    const name = commonPrefixOf(key, query);
    const last = entries.at(-1);
    if (!isBeyond(name ?? key, after) || (name !== undefined && last?.name === name)) continue;
    // One more would not fit, so the page ends at the last that did.
    if (entries.length >= query.entriesMax) return { entries, next: last?.name };
    entries.push(name === undefined ? { kind: 'object', name: key, version } : { kind: 'prefix', name });
  }
  return { entries, next: undefined };
}

/** Names a place in a listing, so that clients cannot read it. */
export function listToken(name: string): string {
  return Buffer.from(`${TOKEN_MARK}${name}`).toString('base64url');
}

/** The place that {@link listToken} named; `undefined` for what is no token. */
export function placeOfToken(token: string): string | undefined {
  const text = Buffer.from(token, 'base64url').toString();
  return text.startsWith(TOKEN_MARK) && listToken(text.slice(TOKEN_MARK.length)) === token
    ? text.slice(TOKEN_MARK.length)
    : undefined;
}

const TOKEN_MARK = 'after:';

function commonPrefixOf(key: string, { prefix, delimiter }: ListQuery): string | undefined {
  const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}

function isBeyond(name: string, place: Buffer | undefined): boolean {
  return place === undefined || Buffer.compare(Buffer.from(name), place) > 0;
}
