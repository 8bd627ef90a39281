import fc from 'fast-check';
import { read, readTwice } from './spec-support/read-text.js';

describe('lines read by a kernel', () => {
  const usual = fc.tuple(fc.integer(), fc.integer(), fc.boolean()).map(([a, b, c]) => `${a},${b / 4},${c}`);
  const unusual = fc.constantFrom(
    '+1,2,true',
    '"1",2,true',
    '1234567890123456789,2,1',
    '1,12345.678901234567890,0',
    '1,1e5,TRUE',
    '1,,true',
    ',,',
    '',
    '  ',
    '1,2',
    '1,2,3,4',
    'x,2,true',
    '1,2,"true"',
  );

  it('are those that are read one by one, whatever stands between them', async () => {
    const line = fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: unusual });
    const property = fc.asyncProperty(
      fc.array(line, { maxLength: 40 }),
      fc.constantFrom('\n', '\r\n'),
      fc.integer({ min: 1, max: 300 }),
      fc.boolean(),
      async (lines, end, pieceBytes, nullable) => {
        const text = ['a,b,c', ...lines].join(end);
        await readTwice(text, ['int', 'float', 'bool'], { pieceBytes, nullable, firstRowLine: 2 });
      },
    );
    await fc.assert(property, { numRuns: 1000 });
  });

  it('are more than a window, and some are longer than one', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => `${i},${i / 8},${i % 3 === 0}`);
    rows[7000] = `7000,${'0'.repeat(70_000)}875,true`;
    rows[14_000] = '14000,+1750,true';
    const text = `${rows.join('\n')}\n`;
    const { values, lines } = await read(text, ['int', 'float', 'bool'], {
      ...{ pieceBytes: 200_000, lineBytesMax: 100_000 },
    });
    expect(values[0]).toEqual(rows.map((_, i) => BigInt(i)));
    expect(values[1]).toEqual(rows.map((_, i) => (i === 7000 ? 875 : i / 8)));
    expect(lines).toEqual(rows.map((_, i) => i + 1));
  });
});
