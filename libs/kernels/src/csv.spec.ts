import fc from 'fast-check';
import { CSV_CELL, CSV_STATE } from './contract/csv-kernels.js';
import { createTwins } from './spec-support/twins.js';

const twins = createTwins();
const STATE = 0x100;
const TARGETS = 0x200;
const VALUES = 0x1000;
const COLUMN_BYTES = 0x1000;
const TEXT = 0x10000;

type Kind = keyof typeof CSV_CELL;

interface Reading {
  readonly delimiter?: string;
  readonly rowsMax?: number;
  readonly lineBytesMax?: number;
}

/** What comes of a text: rows, their values, whether a line was unusual, and what is left from there on. */
function read(text: string, kinds: readonly Kind[], options: Reading = {}) {
  const { delimiter = ',', rowsMax = 100, lineBytesMax = 1000 } = options;
  const bytes = Buffer.from(text, 'latin1');
  twins.put(TEXT, bytes);
  const targets = kinds.flatMap((kind, i) => [CSV_CELL[kind], VALUES + i * COLUMN_BYTES]);
  twins.put(TARGETS, Uint32Array.from(targets));
  const words = [TEXT, TEXT + bytes.length, delimiter.charCodeAt(0), kinds.length, TARGETS, 0, rowsMax];
  twins.put(STATE, Uint32Array.of(...words, lineBytesMax));
  const isUnusual = twins.run('csvLines', STATE) === 1;
  const word = (field: number) => new Uint32Array(twins.same(STATE + field, 4).buffer)[0]!;
  const rowCount = word(CSV_STATE.ROW);
  const values = kinds.map((kind, i): unknown[] => {
    const at = VALUES + i * COLUMN_BYTES;
    if (kind === 'SKIPPED') return [];
    if (kind === 'BOOL') return [...twins.same(at, rowCount)].map((value) => value === 1);
    const { buffer } = twins.same(at, rowCount * 8);
    return kind === 'INT64' ? [...new BigInt64Array(buffer)] : [...new Float64Array(buffer)];
  });
  return { rowCount, values, isUnusual, left: text.slice(word(CSV_STATE.AT) - TEXT) };
}

const whole = fc.bigInt({ min: -(10n ** 15n) + 1n, max: 10n ** 15n - 1n });
const decimal = fc
  .tuple(fc.boolean(), fc.nat({ max: 999_999_999 }), fc.nat({ max: 6 }))
  .map(([isNegative, digits, places]) => {
    const text = String(digits).padStart(places + 1, '0');
    const whole = text.slice(0, text.length - places);
    return `${isNegative ? '-' : ''}${whole}${places > 0 ? `.${text.slice(-places)}` : ''}`;
  });
const truth = fc.constantFrom('true', 'True', 'TRUE', '1', 'false', 'False', 'FALSE', '0');
const other = fc.stringMatching(/^[ -!#-+\--9:-~]{0,5}$/);

describe('csv kernels', () => {
  it('read what is usual exactly, however lines end', () => {
    const row = fc.tuple(whole, decimal, truth, other);
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 20 }),
        fc.constantFrom(',', ';', '\t', '|'),
        fc.constantFrom('\n', '\r\n'),
        (rows, delimiter, end) => {
          const clean = rows.map(([a, b, c, d]) => [a, b, c, d.replaceAll(delimiter, '')] as const);
          const text = clean.map((cells) => cells.join(delimiter) + end).join('');
          const found = read(text, ['INT64', 'FLOAT64', 'BOOL', 'SKIPPED'], { delimiter });
          const columns = [
            clean.map(([value]) => value),
            clean.map(([, value]) => Number(value)),
            clean.map(([, , value]) => /^(1|true)$/i.test(value)),
            [],
          ];
          expect(found).toEqual({ rowCount: rows.length, values: columns, isUnusual: false, left: '' });
        },
      ),
      { numRuns: 1000 },
    );
  });

  it.each<[string, string, Kind]>([
    ['an empty cell', '', 'INT64'],
    ['a point in a whole number', '1.0', 'INT64'],
    ['sixteen digits', '1234567890123456', 'INT64'],
    ['a plus', '+1', 'INT64'],
    ['a blank', ' 1', 'INT64'],
    ['a minus alone', '-', 'INT64'],
    ['two of them', '--1', 'INT64'],
    ['an exponent', '1e5', 'FLOAT64'],
    ['two points', '1.2.3', 'FLOAT64'],
    ['a point alone', '.', 'FLOAT64'],
    ['no finite number', 'NaN', 'FLOAT64'],
    ['sixteen digits and a point', '1.234567890123456', 'FLOAT64'],
    ['a number in quotes', '"1"', 'FLOAT64'],
    ['another truth', 'yes', 'BOOL'],
    ['mixed letters', 'tRUE', 'BOOL'],
    ['fALSE', 'fALSE', 'BOOL'],
    ['more than a truth', 'trueish', 'BOOL'],
    ['two digits', '10', 'BOOL'],
    ['quotes', 'a"b', 'SKIPPED'],
    ['a cell too many', '1,2', 'INT64'],
    ['a carriage return inside', '1\r', 'INT64'],
    ['a blank line', '\n7', 'INT64'],
  ])('leave a line with %s', (_, cell, kind) => {
    const good = kind === 'BOOL' ? 'true' : '1';
    const text = `${good},1\n${cell},1\n${good},1\n`;
    const found = read(text, [kind, 'INT64']);
    expect(found).toMatchObject({ rowCount: 1, isUnusual: true, left: text.slice(good.length + 3) });
  });

  it.each([
    ['.5', 0.5],
    ['5.', 5],
    ['-0', -0],
    ['-0.0', -0],
    ['0.000001', 0.000001],
    ['123456789.012345', 123456789.012345],
    ['999999999999999', 999999999999999],
  ])('read %s as the nearest double', (text, value) => {
    expect(read(`${text}\n`, ['FLOAT64'])).toMatchObject({ values: [[value]], isUnusual: false });
  });

  it('leave a line that lacks a cell, or is too long', () => {
    expect(read('1,2\n3\n', ['INT64', 'INT64'])).toMatchObject({ rowCount: 1, left: '3\n' });
    const long = read('1,a\n1,abcd\n', ['INT64', 'SKIPPED'], { lineBytesMax: 5 });
    expect(long).toMatchObject({ rowCount: 1, isUnusual: true, left: '1,abcd\n' });
  });

  it('stop where rows are full', () => {
    const full = read('1\n2\n3\n', ['INT64'], { rowsMax: 2 });
    expect(full).toEqual({ rowCount: 2, values: [[1n, 2n]], isUnusual: false, left: '3\n' });
  });

  it('agree on any bytes', () => {
    const piece = fc.constantFrom('1', '9', '0', '.', '-', ',', '\n', '\r', '"', 'true', 'FALSE', 'e', ' ');
    const kinds = fc.array(fc.constantFrom<Kind>('INT64', 'FLOAT64', 'BOOL', 'SKIPPED'), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), kinds, (parts, columns) => {
        const text = `${parts.join('')}\n`;
        const { rowCount, left } = read(text, columns);
        expect(text.slice(0, text.length - left.length).split('\n')).toHaveLength(rowCount + 1);
      }),
      { numRuns: 2000 },
    );
  });
});
