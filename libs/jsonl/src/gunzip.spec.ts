import { bytesSource, isLakeError, LakeError, type ByteSource } from '@ticklake/core';
import { deflateRawSync, gzipSync, crc32 } from 'node:zlib';
import { gunzip, type GunzipOptions } from './gunzip.js';

const USUAL: GunzipOptions = { readBytes: 1000, outputBytesMax: 1e9 };

async function outcome(bytes: Uint8Array, options = USUAL): Promise<string> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of gunzip(bytesSource(bytes), options)) pieces.push(Buffer.from(piece));
  } catch (error) {
    if (!isLakeError(error, 'corrupt')) throw error;
    return `${error.code} at ${String(error.details['offset'])} after ${Buffer.concat(pieces).length}`;
  }
  return Buffer.concat(pieces).toString('latin1');
}

const text = Array.from({ length: 3000 }, (_, i) => `line ${(i * 7919) % 1000}\n`).join('');
const [one, two] = [gzipSync(text), gzipSync('two')];
const zeros = Buffer.alloc(2048);

/** A member with what a header may have, which `gzipSync` never writes. */
function member(flags: number, extras: Buffer, body = 'told'): Buffer {
  const head = Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 255]);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(body), 0);
  trailer.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, extras, deflateRawSync(body), trailer]);
}

function changed(bytes: Buffer, at: number, byte: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at < 0 ? bytes.length + at : at] = byte;
  return copy;
}

describe('gunzip', () => {
  it.each<[string, Buffer, string]>([
    ['one member', one, text],
    ['members one after another', Buffer.concat([one, two, one]), `${text}two${text}`],
    ['an empty member', Buffer.concat([gzipSync(''), two]), 'two'],
    ['zeros after the last member', Buffer.concat([one, zeros]), text],
    ['a name and a comment', member(8 + 16, Buffer.from('00.jsonl\0made\0')), 'told'],
    [
      'an extra field and a checksum of the header',
      member(4 + 2, Buffer.from([3, 0, 1, 2, 3, 9, 9])),
      'told',
    ],
  ])('gives the bytes of %s', async (_, bytes, expected) => {
    for (const readBytes of [1, 7, 64, 1 << 20]) {
      expect(await outcome(bytes, { ...USUAL, readBytes })).toBe(expected);
    }
  });

  it.each<[string, Buffer, string]>([
    ['no bytes at all', Buffer.alloc(0), 'TRUNCATED at 0 after 0'],
    ['half a header', one.subarray(0, 5), 'TRUNCATED at 5 after 0'],
    ['a name that does not end', member(8, Buffer.alloc(0)).subarray(0, 12), 'TRUNCATED at 12 after 0'],
    ['half a trailer', one.subarray(0, -3), `TRUNCATED at ${one.length - 3} after ${text.length}`],
    ['text', Buffer.from('{"symbol":"BTC"}\n'), 'BAD_MAGIC at 0 after 0'],
    [
      'something after the member',
      Buffer.concat([two, Buffer.from('x')]),
      `BAD_MAGIC at ${two.length} after 3`,
    ],
    [
      'a member after zeros',
      Buffer.concat([two, zeros, one]),
      `BAD_MAGIC at ${two.length + zeros.length} after 3`,
    ],
    ['another method', changed(two, 2, 7), 'GZIP_CORRUPT at 0 after 0'],
    ['a flag that there is not', changed(two, 3, 0x40), 'GZIP_CORRUPT at 0 after 0'],
    ['another checksum', changed(two, -8, 1), `GZIP_CORRUPT at ${two.length - 8} after 3`],
    ['another length', changed(two, -4, 9), `GZIP_CORRUPT at ${two.length - 4} after 3`],
    [
      'a name longer than any',
      member(8, Buffer.concat([Buffer.alloc(200_000, 97), Buffer.of(0)])),
      'GZIP_CORRUPT at 0 after 0',
    ],
  ])('refuses %s', async (_, bytes, expected) => {
    for (const readBytes of [1, 7, 1 << 20]) {
      expect(await outcome(bytes, { ...USUAL, readBytes })).toBe(expected);
    }
  });

  it('tells a file that is cut anywhere from a whole one', async () => {
    const both = Buffer.concat([two, member(8, Buffer.from('x\0'))]);
    for (let size = 0; size < both.length; size++) {
      // A cut between two members leaves a whole file.
      const expected = size === two.length ? /^two$/ : /^TRUNCATED/;
      expect(await outcome(both.subarray(0, size))).toMatch(expected);
    }
  });

  it('gives no other bytes as whole, whichever bit of the file is changed', async () => {
    let unnoticed = 0;
    for (let bit = 0; bit < two.length * 8; bit++) {
      const at = bit >> 3;
      const found = await outcome(changed(two, at, (two[at] as number) ^ (1 << (bit & 7))));
      // The time, the system and what pads the last byte say nothing about the content.
      if (found === 'two') unnoticed++;
      else expect(found).toMatch(/^(GZIP_CORRUPT|TRUNCATED|BAD_MAGIC) at/);
    }
    expect(unnoticed).toBeLessThan(7 * 8 + 8);
  });

  it('stops at a limit, however little stands for however much', async () => {
    const bomb = gzipSync(Buffer.alloc(64 << 20));
    expect(bomb.length).toBeLessThan(70_000);
    expect(await outcome(bomb, { readBytes: 4096, outputBytesMax: 1 << 20 })).toMatch(/^LIMIT at 0/);
  });

  it('passes on what the source throws', async () => {
    const failing: ByteSource = {
      size: one.length,
      read: (offset, length) =>
        offset < 100
          ? bytesSource(one).read(offset, length)
          : Promise.reject(new LakeError('unavailable', 'gone')),
    };
    const reading = async () => {
      for await (const piece of gunzip(failing, { ...USUAL, readBytes: 50 })) void piece;
    };
    await expect(reading()).rejects.toMatchObject({ kind: 'unavailable', message: 'gone' });
  });

  it('can be left in the middle', async () => {
    for await (const piece of gunzip(bytesSource(one), { ...USUAL, readBytes: 10 })) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
  });
});
