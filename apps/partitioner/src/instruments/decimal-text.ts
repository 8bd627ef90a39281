/** A number as decimal text without an exponent, of the fewest digits that read back as it: `1e-8` is `0.00000001`. */
export function decimalText(value: number): string {
  const text = String(value);
  const match = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign = '', whole = '', fraction = '', exponent] = match;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  // The exponents of large numbers begin where their digits end.
  return `${sign}${digits.padEnd(point, '0')}`;
}
