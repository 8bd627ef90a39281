import { createMultisetHash } from '@ticklake/columnar';
import { readPublished } from '@ticklake/manifest';
import { openParquet, type ParquetReader } from '@ticklake/parquet';
import { PUBLISHED_LIMITS } from '../../limits.js';
import { DAY, entryText, hourBytes, putHour } from '../../testing/archive.js';
import { ARENA, suiteDirectory, testContext } from '../../testing/context.js';
import { fullDayIn } from '../../testing/exports.js';
import { TIER2_SCHEMA } from '../tier2/columns.js';
import { TIER3_SCHEMA } from '../tier3/columns.js';
import { exportDay, localDataset } from '../tier3/export-day.js';
import type { Tier3Manifest } from '../tier3/manifest.js';
import { hashRanges, type RowRange } from './hash-ranges.js';

const directory = suiteDirectory();
const signal = new AbortController().signal;
let manifest: Tier3Manifest;
let open: () => Promise<ParquetReader>;
beforeAll(async () => {
  const context = await fullDayIn(directory)();
  const entries = Array.from({ length: 1250 }, (_, i) => entryText(`S${i}`));
  await putHour(context.archive, 0, hourBytes(...entries));
  await exportDay(DAY, context);
  const published = await readPublished(localDataset(context.output, DAY));
  if (published === undefined) throw new Error('a day is published');
  manifest = published.manifest;
  open = () => openParquet({ source: published.data, arena: ARENA }, PUBLISHED_LIMITS);
});
afterEach(() => expect(ARENA.usedBytes).toBe(0));

async function hashesOf(ranges: readonly RowRange[], schema = TIER3_SCHEMA) {
  const reader = await open();
  try {
    const hashes = await hashRanges(reader, ranges, { arena: ARENA, schema, signal });
    return { hashes, pages: reader.pages.read };
  } finally {
    reader.close();
  }
}

it('a whole file is what its manifest says', async () => {
  const { hashes } = await hashesOf([{ start: 0, end: manifest.row_count }]);
  expect(hashes).toEqual([manifest.content]);
});

it('ranges add up, wherever row groups end', async () => {
  const cuts = [0, 1, 100, 511, 513, 1024, 1200, manifest.row_count];
  const ranges = cuts.slice(1).map((end, i) => ({ start: cuts[i] as number, end }));
  const { hashes } = await hashesOf(ranges);
  const sum = createMultisetHash();
  for (const { multiset } of hashes) sum.addHash(multiset);
  expect(sum.hex()).toBe(manifest.content.multiset);
  expect(new Set(hashes.map(({ ordered }) => ordered)).size).toBe(ranges.length);
});

it('rows are equal wherever they stand, and in their order only', async () => {
  const { hashes } = await hashesOf([{ start: 500, end: 700 }]);
  const context = testContext(directory, { allowIncomplete: true });
  const entries = Array.from({ length: 200 }, (_, i) => entryText(`S${500 + i}`));
  for (const [lines, isSame] of [
    [entries, true],
    [entries.toReversed(), false],
  ] as const) {
    await putHour(context.archive, 0, hourBytes(...lines));
    const other = await exportDay(DAY, { ...context, overwrite: true });
    expect(other.local.facts.content.multiset).toBe(hashes[0]?.multiset);
    expect(other.local.facts.content.ordered === hashes[0]?.ordered).toBe(isSame);
  }
});

it('row groups that nobody asks for are not read', async () => {
  const whole = await hashesOf([{ start: 0, end: manifest.row_count }]);
  const one = await hashesOf([{ start: 600, end: 700 }]);
  expect(one.pages).toBeLessThan(whole.pages / 2);
});

it('columns that do not count make no difference', async () => {
  const range = [{ start: 0, end: 10 }];
  expect((await hashesOf(range, TIER2_SCHEMA)).hashes).not.toEqual((await hashesOf(range)).hashes);
  expect((await hashesOf(range, TIER2_SCHEMA)).pages).toBeLessThan((await hashesOf(range)).pages);
});

it('stops when it is told to', async () => {
  const reader = await open();
  const options = { arena: ARENA, schema: TIER3_SCHEMA, signal: AbortSignal.abort() };
  await expect(hashRanges(reader, [{ start: 0, end: 1 }], options)).rejects.toMatchObject({
    kind: 'cancelled',
  });
  reader.close();
});
