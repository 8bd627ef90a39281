const CHARS_MAX = 24;

/**
 * A strike as canonical decimal text: `5K` and `05000.0` are `5000`. `undefined` for what is no decimal number, has a sign or an exponent,
 * or has more than 24 characters when written out.
 */
export function canonicalStrike(text: string): string | undefined {
  const match = /^(\d+)(?:\.(\d+))?([Kk]?)$/.exec(text);
  if (match === null) return undefined;
  const [, whole = '', fraction = '', thousands] = match;
  const shift = thousands === '' ? 0 : 3;
  const moved = fraction.padEnd(shift, '0');
  const digits = (whole + moved.slice(0, shift)).replace(/^0+(?=\d)/, '');
  const decimals = withoutEndingZeros(moved.slice(shift));
  const strike = decimals === '' ? digits : `${digits}.${decimals}`;
  return strike.length <= CHARS_MAX ? strike : undefined;
}

/** A loop, as a regular expression takes the square of the time over many zeros. */
function withoutEndingZeros(text: string): string {
  let end = text.length;
  while (text[end - 1] === '0') end--;
  return text.slice(0, end);
}
