import { badName } from './bad-name.js';

/** Longer names, escaped, would make some layout's segment longer than the 255 bytes that file systems hold. */
export const ESCAPED_MAX_BYTES = 180;
/**
 * Regular-expression source of what {@link escapeName} writes: the safe characters, and bytes as `%XX`. Bounded, for
 * expressions overflow the stack on texts of twenty megabytes.
 */
export const ESCAPED_PATTERN = `(?:[A-Za-z0-9._~+-]|%[0-9A-F][0-9A-F]){1,${ESCAPED_MAX_BYTES}}`;
/** The same with `:` as it is. */
export const ESCAPED_RAW_COLONS_PATTERN = `(?:[A-Za-z0-9._~+:-]|%[0-9A-F][0-9A-F]){1,${ESCAPED_MAX_BYTES}}`;

/** Nearly every name there is. */
const SAFE_BUT_COLONS = /^[A-Za-z0-9._~+:-]*$/;

/**
 * `text` with every character but `A–Z a–z 0–9 . _ ~ + -` as the bytes of its UTF-8, each `%XX` in upper case: `:` is
 * `%3A`, `%` is `%25` (AP-17, D-26). With `rawColons`, `:` stays. One text has one spelling, and {@link unescapeName}
 * reads it back.
 *
 * @throws LakeError `invalid` (`NAME`) for half a surrogate pair, which UTF-8 does not have.
 */
export function escapeName(text: string, { rawColons }: { readonly rawColons: boolean }): string {
  if (SAFE_BUT_COLONS.test(text)) return rawColons ? text : text.replaceAll(':', '%3A');
  if (/\p{Surrogate}/u.test(text)) throw badName('a name has half a character', { text });
  const escaped = text.replace(/[^A-Za-z0-9._~+-]+/g, (run) =>
    encodeURIComponent(run).replace(/[!'()*]/g, (character) => `%${hexOf(character)}`),
  );
  return rawColons ? escaped.replaceAll('%3A', ':') : escaped;
}

/**
 * What {@link escapeName} wrote, in either spelling of the colon. A text it would not have written may be read as well:
 * the caller writes it again and compares.
 *
 * @throws LakeError `invalid` (`NAME`) for bytes that are no UTF-8.
 */
export function unescapeName(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badName('a name is escaped wrongly', { text });
  }
}

function hexOf(character: string): string {
  return character.charCodeAt(0).toString(16).toUpperCase();
}
