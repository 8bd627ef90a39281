import { createHash } from 'node:crypto';
import { readPublished } from '@ticklake/manifest';
import { openParquet, type ParquetReader } from '@ticklake/parquet';
import { PUBLISHED_LIMITS } from '../../limits.js';
import { DAY, entryText, hourBytes, putHour } from '../../testing/archive.js';
import { ARENA, suiteDirectory } from '../../testing/context.js';
import { fullDayIn } from '../../testing/exports.js';
import { TIER2_COLUMNS } from './columns.js';
import { exportDay, localDataset } from './export-day.js';
import type { Tier3Manifest } from './manifest.js';
import { projectionFindings } from './projection-findings.js';

const fullDay = fullDayIn(suiteDirectory());
const signal = new AbortController().signal;

/** A day, one hour of which has more entries than are hashed at once; what `change` makes of its manifest or reader is judged. */
async function judged(
  change: (manifest: Tier3Manifest, reader: ParquetReader) => { manifest?: object; reader?: ParquetReader },
): Promise<readonly string[]> {
  const context = await fullDay();
  const lines = Array.from({ length: 150 }, (_, i) => entryText(`S${i}`));
  await putHour(context.archive, 5, hourBytes(...lines));
  await exportDay(DAY, context);
  const { manifest, data } = (await readPublished(localDataset(context.output, DAY)))!;
  const reader = await openParquet({ source: data, arena: ARENA }, PUBLISHED_LIMITS);
  const changed = change(manifest, reader);
  const day = {
    source: data,
    manifest: { ...manifest, ...changed.manifest },
    reader: changed.reader ?? reader,
  };
  try {
    const findings = await projectionFindings(day, { arena: ARENA, signal });
    return findings.map(({ severity, check, message }) => `${severity} ${check}: ${message}`);
  } finally {
    reader.close();
    expect(ARENA.usedBytes).toBe(0);
  }
}

describe('what a day says of the columns of tier 2', () => {
  it('is right when it was exported', async () => {
    const seen: Tier3Manifest[] = [];
    expect(
      await judged((manifest) => {
        seen.push(manifest);
        return {};
      }),
    ).toEqual([]);
    expect(seen[0]?.tier2_columns?.map(({ name }) => name)).toEqual(TIER2_COLUMNS);
    expect(seen[0]?.tier2_content?.multiset).not.toBe(seen[0]?.content.multiset);
  });

  it('is what anybody finds who hashes the chunks of a column', async () => {
    const context = await fullDay();
    const { local } = await exportDay(DAY, context);
    const { bytes } = await context.output.get('2026-01-15/data.parquet');
    const source = await context.output.open('2026-01-15/data.parquet');
    const reader = await openParquet({ source, arena: ARENA }, PUBLISHED_LIMITS);
    const hash = createHash('sha256');
    let sum = 0;
    for (const { name, offset, sizeBytes } of reader.rowGroups.flatMap(({ columns }) => columns)) {
      if (name !== 'scores') continue;
      hash.update(bytes.subarray(offset, offset + sizeBytes));
      sum += sizeBytes;
    }
    reader.close();
    expect(local.manifest.tier2_columns?.find(({ name }) => name === 'scores')).toEqual({
      name: 'scores',
      size_bytes: sum,
      sha256: hash.digest('hex'),
    });
  });

  it('may be nothing, as of a day of version 2.0', async () => {
    const manifest = { tier2_columns: undefined, tier2_content: undefined };
    expect(await judged(() => ({ manifest }))).toEqual([]);
  });

  it.each<[string, (manifest: Tier3Manifest, reader: ParquetReader) => object, string]>([
    [
      'bytes',
      ({ tier2_columns: [first, ...rest] = [] }) => ({
        manifest: { tier2_columns: [{ ...first, sha256: '0'.repeat(64) }, ...rest] },
      }),
      'error tier2: columns of tier 2 are not the bytes that the manifest says',
    ],
    [
      'columns that are left out',
      ({ tier2_columns = [] }) => ({ manifest: { tier2_columns: tier2_columns.slice(1) } }),
      'error tier2: columns of tier 2 are not the bytes that the manifest says',
    ],
    [
      'rows',
      ({ content }) => ({ manifest: { tier2_content: content } }),
      'error tier2: the rows are others in the columns of tier 2 than the manifest says',
    ],
    [
      'digests',
      (_, reader) => ({ reader: Object.create(reader, { metadata: { value: new Map() } }) as ParquetReader }),
      'error tier2: the digests in the footer are not those of the rows',
    ],
  ])('is wrong where it is of other %s', async (_, change, finding) => {
    expect(await judged(change)).toEqual([finding]);
  });
});
