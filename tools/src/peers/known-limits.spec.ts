import { columnFacts } from './column-facts.js';
import type { ColumnType } from './column-type.js';
import { limitsOf, type PeerName } from './known-limits.js';
import { scalarType, type ScalarKindName, type WriterName } from './scalar-kinds.js';
import { createRandom } from '../spool/random.js';

/** A column of one kind in one encoding, and the texts that count as the same for a peer; none: it is not compared. */
const CASES: readonly [
  PeerName,
  ScalarKindName,
  string,
  WriterName,
  readonly [string, string] | undefined,
][] = [
  ['written', 'float64', 'RLE_DICTIONARY', 'duckdb', ['8000000000000000', '0000000000000000']],
  ['written', 'float32', 'PLAIN_DICTIONARY', 'hyparquet-writer', ['80000000', '00000000']],
  ['written', 'interval', '', 'duckdb', undefined],
  ['duckdb', 'bson', 'PLAIN', 'hyparquet-writer', undefined],
  ['duckdb', 'int32', 'BYTE_STREAM_SPLIT', 'hyparquet-writer', undefined],
  ['duckdb', 'decimal in bytes', 'DELTA_BYTE_ARRAY', 'hyparquet-writer', undefined],
  ['duckdb', 'float16', 'PLAIN', 'hyparquet-writer', ['003c', '3f800000']],
  ['duckdb', 'time[ns]', 'PLAIN', 'ticklake', ['1999', '1000']],
  ['duckdb', 'int96', 'PLAIN', 'hyparquet-writer', ['-1', '-1000']],
  ['hyparquet', 'uint32', 'DELTA_BINARY_PACKED', 'duckdb', ['2885198808', '737715160']],
  ['hyparquet', 'float64', 'PLAIN', 'ticklake', ['fff8000000000001', '7ff8000000000000']],
];

it.each(CASES)('%s of %s in %s by %s', (peer, kind, encoding, writer, same) => {
  const [limit, ...others] = limitsOf(
    peer,
    factsOf(scalarType(kind, writer, createRandom(1)), { encoding, writer }),
  );
  expect(others).toEqual([]);
  expect(same?.map((text) => limit?.normalise?.(text))).toEqual(
    same && Array(2).fill(limit?.normalise?.(same[0])),
  );
  expect(limit?.normalise === undefined).toBe(same === undefined);
});

it('a limit leaves what is different different', () => {
  const unlike = CASES.flatMap(([peer, kind, encoding, writer, same]) => {
    if (same === undefined) return [];
    const facts = factsOf(scalarType(kind, writer, createRandom(1)), { encoding, writer });
    const [limit] = limitsOf(peer, facts);
    return [
      [limit?.normalise?.(same[0]), limit?.normalise?.('null')],
      [
        limit?.normalise?.(same[0]),
        limit?.normalise?.(kind.startsWith('float') ? '7fefffffffffffff' : '4000'),
      ],
    ];
  });
  expect(unlike.filter(([one, other]) => one === other)).toEqual([]);
});

it('parts of nested values are the same when they are alone', () => {
  const random = createRandom(1);
  const children = (['float16', 'time[ns]'] as const).map((kind, i) => ({
    name: `f${i}`,
    type: scalarType(kind, 'hyparquet-writer', random),
    nullable: true,
  }));
  const facts = factsOf({ shape: 'struct', children }, { encoding: 'PLAIN', writer: 'hyparquet-writer' });
  const normalised = (text: string) =>
    limitsOf('duckdb', facts).reduce((given, { normalise }) => normalise?.(given) ?? given, text);
  expect(normalised('{0dbc,3045648272}')).toBe(normalised('{bf81a000,3045648000}'));
});

it('what has no limit is compared as it is', () => {
  const type = scalarType('int64', 'ticklake', createRandom(1));
  for (const peer of ['written', 'duckdb', 'hyparquet', 'parquet-wasm'] as const) {
    expect(limitsOf(peer, factsOf(type, { encoding: 'DELTA_BINARY_PACKED', writer: 'ticklake' }))).toEqual(
      [],
    );
  }
});

function factsOf(type: ColumnType, { encoding, writer }: { encoding: string; writer: WriterName }) {
  const chunk = {
    name: 'x',
    path: ['x'],
    codec: 'SNAPPY',
    encodings: encoding === '' ? [] : [encoding],
    offset: 4,
    sizeBytes: 1,
    uncompressedSizeBytes: 1,
    valueCount: 1,
    nullCount: undefined,
    min: undefined,
    max: undefined,
    bounds: undefined,
    hasOffsetIndex: false,
    hasColumnIndex: false,
    hasBloomFilter: false,
  };
  const rowGroup = { rowStart: 0, rowCount: 1, sizeBytes: 1, sortingColumns: [], columns: [chunk, chunk] };
  const [facts] = columnFacts([{ name: 'x', type, nullable: true }], { writer, rowGroups: [rowGroup] });
  return facts!;
}
