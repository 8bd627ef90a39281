import { concatBatches, createMultisetHash, type RecordBatch } from '@ticklake/columnar';
import { isLakeError } from '@ticklake/core';
import { verifyParquet, type Finding, type Verification } from '@ticklake/manifest';
import { openParquet } from '@ticklake/parquet';
import type { ObjectSource } from '@ticklake/storage';
import { availabilityCopies } from '../availability/availability-copies.js';
import { BATCH_ROWS, PARQUET_LIMITS } from '../limits.js';
import type { ListedPartition } from '../partitions/list-partitions.js';
import type { PartitionManifest, ViewCopy } from '../partitions/manifest.js';
import { REFERENCE_END, referenceText, type CopyPlan } from '../partitions/view-copies.js';
import { error, optionsOf, type VerifyTools } from './verify-tools.js';

/** What is wrong with a partition in the other views: each has to have all of its rows, or to refer to them (D-04, AP-15). */
export async function viewFindings(
  { manifest, data }: { readonly manifest: PartitionManifest; readonly data: ObjectSource },
  listed: ListedPartition,
  tools: VerifyTools,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const copy of manifest.copies) findings.push(...(await copyFindings(copy, manifest, tools)));
  findings.push(...sumFindings(manifest));
  for (const { view, path, kind } of await plansOf(listed, data, tools)) {
    if (kind === 'reference') findings.push(...(await referenceFindings(path, listed, tools)));
    else if (!manifest.copies.some((copy) => copy.path === path))
      findings.push(error('copies', 'a view does not have the partition', { view, path }));
  }
  return findings;
}

/** What the views are to have of a partition. */
async function plansOf(
  { names }: ListedPartition,
  data: ObjectSource,
  { layout, arena }: VerifyTools,
): Promise<readonly CopyPlan[]> {
  const { day, instrument, dataType, timeframe } = names;
  if (instrument !== undefined) return layout.marketPaths({ day, instrument, dataType, timeframe }).copies;
  const reader = await openParquet({ source: data, arena }, PARQUET_LIMITS);
  try {
    const batches: RecordBatch[] = [];
    for await (const batch of reader.batches({ rowsMax: BATCH_ROWS })) batches.push(batch);
    return batches.length === 0 ? [] : availabilityCopies(concatBatches(batches), day, layout);
  } finally {
    reader.close();
  }
}

async function referenceFindings(
  to: string,
  { path }: ListedPartition,
  { store }: VerifyTools,
): Promise<readonly Finding[]> {
  const reference = to.replace(/\.parquet$/, REFERENCE_END);
  try {
    const { bytes } = await store.get(reference);
    const text = Buffer.from(bytes).toString('utf8');
    if (text === referenceText(path)) return [];
    return [error('reference', 'a view refers to something else', { reference })];
  } catch (failure) {
    if (!isLakeError(failure, 'missing')) throw failure;
    return [error('reference', 'a view does not refer to the partition', { reference })];
  }
}

async function copyFindings(
  copy: ViewCopy,
  manifest: PartitionManifest,
  tools: VerifyTools,
): Promise<readonly Finding[]> {
  const { path, rows: rowCount, sha256, size_bytes: sizeBytes } = copy;
  if ((await tools.store.head(path)) === undefined) return [error('copy', 'a copy is not there', { path })];
  const verification: Verification = await verifyParquet(
    await tools.store.open(path),
    { rowCount, sha256, sizeBytes, schemaFingerprint: manifest.schema_sha256 },
    optionsOf(manifest, [], tools),
  );
  const { facts, findings } = verification;
  const others = findings.map((one) => ({ ...one, details: { ...one.details, path } }));
  if (facts === undefined || facts.content.multiset === copy.multiset) return others;
  return [...others, error('copy', 'a copy has other rows', { path })];
}

/** The copies of each view together have each row of the partition once (D-03). */
function sumFindings({ copies, row_count, content }: PartitionManifest): readonly Finding[] {
  const views = [...new Set(copies.map(({ view }) => view))];
  return views.flatMap((view) => {
    const own = copies.filter((copy) => copy.view === view);
    const sum = createMultisetHash();
    for (const { multiset } of own) sum.addHash(multiset);
    const rows = own.reduce((all, copy) => all + copy.rows, 0);
    if (rows === row_count && sum.hex() === content.multiset) return [];
    return [
      error('copies', 'the copies of a view do not add up to the partition', {
        view,
        rows,
        expected: row_count,
      }),
    ];
  });
}
