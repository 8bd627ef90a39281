import { isLakeError } from '@ticklake/core';
import { manifestDigest, readPublished, verifyParquet, type Finding } from '@ticklake/manifest';
import type { ObjectSource } from '@ticklake/storage';
import type { ListedPartition } from '../partitions/list-partitions.js';
import { partitionDataset, type PartitionManifest } from '../partitions/manifest.js';
import { error, optionsOf, type VerifyTools } from './verify-tools.js';
import { viewFindings } from './view-findings.js';

/** What was found of a partition. */
export interface PartitionVerdict extends ListedPartition {
  /** Of its manifest; `undefined` where that cannot be read. */
  readonly rows: number | undefined;
  readonly findings: readonly Finding[];
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
    const digest = await digestFindings(listed, tools);
    const own = [...digest, ...placeFindings(manifest, data), ...nameFindings(manifest, listed), ...findings];
    const views = await viewFindings({ manifest, data }, listed, tools);
    return { ...listed, rows: manifest.row_count, findings: [...own, ...views] };
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

function expectedOf(manifest: PartitionManifest) {
  const { row_count: rowCount, parquet_size_bytes: sizeBytes, parquet_sha256: sha256, content } = manifest;
  const { timestamp_min: min, timestamp_max: max } = manifest;
  return {
    ...{ rowCount, sizeBytes, sha256, schemaFingerprint: manifest.schema_sha256, content },
    ...(min === undefined ? {} : { orderMin: BigInt(min) }),
    ...(max === undefined ? {} : { orderMax: BigInt(max) }),
  };
}

/** The hash is of the document as it is written: what is parsed of it has its keys in another order. */
async function digestFindings(
  { path }: ListedPartition,
  { store }: VerifyTools,
): Promise<readonly Finding[]> {
  const { directory, manifestName } = partitionDataset(store, path);
  const { bytes } = await store.get(directory + manifestName);
  const document = JSON.parse(Buffer.from(bytes).toString('utf8')) as { readonly manifest_sha256: string };
  const { manifest_sha256: expected } = document;
  const actual = manifestDigest(document);
  return actual === expected
    ? []
    : [error('manifest_sha256', 'the manifest was changed', { expected, actual })];
}

/** Readers that know manifests find bytes that are kept; those that take all files of a directory do not. */
function placeFindings(manifest: PartitionManifest, { meta: { key } }: ObjectSource): readonly Finding[] {
  if (key.endsWith(`/${manifest.data}`)) return [];
  return [
    error('data', 'the data object is not what the manifest describes, and what is kept of it is', { key }),
  ];
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
