import { parseChecksum } from './checksum-file.js';

const DIGITS = 'ab'.repeat(32);

it.each([`${DIGITS}  a.zip`, `${DIGITS}  a.zip\n`, `${DIGITS.toUpperCase()} *a.zip\r\n`])(
  'reads %j',
  (text) => {
    expect(parseChecksum(text, 'folder/a.zip')).toBe(DIGITS);
  },
);

it.each(['', 'ab', DIGITS, `${DIGITS}  b.zip`, `${DIGITS}0  a.zip`])('refuses %j', (text) => {
  expect(() => parseChecksum(text, 'a.zip')).toThrow(
    expect.objectContaining({ kind: 'corrupt', code: 'BAD_MAGIC' }),
  );
});
