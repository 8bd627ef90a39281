import {
  attachArena,
  createArena,
  createColumnBuffer,
  textColumn,
  type Arena,
  type Schema,
} from '@ticklake/columnar';
import {
  createParquetSink,
  openParquet,
  openRowGroupEncoder,
  type ParquetSinkOptions,
} from '@ticklake/parquet';
import { localStore } from '@ticklake/storage';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLaneHost } from './helper/lane-host.js';
import type { Helper } from './helper/start-helper.js';
import type { MergeFile } from './merge-file.js';
import { mergeFiles } from './merge-files.js';
import { scanKeys } from './scan-keys.js';

const schema: Schema = {
  fields: [
    { name: 'ts', type: { kind: 'int', bits: 64, signed: true }, nullable: false },
    { name: 'note', type: { kind: 'utf8' }, nullable: false },
    { name: 'size', type: { kind: 'float', bits: 64 }, nullable: false },
  ],
};
const options: ParquetSinkOptions = {
  compression: 'none',
  zstdLevel: 1,
  rowGroupRows: 100,
  pageRows: 50,
  dictionaryBytesMax: 0,
  sortingColumns: ['ts'],
  createdBy: 'test',
};
const limits = {
  footerBytesMax: 2 ** 20,
  pageBytesMax: 2 ** 20,
  chunkBytesMax: 2 ** 20,
  rowsMax: 10_000,
  rowGroupRowsMax: 10_000,
  rowGroupsMax: 100,
  columnsMax: 10,
  thriftNodesMax: 10_000,
  expansionRatioMax: 1000,
};

/** Rows of each row group; `first` is the time of its first row, and one goes up by 1 a row. */
interface Group {
  readonly first: number;
  readonly rows: number;
}

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ticklake-shared-'));
});
afterAll(() => rm(directory, { recursive: true }));

describe('a merge that is shared with a second thread', () => {
  it.each([
    [
      'long runs of several files',
      [[{ first: 0, rows: 450 }], [{ first: 300, rows: 450 }], [{ first: 700, rows: 90 }]],
    ],
    ['runs of one row', [[{ first: 0, rows: 300 }], [{ first: 0, rows: 300 }], [{ first: 100, rows: 300 }]]],
    [
      'merged and copied in turn, where what is merged makes whole row groups',
      [
        [
          { first: 0, rows: 100 },
          { first: 100, rows: 150 },
          { first: 250, rows: 100 },
          { first: 400, rows: 150 },
          { first: 600, rows: 100 },
        ],
        [{ first: 700, rows: 100 }],
        [{ first: 800, rows: 100 }],
      ],
    ],
  ] as const)(
    '%s: writes and proves what one thread does, and opens every file once',
    async (name, groups) => {
      const files = await Promise.all(groups.map(parquetBytes));
      const alone = await merged(join(directory, name), files, { isShared: false });
      const shared = await merged(join(directory, name), files, { isShared: true });
      expect(shared.requests).toBeGreaterThan(3);
      expect(shared.opened).toEqual(files.map(() => 1));
      expect(shared.proof).toEqual(alone.proof);
      expect(shared.bytes.equals(alone.bytes)).toBe(true);
    },
  );
});

async function merged(
  folder: string,
  files: readonly Uint8Array[],
  { isShared }: { readonly isShared: boolean },
) {
  const store = localStore(folder);
  const arena = createArena({ bytesMax: 2 ** 26 });
  const helper = lateHelper(arena);
  const usedBytes = arena.usedBytes;
  const opened = files.map(() => 0);
  const inputs: MergeFile[] = [];
  for (const [i, bytes] of files.entries()) {
    const key = `${i}.parquet`;
    await store.put(key, bytes);
    const { meta } = await store.open(key);
    const open = async () => openParquet({ source: await store.open(key), arena }, limits);
    const reader = await open();
    const { rowGroups, isSorted } = await scanKeys(arena, reader, ['ts']);
    reader.close();
    const counted = () => {
      opened[i] = (opened[i] as number) + 1;
      return open();
    };
    const place = { storeUrl: folder, key, etag: meta.etag };
    inputs.push({ name: key, open: counted, place, rowCount: reader.rowCount, isSorted, rowGroups });
  }
  const pieces: Uint8Array[] = [];
  const target = { write: async (piece: Uint8Array) => void pieces.push(piece.slice()) };
  const sink = createParquetSink({ target, arena }, schema, options);
  const { proof } = await mergeFiles(inputs, sink, {
    ...{ arena, schema, limits, encoding: options, rowGroupRows: options.rowGroupRows },
    ...{ orderBy: ['ts'], sequence: undefined, copyRowsMin: 150, proveWithout: [] },
    ...{ windowBytes: 2 ** 20, openMax: 10, sortRows: 1000 },
    helper: isShared ? helper : undefined,
    spill: { write: () => Promise.reject(new Error('nothing is spilled')) },
    signal: new AbortController().signal,
  });
  await sink.finish({});
  expect(arena.usedBytes).toBe(usedBytes);
  return { bytes: Buffer.concat(pieces), proof, opened, requests: helper.requests };
}

/** A helper of this thread that begins with everything as late as another thread may. */
function lateHelper(arena: Arena): Helper & { requests: number } {
  const start = arena.alloc(2 ** 23);
  const host = createLaneHost(attachArena(arena.handle, { start, end: start + arena.capacityOf(start) }));
  let last: Promise<unknown> = Promise.resolve();
  const helper = {
    requests: 0,
    ask(request: Parameters<Helper['ask']>[0]) {
      helper.requests++;
      const answer = last.then(async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return host.answer(request);
      });
      last = answer.catch(() => undefined);
      return answer;
    },
    close: () => Promise.resolve(),
  };
  return helper;
}

async function parquetBytes(groups: readonly Group[]): Promise<Uint8Array> {
  const arena = createArena({ bytesMax: 2 ** 24 });
  const pieces: Uint8Array[] = [];
  const target = { write: async (piece: Uint8Array) => void pieces.push(piece.slice()) };
  const sink = createParquetSink({ target, arena }, schema, { ...options, rowGroupRows: 10_000 });
  const encoder = await openRowGroupEncoder(arena, schema, options);
  for (const { first, rows } of groups) {
    const times = Array.from({ length: rows }, (_, row) => first + row);
    const columns = [
      { layout: 'fixed', values: BigInt64Array.from(times, BigInt) },
      textColumn(times.map((time) => `note ${time * 7919}`)),
      { layout: 'fixed', values: Float64Array.from(times, (time) => time / 3) },
    ] as const;
    const placed = columns.map((column, i) => {
      const buffer = createColumnBuffer(arena, schema.fields[i]!.type);
      buffer.append(column, 0, rows);
      return buffer.placed();
    });
    await sink.writeRowGroup((await encoder.encode(placed, rows)).flat(), rows);
  }
  await sink.finish({});
  return Buffer.concat(pieces);
}
