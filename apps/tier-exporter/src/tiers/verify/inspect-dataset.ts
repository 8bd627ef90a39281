import { isDeepStrictEqual } from 'node:util';
import { typeText, type Schema } from '@ticklake/columnar';
import { isLakeError } from '@ticklake/core';
import {
  balanceReceipt,
  readReceiptFooter,
  verifyParquet,
  type FileFacts,
  type Finding,
  type PublishedDataset,
  type Receipt,
  type SourceReceipt,
  type StatedPlace,
} from '@ticklake/manifest';
import { openParquet, type ParquetReader } from '@ticklake/parquet';
import type { ObjectSource } from '@ticklake/storage';
import { PUBLISHED_LIMITS } from '../../limits.js';
import { readClaims } from './read-claims.js';
import { error, type TierNumber, type VerifyOptions } from './verdict.js';

/** What a manifest of any tier says of its file. */
export interface ProvenClaims extends StatedPlace {
  readonly row_count: number;
  readonly schema_sha256: string;
  readonly content: { readonly multiset: string; readonly ordered: string };
  readonly receipt: Receipt;
  readonly sources: readonly SourceReceipt[];
  readonly manifest_sha256: string;
}

/** The data object of a dataset, which is known to read. */
export interface OpenFile {
  readonly data: ObjectSource;
  readonly reader: ParquetReader;
}

/** What makes a dataset one of its tier. */
export interface TierRules<M> {
  readonly tier: TierNumber;
  readonly schema: Schema;
  /** Whether the manifest agrees with itself. */
  judgeManifest(manifest: M): Iterable<Finding>;
  /** The name of the data object where no manifest tells it; `undefined` when there is none. */
  dataName(): Promise<string | undefined>;
  /** Whether a file of these columns is one of the tier. */
  fitsColumns(found: Schema): boolean;
  /** What the rows of a file of the right columns are like. */
  judgeRows(file: OpenFile, manifest: M | undefined): Promise<readonly Finding[]>;
}

/**
 * Reads every byte of a dataset of any tier and holds it against its manifest, its own footer and the columns of its tier; what else a
 * tier has to say, its rules know. Bad data goes to `findings` and is never thrown.
 *
 * @returns What the file is; `undefined` when it could not be read to its end.
 * @throws LakeError `unavailable`, `denied`, `cancelled`, or `conflict` when the dataset was replaced meanwhile: nothing was judged.
 */
export async function inspectDataset<M extends ProvenClaims>(
  dataset: PublishedDataset<M>,
  rules: TierRules<M>,
  { options, findings }: { readonly options: VerifyOptions; readonly findings: Finding[] },
): Promise<FileFacts | undefined> {
  const { arena, signal } = options;
  const manifest = await readClaims({ ...dataset, tier: rules.tier }, findings);
  if (manifest !== undefined) {
    findings.push(...rules.judgeManifest(manifest), ...receiptFindings(manifest));
  }
  const data = await openData(dataset, manifest?.data ?? (await rules.dataName()), findings);
  if (data === undefined) return undefined;
  if (data.size < options.sizeMinBytes) {
    const details = { sizeBytes: data.size, min: options.sizeMinBytes };
    findings.push(error('size', 'the data object is too small', details));
  }
  const verified = await verifyParquet(data, manifest === undefined ? {} : expectedFacts(manifest), {
    ...{ arena, orderBy: [], sequence: undefined, exclude: [], signal },
    limits: PUBLISHED_LIMITS,
  });
  findings.push(...verified.findings);
  if (verified.facts === undefined) return undefined;
  const reader = await openParquet({ source: data, arena }, PUBLISHED_LIMITS);
  try {
    const wrong = columnFindings(reader.schema, rules);
    findings.push(...wrong, ...footerFindings(reader, manifest));
    if (wrong.length === 0) findings.push(...(await rules.judgeRows({ data, reader }, manifest)));
  } finally {
    reader.close();
  }
  return verified.facts;
}

async function openData(
  { store, directory, dataName }: Pick<PublishedDataset<unknown>, 'store' | 'directory' | 'dataName'>,
  name: string | undefined,
  findings: Finding[],
): Promise<ObjectSource | undefined> {
  try {
    if (name !== undefined) return await store.open(directory + name);
  } catch (failure) {
    if (!isLakeError(failure, 'missing')) throw failure;
  }
  const key = directory + (name ?? dataName);
  findings.push(error('presence', 'the data object is not there', { key }));
  return undefined;
}

function expectedFacts(manifest: ProvenClaims): Partial<FileFacts> {
  return {
    rowCount: manifest.row_count,
    sizeBytes: manifest.parquet_size_bytes,
    sha256: manifest.parquet_sha256,
    schemaFingerprint: manifest.schema_sha256,
    content: manifest.content,
  };
}

/** Whether the sources add up to the rows, and the receipt says so. */
function* receiptFindings({ receipt, sources, row_count }: ProvenClaims): Generator<Finding> {
  try {
    const balanced = balanceReceipt(sources, { ...receipt.output, rows: row_count });
    if (!isDeepStrictEqual(balanced, receipt))
      yield error('receipt', 'the receipt is not that of the sources');
  } catch (failure) {
    if (!isLakeError(failure, 'corrupt')) throw failure;
    yield error('receipt', failure.message, failure.details);
  }
}

/** Names, types and nesting (VF-08). */
function columnFindings(
  found: Schema,
  { schema, tier, fitsColumns }: Pick<TierRules<never>, 'schema' | 'tier' | 'fitsColumns'>,
): readonly Finding[] {
  if (fitsColumns(found)) return [];
  const textOf = ({ fields }: Schema, name: string) => {
    const field = fields.find((one) => one.name === name);
    return field === undefined ? 'none' : `${typeText(field.type)} ${field.nullable ? 'null' : 'required'}`;
  };
  const names = [...new Set([...schema.fields, ...found.fields].map(({ name }) => name))];
  const differing = names.filter((name) => textOf(found, name) !== textOf(schema, name));
  return [error('columns', `the columns are not those of tier ${tier}`, { columns: differing.join() })];
}

function footerFindings({ metadata }: ParquetReader, manifest: ProvenClaims | undefined): readonly Finding[] {
  try {
    const footer = readReceiptFooter(metadata);
    if (footer === undefined) return [error('receipt', 'the file carries no receipt')];
    const agrees =
      manifest === undefined ||
      (isDeepStrictEqual(footer.receipt, manifest.receipt) &&
        isDeepStrictEqual(footer.sources, manifest.sources));
    return agrees ? [] : [error('receipt', 'the file carries another receipt than its manifest')];
  } catch (failure) {
    if (!isLakeError(failure, 'corrupt')) throw failure;
    return [error('receipt', failure.message, failure.details)];
  }
}
