import { createArena, type RecordBatch, type Schema } from '@ticklake/columnar';
import { readFailure } from '@ticklake/core';
import type { ThreadFailure, ThreadMail } from '@ticklake/jobs';
import { createParquetSink } from '@ticklake/parquet';
import { memoryStore, type ObjectSource, type ObjectStore } from '@ticklake/storage';
import { PARQUET } from '../limits.js';
import { openListed, type ReadSource, type SourceRequest } from '../sources/open-source.js';
import { ARENA } from '../testing/context.js';
import { dayMs } from '../testing/rows.js';
import type { LaneTools } from './lane-work.js';
import type { FromLane, ToLane } from './messages.js';
import { readShared } from './read-shared.js';
import { serveLane } from './serve-lane.js';

const KEY = 'klines_binance_BTCUSDT_1m_consolidated.parquet';
const INT64 = { kind: 'int', bits: 64, signed: true } as const;
const PRICES = ['open', 'high', 'low', 'close', 'volume'];
const SCHEMA: Schema = {
  fields: [
    { name: 'timestamp', type: INT64, nullable: false },
    ...PRICES.map((name) => ({ name, type: { kind: 'float', bits: 64 } as const, nullable: false })),
  ],
};

/** A file of bars, and the request for it. `odd`: rows whose close is no number. */
async function source({
  rows,
  rowGroupRows,
  odd = [],
}: {
  rows: number;
  rowGroupRows: number;
  odd?: readonly number[];
}) {
  const store = memoryStore();
  const values = (column: number) =>
    Float64Array.from({ length: rows }, (_, row) =>
      column === 3 && odd.includes(row) ? NaN : row + column / 8,
    );
  const times = BigInt64Array.from({ length: rows }, (_, row) => BigInt(dayMs('2024-01-01') + row * 60_000));
  const batch: RecordBatch = {
    schema: SCHEMA,
    rowCount: rows,
    columns: [times, ...PRICES.map((_, column) => values(column))].map((one) => ({
      layout: 'fixed',
      values: one,
    })),
  };
  const pieces: Uint8Array[] = [];
  const target = { write: async (bytes: Uint8Array) => void pieces.push(bytes.slice()) };
  const options = {
    ...PARQUET,
    rowGroupRows,
    compression: 'snappy',
    zstdLevel: 3,
    createdBy: 'test',
  } as const;
  const sink = createParquetSink({ target, arena: ARENA }, SCHEMA, options);
  await sink.write(batch);
  await sink.finish({});
  await store.put(KEY, Buffer.concat(pieces));
  const { etag } = (await store.head(KEY)) ?? { etag: '' };
  const request: SourceRequest = {
    ...{ key: KEY, etag, format: 'parquet', dataset: 'klines', symbol: 'BTCUSDT' },
    ...{ time: { sourceUnit: undefined, targetUnit: 'ms' }, utcOffsetMinutes: undefined },
  };
  return { store, request };
}

/** A lane in this thread, which reads when whoever waits for it lets it; `groups` are those it told of. */
function laneHere(tools: LaneTools) {
  const inbox: (FromLane | ThreadFailure)[] = [];
  const groups = new Set<number>();
  let listener: (message: ToLane) => void = () => undefined;
  let wake: () => void = () => undefined;
  serveLane(
    {
      send(message) {
        if (message.type === 'rows') groups.add(message.rowGroup);
        inbox.push(message);
        wake();
      },
      onMessage: (given) => (listener = given),
    },
    tools,
  );
  const mail: ThreadMail<ToLane, FromLane> = {
    isLost: false,
    post: (message) => void setImmediate(() => listener(message)),
    async next() {
      // As from a thread: what was sent arrives later.
      await new Promise((resolve) => setImmediate(resolve));
      while (inbox.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      const message = inbox.shift() as FromLane | ThreadFailure;
      if (message.type === 'failed') throw readFailure(message.failure);
      return message;
    },
  };
  return { mail, groups };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A store of which every read takes some turns of the event loop. */
function slowly(store: ObjectStore): ObjectStore {
  const open = async (key: string): Promise<ObjectSource> => {
    const { meta, size, read } = await store.open(key);
    const late: typeof read = async (...range) => {
      await turns(3);
      return read(...range);
    };
    return { meta, size, read: late };
  };
  return { ...store, open };
}

async function opens(request: SourceRequest, store: ObjectStore) {
  const tools = (data: ObjectStore) => ({
    ...{ arena: createArena({ bytesMax: 2 ** 27 }), data, output: store },
    ...{ scratchDirectory: '', tool: 'test' },
  });
  const { mail, groups } = laneHere(tools(slowly(store)));
  const own = tools(store);
  const shared = readShared(request, mail, own);
  return { shared, groups, arena: own.arena, alone: await openListed(request, tools(store)) };
}

/** All rows, a number of each; or those before something was wrong, and what. */
async function rowsOf(read: ReadSource) {
  const rows: string[] = [];
  try {
    for await (const { columns, rowCount } of read.rows()) {
      for (let row = 0; row < rowCount; row++)
        rows.push(columns.map((column) => String(column.values[row])).join());
      // Whoever takes them has something to do with them, while others read on.
      await turns(10);
    }
  } catch (error) {
    return { rows, error: error as { code: string; details: unknown } };
  }
  return { rows, error: undefined };
}

describe('a source that two threads read', () => {
  it('has its rows in their order, some read by the one and some by the other', async () => {
    const { store, request } = await source({ rows: 1000, rowGroupRows: 40 });
    const { shared, alone, groups, arena } = await opens(request, store);
    const expected = await rowsOf(alone);
    expect(expected.rows).toHaveLength(1000);
    expect(await rowsOf(shared)).toEqual(expected);
    expect(shared.reading()).toEqual(alone.reading());
    expect(groups.size).toBeGreaterThan(0);
    expect(groups.size).toBeLessThan(25);
    expect(arena.usedBytes).toBe(0);
  });

  it('tells of the first row that is wrong, whoever reads it', async () => {
    // In each of all row groups, which are read by either: the test above shows that.
    for (let group = 0; group < 25; group++) {
      // What comes after has no say, though it may be read before.
      const odd = [group * 40 + 7, ...(group < 20 ? [group * 40 + 45, group * 40 + 90] : [])];
      const { store, request } = await source({ rows: 1000, rowGroupRows: 40, odd });
      const { shared, alone } = await opens(request, store);
      const [{ error: expected }, { error, rows }] = [await rowsOf(alone), await rowsOf(shared)];
      expect(expected).toMatchObject({
        code: 'NOT_FINITE',
        details: { row: group * 40 + 7, column: 'close' },
      });
      expect({ code: error?.code, details: error?.details }).toEqual({
        code: expected?.code,
        details: expected?.details,
      });
      expect(rows).toHaveLength(group * 40);
    }
  });

  it('is left to the other where a row group would be too much to hold', async () => {
    const { store, request } = await source({ rows: 140_000, rowGroupRows: 139_000 });
    const { shared, groups } = await opens(request, store);
    expect((await rowsOf(shared)).rows).toHaveLength(140_000);
    expect([...groups]).toEqual([0, 1]);
  });

  it('gives back its memory when nobody wants more rows', async () => {
    const { store, request } = await source({ rows: 1000, rowGroupRows: 40 });
    const { shared, arena } = await opens(request, store);
    let batches = 0;
    for await (const _ of shared.rows()) if (++batches === 5) break;
    expect(arena.usedBytes).toBe(0);
  });
});
