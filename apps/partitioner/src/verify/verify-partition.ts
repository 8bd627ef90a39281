import { createMultisetHash, type Arena } from '@ticklake/columnar';
import { isLakeError } from '@ticklake/core';
import {
  manifestDigest,
  readPublished,
  verifyParquet,
  type Finding,
  type Verification,
} from '@ticklake/manifest';
import type { ObjectStore } from '@ticklake/storage';
import type { TierLayout } from '../layout/tier-layout.js';
import { PARQUET_LIMITS } from '../limits.js';
import type { ListedPartition } from '../partitions/list-partitions.js';
import { partitionDataset, type PartitionManifest, type ViewCopy } from '../partitions/manifest.js';
import { REFERENCE_END } from '../partitions/view-copies.js';

/** What was found of a partition. */
export interface PartitionVerdict extends ListedPartition {
  /** Of its manifest; `undefined` where that cannot be read. */
  readonly rows: number | undefined;
  readonly findings: readonly Finding[];
}

/** What partitions are verified with. */
export interface VerifyTools {
  readonly store: ObjectStore;
  readonly layout: TierLayout;
  readonly arena: Arena;
  readonly signal: AbortSignal;
}

/**
 * Reads every byte of a partition and of its copies, and judges them: against the manifest, the manifest against its own hash and against the path,
 * copies against the rows that they are of, and that every view has them (D-02, D-04, D-27).
 *
 * @throws LakeError `cancelled`, or what the store fails with. What is wrong with the data is found, and never thrown.
 */
export async function verifyPartition(
  listed: ListedPartition,
  tools: VerifyTools,
): Promise<PartitionVerdict> {
  try {
    const published = await readPublished(partitionDataset(tools.store, listed.path));
    if (published === undefined) {
      const finding = error('manifest', 'rows lie here that no manifest publishes', {});
      return { ...listed, rows: undefined, findings: [{ ...finding, severity: 'warning' }] };
    }
    const { manifest, data } = published;
    const orderBy = manifest.tier === 'availability' ? ['available_from'] : [orderColumn(manifest)];
    const { findings } = await verifyParquet(data, expectedOf(manifest), optionsOf(manifest, orderBy, tools));
    const own = [...digestFindings(manifest), ...nameFindings(manifest, listed), ...findings];
    return {
      ...listed,
      rows: manifest.row_count,
      findings: [...own, ...(await viewFindings(manifest, listed, tools))],
    };
  } catch (failure) {
    if (!isLakeError(failure, 'corrupt')) throw failure;
    const finding = error(failure.code ?? 'manifest', failure.message, failure.details);
    return { ...listed, rows: undefined, findings: [finding] };
  }
}

/** Rows are in order of the first column that `row_order` names. */
function orderColumn({ row_order }: PartitionManifest): string {
  return row_order.split(',')[0] as string;
}

function optionsOf(
  { materialized: exclude }: PartitionManifest,
  orderBy: readonly string[],
  { arena, signal }: VerifyTools,
) {
  return { arena, orderBy, sequence: undefined, limits: PARQUET_LIMITS, exclude, signal };
}

function expectedOf(manifest: PartitionManifest) {
  const { row_count: rowCount, parquet_size_bytes: sizeBytes, parquet_sha256: sha256, content } = manifest;
  const { timestamp_min: min, timestamp_max: max } = manifest;
  return {
    ...{ rowCount, sizeBytes, sha256, schemaFingerprint: manifest.schema_sha256, content },
    ...(min === undefined ? {} : { orderMin: BigInt(min) }),
    ...(max === undefined ? {} : { orderMax: BigInt(max) }),
  };
}

function digestFindings(manifest: PartitionManifest): readonly Finding[] {
  const expected = manifest.manifest_sha256;
  const actual = manifestDigest(manifest);
  return actual === expected
    ? []
    : [error('manifest_sha256', 'the manifest was changed', { expected, actual })];
}

/** The path and the manifest say the same. */
function nameFindings(manifest: PartitionManifest, { names }: ListedPartition): readonly Finding[] {
  const pairs = [
    ['tier', manifest.tier, names.tier],
    ['date', manifest.date, names.day],
    ['data_type', manifest.data_type, names.dataType],
    ['instrument_id', manifest.instrument_id, names.instrument],
    ['venue', manifest.venue, names.venue],
    ['timeframe', manifest.timeframe, names.timeframe],
  ] as const;
  return pairs
    .filter(([, said, path]) => said !== path)
    .map(([key, said, path]) =>
      error('names', 'the manifest is of another partition than its path', { key, said, path }),
    );
}

async function viewFindings(
  manifest: PartitionManifest,
  { path, names }: ListedPartition,
  tools: VerifyTools,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const copy of manifest.copies) findings.push(...(await copyFindings(copy, manifest, tools)));
  findings.push(...sumFindings(manifest));
  const { document } = tools.layout;
  if (document.copies === 'primary' && names.instrument !== undefined) {
    const { day, instrument, dataType, timeframe } = names;
    for (const { path: to } of tools.layout.marketPaths({ day, instrument, dataType, timeframe }).copies) {
      const reference = to.replace(/\.parquet$/, REFERENCE_END);
      if ((await tools.store.head(reference)) === undefined)
        findings.push(error('reference', 'a view does not refer to the partition', { path, reference }));
    }
  }
  return findings;
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

function error(check: string, message: string, details: Readonly<Record<string, unknown>>): Finding {
  return { check, severity: 'error', message, details };
}
