import { textColumn, type Column, type Field, type RecordBatch } from '@ticklake/columnar';
import type { LayoutName, ViewName } from '@ticklake/partition';
import type { Filter } from '@ticklake/scan';
import { memoryStore, type ObjectStore } from '@ticklake/storage';
import fc from 'fast-check';
import { partitionExecutionData } from './partition-data.js';
import { openLake } from './reader/open-lake.js';
import type { ExecutionRead } from './reader/read-request.js';
import { saveAndUploadPartitions, type SaveOptions } from './save-partitions.js';
import { keysOf } from './testing/small-lake.js';
import { dayUs, NOON, suiteDirectory } from './testing/context.js';
import { rowsOf } from './testing/rows.js';

const scratchDirectory = suiteDirectory();
const DAYS = ['2023-05-23', '2023-05-24', '2023-06-01'] as const;
const VENUES = ['binance', 'okx'] as const;
const INSTRUMENTS = [
  'BINANCE:SPOT_PAIR:BTC-USDT',
  'BINANCE:PERPETUAL:BTC-USDT',
  'OKX:SPOT_PAIR:BTC-USD',
  'OKX:OPTION:BTC-USD-241225-50000-CALL',
] as const;
const DATA_TYPES = ['trades', 'quotes'] as const;
const VIEWS: readonly ViewName[] = ['by_venue', 'by_instrument_id', 'by_type'];

interface Row {
  readonly day: (typeof DAYS)[number];
  readonly instrument: (typeof INSTRUMENTS)[number];
  readonly second: number;
  readonly price: number | null;
  readonly note: string | null;
}

const anyRow: fc.Arbitrary<Row> = fc.record({
  day: fc.constantFrom(...DAYS),
  instrument: fc.constantFrom(...INSTRUMENTS),
  second: fc.oneof(fc.constantFrom(0, 1, 86_399), fc.nat(86_399)),
  price: fc.option(fc.oneof(fc.constantFrom(0, -0, NaN, Infinity), fc.integer({ min: 1, max: 9 }))),
  note: fc.option(fc.constantFrom('', 'a', 'b', 'é, "x"\n')),
});
const anyRows = fc.array(anyRow, { minLength: 1, maxLength: 40 });
/** How a caller cuts rows into batches. */
const anyCuts = fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 12 });
const anyTarget = fc.record({
  layout: fc.constantFrom<LayoutName>('dash-code', 'dash-diagram', 'hive'),
  copies: fc.constantFrom<'primary' | 'all'>('primary', 'all'),
  views: fc.subarray([...VIEWS]),
  rawColons: fc.boolean(),
});
const anyFilter: fc.Arbitrary<Filter> = fc.oneof(
  fc
    .tuple(fc.constantFrom('<', '<=', '>', '>=', '=', '!='), fc.integer({ min: 0, max: 9 }))
    .map(([operator, value]) => ['price', operator, value] as Filter),
  fc
    .tuple(fc.constantFrom('=', '!='), fc.constantFrom('', 'a', 'b'))
    .map(([o, v]) => ['note', o, v] as Filter),
  fc.constantFrom(...INSTRUMENTS).map((id) => ['instrument_id', '=', id] as Filter),
);
const COLUMNS = ['timestamp', 'instrument_id', 'price', 'note', 'id', 'venue', 'data_type', 'day'] as const;
const anyRead = fc.record({
  read: fc
    .record(
      {
        date: fc.oneof(
          fc.constantFrom(...DAYS),
          fc.constantFrom({ from: DAYS[0], to: DAYS[1] }, { from: DAYS[1], to: DAYS[2] }),
          fc.constantFrom({ from: '2022-12-31', to: '2024-01-01' }),
        ),
        venue: fc.constantFrom(...VENUES),
        instrumentId: fc.constantFrom(...INSTRUMENTS.map((id) => id.toLowerCase())),
        dataType: fc.constantFrom(...DATA_TYPES),
      },
      { requiredKeys: ['date'] },
    )
    .filter(({ venue, instrumentId }) => instrumentId?.startsWith(venue ?? '') !== false),
  filters: fc.array(anyFilter, { maxLength: 2 }),
  columns: fc.subarray([...COLUMNS], { minLength: 1 }),
});

const FIELDS: readonly Field[] = [
  { name: 'price', type: { kind: 'float', bits: 64 }, nullable: true },
  { name: 'timestamp', type: { kind: 'timestamp', unit: 'us', utc: true }, nullable: false },
  { name: 'note', type: { kind: 'utf8' }, nullable: true },
  { name: 'instrument_id', type: { kind: 'utf8' }, nullable: false },
  { name: 'id', type: { kind: 'int', bits: 64, signed: true }, nullable: false },
];

function timeOf({ day, second }: Row): bigint {
  return dayUs(day) + BigInt(second) * 1_000_000n;
}

/** @param firstId - Of its rows, whose ids count on from it. */
function batchOfRows(rows: readonly Row[], firstId: number): RecordBatch {
  const validity = Uint8Array.from(rows, ({ price }) => (price === null ? 0 : 1));
  const columns: readonly Column[] = [
    { layout: 'fixed', values: Float64Array.from(rows, ({ price }) => price ?? 0), validity },
    { layout: 'fixed', values: BigInt64Array.from(rows, timeOf) },
    textColumn(rows.map(({ note }) => note)),
    textColumn(rows.map(({ instrument }) => instrument)),
    { layout: 'fixed', values: BigInt64Array.from(rows, (_, i) => BigInt(firstId + i)) },
  ];
  return { schema: { fields: FIELDS }, rowCount: rows.length, columns };
}

/** Rows one after another in batches of these sizes, in turn; a size of none is an empty batch. */
function batchesOf(rows: readonly Row[], sizes: readonly number[] = [rows.length]): readonly RecordBatch[] {
  const batches: RecordBatch[] = [];
  for (let first = 0, i = 0; first < rows.length; i++) {
    const size = sizes[i % sizes.length] as number;
    const some = rows.slice(first, first + (i < 50 ? size : 7));
    batches.push(batchOfRows(some, first));
    first += some.length;
  }
  return batches;
}

async function save(
  output: ObjectStore,
  batches: readonly RecordBatch[],
  { dataType = 'trades', ...options }: Partial<SaveOptions> & { readonly dataType?: string } = {},
) {
  const set = await partitionExecutionData(batches, { dataType });
  const uploaded = await saveAndUploadPartitions(set, { output, scratchDirectory, clock: NOON, ...options });
  return { set, uploaded };
}

/** What a read is to give: the plain filter of what went in, by day, instrument, data type and time. */
function expected(
  rows: readonly Row[],
  { read, filters, columns }: { read: ExecutionRead; filters: readonly Filter[]; columns: readonly string[] },
): readonly (readonly unknown[])[] {
  const { date, venue, instrumentId, dataType } = read;
  const range = date === undefined ? undefined : typeof date === 'string' ? { from: date, to: date } : date;
  const all = DATA_TYPES.flatMap((type) =>
    rows.map((row, id) => ({ row, id, type, values: valuesOf(row, id, type) })),
  );
  const wanted = all.filter(
    ({ row, type, values }) =>
      (range === undefined || (row.day >= range.from && row.day <= range.to)) &&
      (venue === undefined || row.instrument.startsWith(`${venue.toUpperCase()}:`)) &&
      (instrumentId === undefined || row.instrument === instrumentId.toUpperCase()) &&
      (dataType === undefined || type === dataType) &&
      filters.every((filter) => matches(values[filter[0]], filter)),
  );
  const keyOf = ({ row, type }: (typeof all)[number]) => `${row.day} ${row.instrument} ${type}`;
  wanted.sort((a, b) => {
    if (keyOf(a) !== keyOf(b)) return keyOf(a) < keyOf(b) ? -1 : 1;
    return Number(timeOf(a.row) - timeOf(b.row)) || a.id - b.id;
  });
  return wanted.map(({ values }) => columns.map((column) => values[column]));
}

function valuesOf(row: Row, id: number, type: string): Readonly<Record<string, unknown>> {
  const [venue] = row.instrument.split(':');
  const { price, note, instrument, day } = row;
  const names = { instrument_id: instrument, venue, data_type: type, day: Number(day.slice(8)) };
  return { timestamp: timeOf(row), price, note, id: BigInt(id), ...names };
}

function matches(value: unknown, [, operator, operand]: Filter): boolean {
  if (value === null) return false;
  const [a, b] = [value as number, operand as number];
  switch (operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    case '!=':
      return a !== b;
    default:
      return a === b;
  }
}

it('what is read, by any way, is the plain filter of what was partitioned', async () => {
  const reads = fc.array(anyRead, { minLength: 4, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(anyRows, anyCuts, anyTarget, reads, async (rows, cuts, target, asked) => {
      const output = memoryStore();
      const batches = batchesOf(rows, cuts.some((cut) => cut > 0) ? cuts : [1]);
      const before = structuredClone(batches);
      for (const dataType of DATA_TYPES) {
        const { set, uploaded } = await save(output, batches, { dataType, ...target });
        expect(set.rowCount).toBe(rows.length);
        const counts = uploaded.flatMap(({ views }) => views.get('by_date')?.map((one) => one.rows) ?? []);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(rows.length);
      }
      expect(batches).toEqual(before);
      const lake = openLake(output);
      for (const { read, filters, columns } of asked) {
        const found = await rowsOf(lake.readExecutionData({ ...read, filters, columns }), columns);
        expect(found).toEqual(expected(rows, { read, filters, columns }));
      }
      lake.close();
    }),
    { numRuns: 12 },
  );
});

/** All rows of a lake, as text, in order of it. */
async function contentOf(output: ObjectStore): Promise<readonly string[]> {
  const lake = openLake(output);
  const date = { from: DAYS[0], to: DAYS[2] };
  const columns = ['timestamp', 'instrument_id', 'price', 'note', 'id'];
  const rows = await rowsOf(lake.readExecutionData({ date, columns }), columns);
  lake.close();
  return rows.map((row) => row.map(String).join(' ')).sort();
}

async function bytesOf(output: ObjectStore): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const key of await keysOf(output)) {
    if (!key.endsWith('.parquet')) continue;
    found.set(key, Buffer.from((await output.get(key)).bytes).toString('base64'));
  }
  return found;
}

it('sources that come twice, in any order and in any company, are each in a lake once', async () => {
  // No NaN: two sources of rows that are the same are the same source.
  const sources = fc.uniqueArray(anyRows, {
    minLength: 2,
    maxLength: 3,
    selector: (rows) => JSON.stringify(rows.map((row) => [row, String(row.price)])),
  });
  await fc.assert(
    fc.asyncProperty(sources, fc.infiniteStream(fc.nat(2)), async (all, picks) => {
      const batches = all.map((rows) => batchesOf(rows));
      const [inOrder, inAny] = [memoryStore(), memoryStore()];
      for (const one of batches) await save(inOrder, one);
      for (const pick of picks.take(4)) await save(inAny, batches[pick % all.length] as RecordBatch[]);
      for (const one of batches.toReversed()) await save(inAny, one);
      expect(await contentOf(inAny)).toEqual(await contentOf(inOrder));
      for (const one of batches) {
        const { uploaded } = await save(inAny, one);
        expect(uploaded.map(({ status }) => status)).toEqual(uploaded.map(() => 'unchanged'));
      }
    }),
    { numRuns: 8 },
  );
});

it('the same rows are the same bytes, however they are cut into batches', async () => {
  await fc.assert(
    fc.asyncProperty(anyRows, anyCuts, anyTarget, async (rows, cuts, target) => {
      const [whole, cut] = [memoryStore(), memoryStore()];
      await save(whole, batchesOf(rows), target);
      await save(cut, batchesOf(rows, cuts.some((one) => one > 0) ? cuts : [1]), target);
      expect(await bytesOf(cut)).toEqual(await bytesOf(whole));
    }),
    { numRuns: 8 },
  );
});

const BTC = 'BINANCE:SPOT_PAIR:BTC-USDT';

it.each([
  ['far beyond every day', 2n ** 62n],
  ['before every day', -(2n ** 62n)],
  ['in nanoseconds', dayUs('2023-05-23') * 1000n],
])('a time %s is told, with its row', async (_, time) => {
  const [batch] = batchesOf([
    { day: DAYS[0], instrument: BTC, second: 1, price: 1, note: null },
    { day: DAYS[0], instrument: BTC, second: 2, price: 1, note: null },
  ]);
  (batch?.columns[1] as { values: BigInt64Array }).values[1] = time;
  for (const date of [{}, { date: DAYS[0] }]) {
    const partitioned = partitionExecutionData([batch as RecordBatch], { dataType: 'trades', ...date });
    await expect(partitioned).rejects.toMatchObject({
      kind: 'corrupt',
      code: 'TIME_RANGE',
      details: { row: 1 },
    });
  }
});

it('instruments and days are told apart where there are very many of both', async () => {
  const ids = Array.from({ length: 22_000 }, (_, i) => `BINANCE:SPOT_PAIR:X${i}-USDT`);
  const rows = ids.map(
    (instrument): Row => ({
      ...{ day: DAYS[0], instrument: instrument as Row['instrument'] },
      ...{ second: 1, price: 1, note: null },
    }),
  );
  const [batch] = batchesOf(rows);
  const { values } = batch?.columns[1] as { values: BigInt64Array };
  values[0] = dayUs('1700-01-01');
  values[1] = dayUs('2250-01-01');
  const { collected, dispose } = await partitionExecutionData([batch as RecordBatch], { dataType: 'trades' });
  const found = new Map(collected.partitions.map(({ instrument, day }) => [instrument, day]));
  const days = ids.map((id) => found.get(id));
  expect(days.slice(0, 2)).toEqual(['1700-01-01', '2250-01-01']);
  expect(new Set(days.slice(2))).toEqual(new Set([DAYS[0]]));
  await dispose();
});
