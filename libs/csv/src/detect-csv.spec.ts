import { detectCsv } from './detect-csv.js';

async function* once(text: string) {
  yield Buffer.from(text);
}

const detect = (text: string, headBytesMax = 1000) => detectCsv(once(text), { headBytesMax });

it.each([
  ['1709078400000,57037.35,1\n', { delimiter: ',', header: undefined, columnCount: 3, firstRowLine: 1 }],
  [
    'timestamp;price\n1;2\n',
    { delimiter: ';', header: ['timestamp', 'price'], firstRow: ['1', '2'], firstRowLine: 2 },
  ],
  [
    '\ufeff\r\n"timestamp","a ""b"""\r\n1,2\r\n',
    { header: ['timestamp', 'a "b"'], hasMark: true, firstRowLine: 3 },
  ],
  ['timestamp,p;rice\n1,2\n', { delimiter: ',', header: ['timestamp', 'p;rice'] }],
  ['20180501 00:00\t1\n', { delimiter: '\t', header: undefined }],
  ['a|b', { delimiter: '|', header: ['a', 'b'], firstRow: undefined, firstRowLine: 2 }],
  ['1,True,False\n', { header: undefined }],
  ['"a;b","c"\n1,2\n', { delimiter: ',', header: ['a;b', 'c'] }],
  ['"1";"2,5"\n', { delimiter: ';', firstRow: ['1', '2,5'] }],
])('%j', async (text, shape) => {
  expect(await detect(text)).toMatchObject(shape);
});

it.each([
  ['', 'CSV_EMPTY'],
  ['\n \n', 'CSV_EMPTY'],
  ['no delimiter\n', 'CSV_DIALECT'],
  ['"a,b\n', 'CSV_QUOTE'],
])('%j is refused: %s', async (text, code) => {
  await expect(detect(text)).rejects.toMatchObject({ kind: 'corrupt', code });
});

it('looks at no more than it may', async () => {
  await expect(detect(`1,2\n${'3'.repeat(100)}`, 50)).rejects.toMatchObject({
    code: 'LIMIT',
    details: { line: 2 },
  });
});
