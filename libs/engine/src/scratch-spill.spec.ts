import { createColumnBuffer, type PlacedBatch, type RecordBatch } from '@ticklake/columnar';
import { equalBatches } from '@ticklake/columnar/testing';
import { mergeSources, type MergeSource } from '@ticklake/merge';
import { copyBatches, memorySpill } from '@ticklake/merge/testing';
import { nodeFileSystem } from '@ticklake/storage';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { USUAL_LIMITS } from '@ticklake/parquet';
import { createScratchSpill, type ScratchSpill } from './scratch-spill.js';
import { ARENA } from './spec-support/test-arena.js';
import { openBytes } from './spec-support/test-files.js';
import { keyedRows, sampleRows, sorted, SCHEMA } from './spec-support/test-rows.js';

const ORDER = ['ts_event', 'seq'];

let directory: string;
let spill: ScratchSpill;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ticklake-engine-'));
  const fileSystem = nodeFileSystem;
  spill = createScratchSpill({ arena: ARENA, directory, fileSystem, orderBy: ORDER, limits: USUAL_LIMITS });
});
afterEach(() => {
  rmSync(directory, { recursive: true });
  expect(ARENA.usedBytes).toBe(0);
});

/** The rows of a batch as they stand in the arena, some at a time. */
async function* placed(batch: RecordBatch, rowsMax: number): AsyncGenerator<PlacedBatch> {
  const buffers = SCHEMA.fields.map(({ type }) => createColumnBuffer(ARENA, type));
  try {
    for (let row = 0; row < batch.rowCount; row += rowsMax) {
      const end = Math.min(batch.rowCount, row + rowsMax);
      buffers.forEach((buffer, i) => {
        buffer.clear();
        buffer.append(batch.columns[i]!, row, end);
      });
      yield await Promise.resolve({ rowCount: end - row, columns: buffers.map((one) => one.placed()) });
    }
  } finally {
    for (const buffer of buffers) buffer.release();
  }
}

/** All rows of a source, which is closed. */
function rowsOf(source: MergeSource): Promise<RecordBatch> {
  const signal = new AbortController().signal;
  const options = { arena: ARENA, schema: SCHEMA, orderBy: ORDER, outputRows: 70, openMax: 2, signal };
  const never = memorySpill({ arena: ARENA, orderBy: ORDER, pieceRows: 1 });
  return copyBatches(ARENA, SCHEMA, mergeSources([source], { ...options, spill: never }));
}

it('gives rows back as they were, with their bounds, and removes their file with the source', async () => {
  const rows = sorted(keyedRows(300, { seed: 4, from: 17, ties: 4 }), ORDER);
  const source = await spill.write('run', SCHEMA, placed(rows, 64));
  expect(source).toMatchObject({ name: 'run', rowCount: 300, lowerBound: 17n, upperBound: 91n });
  expect(readdirSync(directory)).toHaveLength(1);
  expect(equalBatches(await rowsOf(source), rows)).toBeUndefined();
  expect(readdirSync(directory)).toEqual([]);
});

it('gives no rows back as no rows', async () => {
  const source = await spill.write('run', SCHEMA, placed(sampleRows(0, 1), 10));
  expect(source).toMatchObject({ rowCount: 0, lowerBound: undefined, upperBound: undefined });
  expect((await rowsOf(source)).rowCount).toBe(0);
  expect(readdirSync(directory)).toEqual([]);
});

it('holds several runs at once', async () => {
  const runs = [1, 2, 3].map((seed) => sorted(keyedRows(50, { seed }), ORDER));
  const sources: MergeSource[] = [];
  for (const [i, run] of runs.entries()) sources.push(await spill.write(`run-${i}`, SCHEMA, placed(run, 20)));
  for (const [i, source] of sources.entries()) {
    expect(equalBatches(await rowsOf(source), runs[i]!)).toBeUndefined();
  }
});

it('finds that a run was changed on disk', async () => {
  const source = await spill.write('run', SCHEMA, placed(sorted(keyedRows(50, { seed: 1 }), ORDER), 20));
  const path = join(directory, readdirSync(directory)[0]!);
  const bytes = readFileSync(path);
  const reader = await openBytes(bytes);
  const { offset, sizeBytes } = reader.rowGroups[0]!.columns[2]!;
  reader.close();
  bytes[offset + sizeBytes - 1]! ^= 1;
  writeFileSync(path, bytes);
  await expect(rowsOf(source)).rejects.toMatchObject({
    kind: 'corrupt',
    code: 'CRC_MISMATCH',
    details: { source: 'run' },
  });
});

it('removes at its end what nobody closed, and what was not finished', async () => {
  async function* failing(): AsyncGenerator<PlacedBatch> {
    yield* placed(sampleRows(5, 1), 5);
    throw new Error('lost');
  }
  await expect(spill.write('broken', SCHEMA, failing())).rejects.toThrow('lost');
  expect(readdirSync(directory)).toHaveLength(1);
  await spill.dispose();
  expect(readdirSync(directory)).toEqual([]);
  await spill.dispose();
});
