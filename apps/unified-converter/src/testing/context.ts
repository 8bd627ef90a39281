import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createArena } from '@ticklake/columnar';
import { parseUtcDay, startOfDayMs, type Clock } from '@ticklake/core';
import type { JobEvent } from '@ticklake/jobs';
import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { convert } from '../convert.js';
import { createLanes } from '../lanes/lanes.js';
import type { ConvertContext, ConvertRequest } from '../convert-request.js';

/** The arena that specs of this package work in. */
export const ARENA = createArena({ bytesMax: 2 ** 28 });

/** A directory for a suite, gone when it ends. */
export function suiteDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'ticklake-converter-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** A clock that stands at noon of 2026-01-20. */
export const NOON: Clock = {
  nowMs: () => startOfDayMs(parseUtcDay('2026-01-20')) + 12 * 3_600_000,
  sleep: () => Promise.resolve(),
};

/** BTCUSDT of binance in bars of a minute. */
export const REQUEST: ConvertRequest = {
  exchange: 'binance',
  symbol: 'BTCUSDT',
  timeframe: '1m',
  forceRerun: false,
  maxFiles: undefined,
  sources: {},
  timeUnit: undefined,
  sourceTimeUnit: undefined,
  utcOffsetMinutes: undefined,
  resample: [],
  partitionBy: undefined,
  storage: { compression: 'zstd', zstdLevel: 3 },
  storePartitionColumns: false,
  backup: true,
};

/** A market in memory, and conversions of it. */
export interface TestLake {
  readonly data: ObjectStore;
  readonly output: ObjectStore;
  readonly backups: ObjectStore;
  readonly context: ConvertContext;
  /** What runs told so far. */
  readonly events: JobEvent[];
  put(key: string, content: string | Uint8Array): Promise<void>;
  convert(changes?: Partial<ConvertRequest>): ReturnType<typeof convert>;
  /** What is published: keys of data objects, and their etags. */
  published(): Promise<ReadonlyMap<string, string>>;
}

/** A lake in memory, whose unfinished files go to `scratchDirectory`. */
export function testLake(scratchDirectory: string, changes: Partial<ConvertContext> = {}): TestLake {
  const [data, output, backups] = [memoryStore(), memoryStore(), memoryStore()];
  const events: JobEvent[] = [];
  const given = {
    ...{ arena: ARENA, data, output, backups, scratchDirectory, clock: NOON, tool: 'converter test' },
    signal: new AbortController().signal,
    onEvent: (event: JobEvent) => void events.push(event),
    ...changes,
  };
  const context: ConvertContext = { lanes: createLanes(given, undefined), ...given };
  return {
    ...{ data: context.data, output: context.output, backups: context.backups, context, events },
    async put(key, content) {
      await context.data.put(key, typeof content === 'string' ? Buffer.from(content) : content);
    },
    convert: (wanted = {}) => convert({ ...REQUEST, ...wanted }, context),
    async published() {
      const found = new Map<string, string>();
      for await (const { key, etag } of context.output.list(''))
        if (key.endsWith('/data.parquet')) found.set(key, etag);
      return found;
    },
  };
}
