import { bytesSource } from '@ticklake/core';
import { zipBytes, type ZippedFile } from '../testing/zip-bytes.js';
import { onlyEntry, readZipEntry } from './read-zip-entry.js';
import { readZipDirectory } from './zip-directory.js';

const LIMITS = { entriesMax: 100, directoryBytesMax: 1 << 20 };
const text = Buffer.from('1,2\n'.repeat(5_000));

async function read(zip: Uint8Array, { readBytes = 100, outputBytesMax = 1 << 24 } = {}): Promise<string> {
  const source = bytesSource(zip);
  const entry = onlyEntry(await readZipDirectory(source, LIMITS));
  const pieces: Uint8Array[] = [];
  for await (const piece of readZipEntry(source, entry, { readBytes, outputBytesMax })) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

const zipOf = (file: Partial<ZippedFile> = {}) => zipBytes([{ name: 'a.csv', bytes: text, ...file }]);
const failure = (code: string) => expect.objectContaining({ name: 'LakeError', kind: 'corrupt', code });

describe('a zip of one file', () => {
  it.each([1, 7, 100, 1 << 20])('comes out as it went in, %d stored bytes at a time', async (readBytes) => {
    expect(await read(zipOf(), { readBytes })).toBe(text.toString());
  });

  it('may be stored as it is, have a comment, or sizes of 64 bits', async () => {
    expect(await read(zipOf({ method: 0 }))).toBe(text.toString());
    expect(await read(zipOf({ isWide: true }))).toBe(text.toString());
    const commented = zipBytes(
      [{ name: 'a.csv', bytes: text }],
      'PK\x05\x06 is how the end of a zip begins'.padEnd(60),
    );
    expect(await read(commented)).toBe(text.toString());
  });

  it('may be empty, and may have folders beside it', async () => {
    const zip = zipBytes([
      { name: 'folder/', bytes: new Uint8Array(0), method: 0 },
      { name: 'folder/a.csv', bytes: new Uint8Array(0) },
    ]);
    expect(await read(zip)).toBe('');
  });
});

describe('a zip that is refused', () => {
  it.each([
    ['none', zipBytes([])],
    [
      'several',
      zipBytes([
        { name: 'a.csv', bytes: text },
        { name: 'b.csv', bytes: text },
      ]),
    ],
  ])('holds %s instead of one file', async (_, zip) => {
    await expect(read(zip)).rejects.toEqual(failure('ZIP_ENTRIES'));
  });

  it('is cut off anywhere', async () => {
    const zip = zipOf();
    for (let size = 4; size < zip.length; size += 3) {
      await expect(read(zip.subarray(0, size))).rejects.toEqual(failure('TRUNCATED'));
    }
  });

  it('is none', async () => {
    await expect(read(Buffer.from('timestamp,open\n'))).rejects.toEqual(failure('BAD_MAGIC'));
    await expect(read(new Uint8Array(0))).rejects.toEqual(failure('BAD_MAGIC'));
  });

  it.each([
    ['another checksum', { lies: { crc32: 1 } }],
    ['more bytes', { lies: { sizeBytes: text.length + 1 } }],
    ['fewer bytes', { lies: { sizeBytes: text.length - 1 } }],
  ])('has %s than its directory says', async (_, file) => {
    await expect(read(zipOf(file))).rejects.toEqual(failure('ZIP_CORRUPT'));
  });

  it.each([
    ['encrypted', { lies: { flags: 1 } }],
    ['compressed in another way', { lies: { method: 12 } }],
  ])('is %s', async (_, file) => {
    await expect(read(zipOf(file))).rejects.toEqual(failure('ZIP_UNSUPPORTED'));
  });

  it('is a bomb: one that admits it before anything is inflated, one that lies at the first byte too many', async () => {
    const bytes = new Uint8Array(8 << 20);
    await expect(read(zipOf({ bytes }), { outputBytesMax: 1 << 20 })).rejects.toEqual(failure('LIMIT'));
    const lying = zipOf({ bytes, lies: { sizeBytes: 1000 } });
    await expect(read(lying, { outputBytesMax: 1 << 20 })).rejects.toEqual(failure('ZIP_CORRUPT'));
  });

  it('has too many files, or a directory that is larger than allowed', async () => {
    const files = Array.from({ length: 101 }, (_, i) => ({ name: `${i}.csv`, bytes: text }));
    await expect(read(zipBytes(files))).rejects.toEqual(failure('LIMIT'));
  });

  it('has any byte changed: other text never comes out of it unnoticed', async () => {
    const zip = zipBytes([{ name: 'a.csv', bytes: Buffer.from('1,2\n3,4\n5,6\n') }]);
    for (let at = 0; at < zip.length; at++) {
      const damaged = Uint8Array.from(zip);
      damaged[at] = (damaged[at] as number) ^ 0x41;
      const result = await read(damaged).catch((error: unknown) => error);
      if (typeof result === 'string') expect(result).toBe('1,2\n3,4\n5,6\n');
      else expect(result).toMatchObject({ name: 'LakeError', kind: 'corrupt' });
    }
  });
});
