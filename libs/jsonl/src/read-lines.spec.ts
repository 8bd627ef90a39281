import { isLakeError } from '@ticklake/core';
import { readLines } from './read-lines.js';

async function outcome(text: string | Buffer, pieceBytes: number, lineBytesMax = 100): Promise<string> {
  const bytes = Buffer.from(text as string);
  const pieces = async function* () {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  };
  const lines: string[] = [];
  try {
    for await (const { bytes: line, number } of readLines(pieces(), { lineBytesMax })) {
      lines.push(`${number}=${Buffer.from(line).toString()}`);
    }
  } catch (error) {
    if (!isLakeError(error, 'corrupt')) throw error;
    lines.push(`${error.code} ${String(error.details['line'])}`);
  }
  return lines.join(' ');
}

it.each<[string, string | Buffer, string]>([
  ['nothing', '', ''],
  ['lines', 'a\nbc\n', '1=a 2=bc'],
  ['carriage returns', 'a\r\nb\r\n', '1=a 2=b'],
  ['a carriage return within', 'a\rb\n', '1=a\rb'],
  ['blank lines, which count', '\n \t\n\r\na\n\n', '4=a'],
  ['a byte order mark', '\uFEFFa\nb\n', '1=a 2=b'],
  ['a mark and nothing else', '\uFEFF\r\nb\n', '2=b'],
  ['a mark within, which is text', 'a\n\uFEFFb\n', '1=a 2=\uFEFFb'],
  ['a last line without end', 'a\nbc', '1=a TRUNCATED 2'],
  ['a line that is not UTF-8', Buffer.from('a\n\xff\xfe\nb\n', 'latin1'), '1=a UTF8 2'],
  ['a surrogate spelled in UTF-8', Buffer.from([0xed, 0xa0, 0x80, 10]), 'UTF8 1'],
  ['a line of just as many bytes', `${'x'.repeat(100)}\r\n`, `1=${'x'.repeat(100)}`],
  ['a line of more', `a\n${'x'.repeat(101)}\n`, '1=a LIMIT 2'],
  ['a line without end', 'x'.repeat(10_000), 'LIMIT 1'],
])('%s', async (_, text, expected) => {
  for (const pieceBytes of [1, 2, 5, 1000]) expect(await outcome(text, pieceBytes)).toBe(expected);
});

it('holds no more of an endless line than the limit', async () => {
  let given = 0;
  const endless = async function* () {
    for (;;) {
      given++;
      yield new Uint8Array(1000).fill(97);
    }
  };
  const reading = async () => {
    for await (const line of readLines(endless(), { lineBytesMax: 5000 })) void line;
  };
  await expect(reading()).rejects.toMatchObject({ code: 'LIMIT' });
  expect(given).toBe(6);
});
