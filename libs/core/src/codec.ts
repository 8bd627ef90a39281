/** Text ⇄ value, both directions in one place. `parse(format(v))` equals `v`. */
export interface Codec<T> {
  /** Regular-expression source, no capture groups, that delimits the text inside a path. */
  readonly pattern: string;
  /** @throws LakeError `invalid` when `text` has the pattern but no value, e.g. 30 February. */
  parse(text: string): T;
  /** @throws LakeError `invalid` when `value` cannot be written so that it reads back the same. */
  format(value: T): string;
}
