import {
  createMultisetHash,
  createOrderedHash,
  createArena,
  createRowHasher,
  textColumn,
  type Field,
  type RecordBatch,
} from '@ticklake/columnar';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

type Four = [number, number, number, number];

/** The rules of CONTENT-HASH.md, written down from it alone. */
const seed = (text: string): Four => {
  const digest = createHash('sha256').update(text, 'utf8').digest();
  return [digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8), digest.readUInt32LE(12)];
};
const mix = (value: number): number => {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b) >>> 0;
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) >>> 0;
  return (h ^ (h >>> 16)) >>> 0;
};
const columnSeed = (type: string, name: string) => seed(`ticklake content hash 2\0${type}\0${name}`);
const cell = ([a, b, c, d]: Four, length: number, bytes: Buffer): Four => {
  c = (c + length) >>> 0;
  for (let at = 0; at < bytes.length; at += 8) {
    const p = mix(bytes.readUInt32LE(at) + a);
    b = mix((bytes.readUInt32LE(at + 4) ^ p) + b);
    c = mix((p + b) ^ c);
    d = mix((b + c) ^ d);
    a = (p + d) >>> 0;
  }
  return [a, b, c, d];
};
const spread = ([a, b, c, d]: Four): Four => {
  const sum = a + b + c + d;
  return [sum, b + sum, c + sum, d + sum].map((lane) => lane % 2 ** 32) as Four;
};
const finished = (lanes: Four): Four => spread(spread(lanes).map(mix) as Four);
const plus = (x: Four, y: Four): Four => x.map((lane, i) => (lane + (y[i] as number)) % 2 ** 32) as Four;
const bytesOf = (lanes: Four): Buffer => {
  const bytes = Buffer.alloc(16);
  lanes.forEach((lane, i) => bytes.writeUInt32LE(lane, i * 4));
  return bytes;
};
const numbers = (lanes: Four) => lanes.map((lane) => lane.toString(16).padStart(8, '0')).join(' ');

const int64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
};
const float64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
};
const words = (text: string): Buffer =>
  Buffer.concat([Buffer.from(text), Buffer.alloc(8 - (text.length % 8))]);

function workedExample(): string {
  const seeds = {
    row: seed('ticklake content hash 2\0row'),
    place: seed('ticklake content hash 2\0place'),
    time: columnSeed('int64', 'ts_event'),
    price: columnSeed('float64', 'price'),
    symbol: columnSeed('utf8', 'symbol'),
  };
  const rows = [
    [
      cell(seeds.time, 0, int64(1770076800000n)),
      cell(seeds.price, 0, float64(60000.5)),
      cell(seeds.symbol, 7, words('BTCUSDT')),
    ],
    [
      cell(seeds.time, 0, int64(1770076800001n)),
      cell(seeds.price, 4294967295, int64(0n)),
      cell(seeds.symbol, 12, words('ETHUSDT-PERP')),
    ],
  ];
  const [first, second] = rows.map((cells) => finished(cells.reduce(plus, seeds.row)));
  const [x, y] = [first as Four, second as Four];
  const placed = (row: Four, place: bigint) => finished(plus(row, cell(seeds.place, 0, int64(place))));
  const names = [
    'ts_event 1770076800000',
    'price 60000.5',
    'symbol BTCUSDT',
    'ts_event 1770076800001',
    'price null',
    'symbol ETHUSDT-PERP',
  ];
  const lines: (readonly [string, string])[] = [
    ['row seed', numbers(seeds.row)],
    ['place seed', numbers(seeds.place)],
    ['column seed ts_event', numbers(seeds.time)],
    ['column seed price', numbers(seeds.price)],
    ['column seed symbol', numbers(seeds.symbol)],
    ...rows.flat().map((lanes, i) => [`cell ${names[i]}`, numbers(lanes)] as const),
    ['digest of row 0', numbers(x)],
    ['digest of row 1', numbers(y)],
    ['bytes of row 0', bytesOf(x).toString('hex')],
    ['bytes of row 1', bytesOf(y).toString('hex')],
    ['multiset', bytesOf(plus(x, y)).toString('hex')],
    ['row 0 in its place', numbers(placed(x, 0n))],
    ['row 1 in its place', numbers(placed(y, 1n))],
    ['ordered', bytesOf(plus(placed(x, 0n), placed(y, 1n))).toString('hex')],
  ];
  return lines.map(([name, value]) => name.padEnd(29) + value).join('\n');
}

describe('CONTENT-HASH.md', () => {
  it('has a worked example that follows from its rules, and that the library computes', async () => {
    const document = await readFile(new URL('../../CONTENT-HASH.md', import.meta.url), 'utf8');
    const example = document.slice(document.indexOf('## Worked example'));
    expect(/```text\n([^`]*)\n```/.exec(example)?.[1]).toBe(workedExample());

    const field = (name: string, type: Field['type']): Field => ({ name, type, nullable: true });
    const batch: RecordBatch = {
      schema: {
        fields: [
          field('symbol', { kind: 'utf8' }),
          field('price', { kind: 'float', bits: 64 }),
          field('ts_event', { kind: 'int', bits: 64, signed: true }),
        ],
      },
      rowCount: 2,
      columns: [
        textColumn(['BTCUSDT', 'ETHUSDT-PERP']),
        { layout: 'fixed', values: Float64Array.of(60000.5, 7), validity: Uint8Array.of(1, 0) },
        { layout: 'fixed', values: BigInt64Array.of(1770076800000n, 1770076800001n) },
      ],
    };
    const hasher = createRowHasher(createArena({ bytesMax: 2 ** 24 }), batch.schema, { exclude: [] });
    const digests = hasher.digestBatch(batch);
    const [multiset, ordered] = [createMultisetHash(), createOrderedHash()];
    multiset.add(digests);
    ordered.add(digests);
    expect(example).toContain(`multiset                     ${multiset.hex()}\n`);
    expect(example).toContain(`ordered                      ${ordered.hex()}\n`);
  });
});
