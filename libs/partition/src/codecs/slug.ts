import { LakeError, type Codec } from '@ticklake/core';

const PATTERN = '[A-Za-z0-9][A-Za-z0-9._:@+-]{0,127}';
const WHOLE = new RegExp(`^${PATTERN}$`);

/**
 * A name as it stands in a path: 1 to 128 of `A–Z a–z 0–9 . _ : @ + -`, beginning with a letter or a digit. Hence never
 * `.`, `..` or anything hidden, and nothing that a file system or an object store reads in its own way. Case is kept.
 *
 * `parse` and `format` throw LakeError `invalid` (`NAME`) for any other text; nothing is escaped or folded, so two
 * names never share a path.
 */
export const slug: Codec<string> = {
  pattern: PATTERN,
  parse: checked,
  format: checked,
};

function checked(text: string): string {
  if (WHOLE.test(text)) return text;
  throw new LakeError('invalid', 'not a name that a path can hold', { code: 'NAME', details: { text } });
}
