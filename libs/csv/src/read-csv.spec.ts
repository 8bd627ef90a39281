import { valueAt } from '@ticklake/columnar';
import fc from 'fast-check';
import { boolCells, float64Cells, int64Cells, textCells, type CellColumn } from './cells/index.js';
import { readCsv, type CsvColumn } from './read-csv.js';
import { pieces, read, ROWS_MAX, type Kind } from './spec-support/read-text.js';

const fault = (code: string, details: object = {}) =>
  expect.objectContaining({
    name: 'LakeError',
    kind: 'corrupt',
    code,
    details: expect.objectContaining(details),
  });

describe('rows', () => {
  it.each([1, 2, 3, 1000])('come out in order, %d bytes at a time', async (pieceBytes) => {
    const text = '1,0.5,true\n\n-2,1e3,False\r\n3,.25,1\n4,7.,0\n5,-0,TRUE';
    const { values, lines } = await read(text, ['int', 'float', 'bool'], { pieceBytes });
    expect(values).toEqual([
      [1n, -2n, 3n, 4n, 5n],
      [0.5, 1000, 0.25, 7, -0],
      [1, 0, 1, 0, 1],
    ]);
    expect(lines).toEqual([1, 3, 4, 5, 6]);
  });

  it('begin after the header, and after a byte order mark', async () => {
    const text = '\ufeffa;b\n1;2\n';
    const { values } = await read(text, ['int', 'int'], { delimiter: ';', firstRowLine: 2 });
    expect(values).toEqual([[1n], [2n]]);
    for (let pieceBytes = 1; pieceBytes < 5; pieceBytes++) {
      const options = { pieceBytes };
      expect((await read('\ufeff1,2\n', ['int', 'int'], options)).values).toEqual([[1n], [2n]]);
      // Nowhere else, however the file comes.
      await expect(read('1\n\ufeff2\n', ['int'], options)).rejects.toEqual(fault('CSV_VALUE', { line: 2 }));
    }
  });

  it('may stand in quotes, with delimiters and doubled quotes in them', async () => {
    const text = '"1","0.5"\n2,"2.5"\n';
    expect((await read(text, ['int', 'float'])).values).toEqual([
      [1n, 2n],
      [0.5, 2.5],
    ]);
  });

  it('have null where a field is empty and may be', async () => {
    expect((await read('1,\n,2\n', ['int', 'int'], { nullable: true })).values).toEqual([
      [1n, null],
      [null, 2n],
    ]);
  });
});

describe('numbers', () => {
  it('keep every bit of an integer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), async (all) => {
        const { values } = await read(all.map((value) => `${value},0\n`).join(''), ['int', 'int'], {
          pieceBytes: 64,
        });
        expect(values[0]).toEqual(all);
      }),
    );
  });

  it('are the double nearest to any decimal, as the language reads it', async () => {
    const decimal = fc
      .tuple(
        fc.boolean(),
        fc.nat({ max: 2 ** 31 }),
        fc.stringMatching(/^\d{0,24}$/),
        fc.integer({ min: -30, max: 30 }),
      )
      .map(
        ([isNegative, whole, fraction, power]) =>
          `${isNegative ? '-' : ''}${whole}.${fraction}${power === 0 ? '' : `e${power}`}`,
      );
    await fc.assert(
      fc.asyncProperty(fc.array(decimal), async (all) => {
        const { values } = await read(all.map((value) => `0,${value}\n`).join(''), ['int', 'float'], {
          pieceBytes: 64,
        });
        expect(values[1]).toEqual(all.map(Number));
      }),
    );
  });

  it('are counted where a double cannot give back their digits', () => {
    const cells = float64Cells(8);
    const all = [
      '0.1',
      '123456789012345.5',
      '0.1234567890123456789',
      '9007199254740993',
      '1000000000000000000000',
    ];
    all.forEach((text, row) => cells.put(Buffer.from(text), 0, text.length, row));
    expect(cells.roundedCount).toBe(2);
  });
});

describe('times', () => {
  it.each([
    ['2024-02-29 12:34:56.789Z', 1_709_210_096_789n],
    ['20201229 08:00:00+00:00', 1_609_228_800_000n],
    ['2024-01-01T00:00:00.000000+03:00', 1_704_056_400_000n],
  ])('%s', async (text, ms) => {
    expect((await read(`${text},0\n`, ['instant', 'int'])).values[0]).toEqual([ms]);
  });

  it('are of the clock that they are said to be of', async () => {
    expect((await read('2020-01-01 03:00:00.000,0\n', ['localInstant', 'int'])).values[0]).toEqual([
      1_577_836_800_000n,
    ]);
  });

  it.each([
    ['2024-01-01 00:00:00', 'a time that does not say how far it is from UTC'],
    ['2024-01-01 00:00:00.000001Z', 'not a whole number of milliseconds'],
    ['2023-02-29 00:00:00Z', 'not a time of the calendar'],
    ['2024-01-01 25:00:00Z', 'not a time of the calendar'],
    ['yesterday', 'not a date and time'],
  ])('refuses %s', async (text, reason) => {
    await expect(read(`${text},0\n`, ['instant', 'int'])).rejects.toThrow(reason);
  });
});

describe('texts', () => {
  it('come out as they went in, null where there is none', async () => {
    const texts = fc.array(fc.string({ unit: 'grapheme' }).filter((text) => !/[\r\n]/.test(text)));
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 1, max: 40 }), async (all, pieceBytes) => {
        const lines = all.map((text) => `0,"${text.replaceAll('"', '""')}"\n`).join('');
        const { values } = await read(lines, ['int', 'text'], { pieceBytes, nullable: true });
        expect(values[1]).toEqual(all.map((text) => (text === '' ? null : text)));
      }),
    );
  });

  it('of any length have room', async () => {
    const long = 'a'.repeat(900);
    const { values } = await read(`${long},1\nb,2\n`, ['text', 'int']);
    expect(values[0]).toEqual([long, 'b']);
  });

  it('are in UTF-8', async () => {
    const bytes = Buffer.from([0x61, 0xff, 0x2c, 0x31, 0x0a]);
    await expect(read(bytes, ['text', 'int'])).rejects.toThrow('not text in UTF-8');
  });
});

describe('what is refused', () => {
  it.each<[string, Kind, string]>([
    ['1.5', 'int', 'not a whole number'],
    ['9223372036854775808', 'int', 'does not fit 64 bits'],
    ['-', 'int', 'not a whole number'],
    ['12a', 'int', 'not a whole number'],
    [' 1', 'int', 'not a whole number'],
    ['1e400', 'float', 'too large for a double'],
    ['1e-400', 'float', 'too small for a double'],
    ['inf', 'float', 'not a finite number'],
    ['NaN', 'float', 'not a finite number'],
    ['0x10', 'float', 'not a number'],
    ['1,5', 'float', 'another number of fields'],
    ['.', 'float', 'not a number'],
    ['1.2.3', 'float', 'not a number'],
    ['yes', 'bool', 'neither true nor false'],
    ['', 'float', 'a value is missing'],
  ])('%j as %s', async (text, kind, reason) => {
    await expect(read(`0,0\n0,${text}\n`, ['int', kind])).rejects.toThrow(reason);
  });

  it('says which line, column, field and text', async () => {
    await expect(read('1,2\n\n3,x\n', ['int', 'int'])).rejects.toEqual(
      fault('CSV_VALUE', { line: 3, column: 'c1', field: 2, text: 'x' }),
    );
  });

  it.each([
    ['fewer fields', '1,2\n3\n', { line: 2, expected: 2, found: 1 }],
    ['more fields', '1,2\n3,4,5\n', { line: 2, expected: 2, found: 3 }],
    ['another delimiter', '1,2\n3;4\n', { line: 2 }],
  ])('a line of %s', async (_, text, details) => {
    const failure = read(text, ['float', 'float']);
    await expect(failure).rejects.toMatchObject({ kind: 'corrupt', details });
    await expect(failure).rejects.toMatchObject({ code: expect.stringMatching(/^CSV_(FIELDS|VALUE)$/) });
  });

  it.each(['"1,2\n', '"1"2,3\n', '1"0,2\n', '1,"2\n3"\n'])('quotes that do not pair: %j', async (text) => {
    await expect(read(text, ['int', 'int'])).rejects.toEqual(fault('CSV_QUOTE', { line: 1 }));
  });

  it('a line that is too long, before it is held whole', async () => {
    const text = `1,2\n${'9'.repeat(500)}`;
    await expect(read(text, ['int', 'int'], { lineBytesMax: 50 })).rejects.toEqual(
      fault('LIMIT', { line: 2 }),
    );
  });
});

it('takes pieces that hold no longer than until the next is asked for', async () => {
  const text = Array.from({ length: 40 }, (_, i) => `${i},${'x'.repeat(i % 7)}\n`).join('');
  for (const pieceBytes of [1, 3, 8, 50]) {
    const shape = { delimiter: ',', columnCount: 2, firstRowLine: 1 };
    const columns: CsvColumn[] = [
      { name: 'a', index: 0, nullable: false, cells: int64Cells(ROWS_MAX) as CellColumn },
      { name: 'b', index: 1, nullable: true, cells: textCells(ROWS_MAX) as CellColumn },
    ];
    const room = Buffer.alloc(pieceBytes);
    async function* input() {
      for (const piece of pieces(text, pieceBytes)) {
        room.fill('9');
        room.set(piece);
        yield room.subarray(0, piece.length);
      }
    }
    const seen: string[] = [];
    for await (const { rowCount, columns: read } of readCsv(input(), {
      ...{ shape, columns, rowsMax: ROWS_MAX, lineBytesMax: 100 },
    }))
      for (let row = 0; row < rowCount; row++)
        seen.push(read.map((column) => String(valueAt(column, row) ?? '')).join());
    const [first] = seen;
    expect([first, seen.length]).toEqual(['0,', 40]);
    expect(seen.map((line) => line.split(',')[0])).toEqual(Array.from({ length: 40 }, (_, i) => String(i)));
  }
});

it.each([
  ['in the middle', `1,2\n3,x${'y'.repeat(100)}\n`],
  ['with too many fields', `1,2\n3,4,${'5,'.repeat(50)}6\n`],
  ['with quotes that do not pair', `1,2\n3,"${'4'.repeat(100)}\n`],
  ['before the rows', `1,2\n${' '.repeat(100)}\n`],
])('of a line that is too long nothing else is told: %s', async (_, text) => {
  const reading = read(text, ['int', 'int'], { lineBytesMax: 50, pieceBytes: 1000 });
  await expect(reading).rejects.toEqual(fault('LIMIT', { line: 2 }));
});

describe('a plain cell', () => {
  const KINDS = [
    ['a whole number', () => int64Cells(2)],
    ['a decimal', () => float64Cells(2)],
    ['a truth', () => boolCells(2)],
  ] as const;
  const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 17 });
  const numbers = fc
    .tuple(fc.constantFrom('', '-', '+', ' '), digits, fc.constantFrom('', '.', '..', 'e'), digits)
    .map((parts) => parts.join(''));
  const truths = fc.constantFrom(
    'true',
    'True',
    'TRUE',
    'tru',
    'truex',
    'false',
    'False',
    'FALSE',
    '1',
    '0',
    '01',
  );

  it.each(KINDS)('is the value that a second look gives: %s', (_, create) => {
    fc.assert(
      fc.property(fc.oneof(numbers, truths), fc.constantFrom(',', '\n', '\t', '\r\n'), (text, stop) => {
        const [once, twice] = [create(), create()];
        const bytes = Buffer.from(`x${text}${stop}`);
        const delimiter = stop === '\t' ? 9 : 44;
        const end = once.readPlain(bytes, 1, delimiter, 1);
        if (end < 0) return;
        expect(end).toBe(1 + text.length);
        expect(twice.put(bytes, 1, end, 1)).toBeUndefined();
        expect(once.take(2)).toEqual(twice.take(2));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    [int64Cells(1), '123456789012345'],
    [int64Cells(1), '-1'],
    [float64Cells(1), '-42000.12345678'],
    [boolCells(1), 'False'],
  ])('is not left for it', (cells, text) => {
    expect(cells.readPlain(Buffer.from(`${text},`), 0, 44, 0)).toBe(text.length);
  });

  it('holds until the next is put, where that is enough', () => {
    const cells = int64Cells(1, { isReused: true });
    cells.readPlain(Buffer.from('7,'), 0, 44, 0);
    const taken = cells.take(1);
    expect(taken).toEqual(BigInt64Array.of(7n));
    cells.readPlain(Buffer.from('8,'), 0, 44, 0);
    expect(taken).toEqual(BigInt64Array.of(8n));
  });
});
