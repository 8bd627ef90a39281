import { isDeepStrictEqual } from 'node:util';
import type { Arena } from '@ticklake/columnar';
import { isLakeError } from '@ticklake/core';
import {
  balanceReceipt,
  readReceiptFooter,
  verifyParquet,
  type FileFacts,
  type Finding,
} from '@ticklake/manifest';
import { openParquet } from '@ticklake/parquet';
import type { ObjectSource, ObjectStore } from '@ticklake/storage';
import { metaSchema, type Meta } from './documents.js';
import { SEQUENCE } from './inspect-source.js';
import { PUBLISHED_LIMITS } from './limits.js';
import { lostRows } from './leave-out.js';
import { readClaims, type MetaClaims } from './meta-claims.js';
import {
  MANIFEST_NAME,
  metaKey,
  partitionDirectory,
  partitionId,
  type PartitionKey,
} from './partition-key.js';
import { sourceFindings } from './source-findings.js';

/** What a verification found out about one published partition (spec rows MF-18…20, MF-23). */
export interface PartitionVerdict {
  readonly partition: string;
  /** Absent when the data object could not be read to its end. */
  readonly facts: FileFacts | undefined;
  readonly findings: readonly Finding[];
}

/** What to verify with. */
export interface VerifyContext {
  /** Holds what is read. */
  readonly arena: Arena;
  readonly compact: ObjectStore;
  /** Given: every source is read again and held against the receipt. */
  readonly raw: ObjectStore | undefined;
  readonly signal: AbortSignal;
}

/** Readings of a partition that is being replaced, each time it is read. */
const READINGS_MAX = 5;

/** Whether a partition is not what it should be. */
export function hasErrors({ findings }: Pick<PartitionVerdict, 'findings'>): boolean {
  return findings.some(({ severity }) => severity === 'error');
}

/**
 * Reads every byte of a published partition and holds it against its `meta.json` and its own footer. Works on
 * partitions that other programs published: what their `meta.json` lacks is a warning. Bad data is never thrown. One
 * that is replaced meanwhile is read again: the old manifest says nothing of the new data.
 *
 * @throws LakeError `unavailable`, `denied`, `cancelled`, or `conflict` when it was replaced again and again: nothing
 * was judged.
 */
export async function verifyPartition(key: PartitionKey, context: VerifyContext): Promise<PartitionVerdict> {
  const manifestKey = metaKey(key);
  for (let reading = 1; ; reading++) {
    const manifest = await readJson(context.compact, manifestKey);
    const isLast = reading === READINGS_MAX;
    const isReplaced = async () =>
      !isLast && (await context.compact.head(manifestKey))?.etag !== manifest?.etag;
    try {
      const verdict = await judge(key, manifest?.document, context);
      if (!hasErrors(verdict) || !(await isReplaced())) return verdict;
    } catch (failure) {
      if (!isLakeError(failure, 'conflict') || !(await isReplaced())) throw failure;
    }
  }
}

/** `document`: what `meta.json` holds, `undefined` where there is none. */
async function judge(
  key: PartitionKey,
  document: unknown,
  context: VerifyContext,
): Promise<PartitionVerdict> {
  const partition = partitionId(key);
  const directory = partitionDirectory(key);
  if (document === undefined)
    return { partition, facts: undefined, findings: [missing('meta', MANIFEST_NAME)] };
  const { claims, findings: metaFindings } = readClaims(document);
  const data = await openData(context.compact, directory + claims.data);
  if (data === undefined) {
    return { partition, facts: undefined, findings: [...metaFindings, missing('data', claims.data)] };
  }
  const { facts, findings } = await verifyParquet(data, expectedFacts(claims), {
    orderBy: ['ts_event'],
    sequence: SEQUENCE,
    limits: PUBLISHED_LIMITS,
    exclude: [SEQUENCE],
    signal: context.signal,
    arena: context.arena,
  });
  const meta = metaSchema.safeParse(document);
  const labels = meta.success ? [...labelFindings(meta.data, key), ...completeFindings(meta.data)] : [];
  const proof =
    meta.success && facts !== undefined ? await receiptFindings(context.arena, meta.data, data) : [];
  const sources =
    meta.success && context.raw !== undefined
      ? await sourceFindings({ ...context, raw: context.raw }, key, meta.data)
      : [];
  return { partition, facts, findings: [...metaFindings, ...findings, ...labels, ...proof, ...sources] };
}

function expectedFacts(claims: MetaClaims): Partial<FileFacts> {
  const { rowCount, sizeBytes, sha256, timeMin, timeMax, content, schemaFingerprint } = claims;
  return Object.fromEntries(
    Object.entries({
      rowCount,
      sizeBytes,
      sha256,
      schemaFingerprint,
      orderMin: timeMin,
      orderMax: timeMax,
      content,
    }).filter(([, value]) => value !== undefined),
  );
}

/** `document` is null for what is no JSON. */
async function readJson(
  store: ObjectStore,
  key: string,
): Promise<{ readonly etag: string; readonly document: unknown } | undefined> {
  try {
    const { meta, bytes } = await store.get(key);
    return { etag: meta.etag, document: parseJson(bytes) };
  } catch (error) {
    if (isLakeError(error, 'missing')) return undefined;
    throw error;
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

async function openData(store: ObjectStore, key: string): Promise<ObjectSource | undefined> {
  try {
    return await store.open(key);
  } catch (error) {
    if (isLakeError(error, 'missing')) return undefined;
    throw error;
  }
}

/** What `meta.json` says of its own partition beside the facts of the data. */
function labelFindings(meta: Meta, key: PartitionKey): Finding[] {
  const findings: Finding[] = [];
  if (meta.stream_type !== key.stream) {
    findings.push(error('meta', 'meta.json is of another stream', { stream: meta.stream_type }));
  }
  if (!isDeepStrictEqual(meta.ordering_columns, ['ts_event', SEQUENCE])) {
    const columns = meta.ordering_columns.join(',');
    findings.push(error('meta', 'meta.json states another order', { columns }));
  }
  if (meta.source_files !== meta.sources.length) {
    const sources = meta.sources.length;
    findings.push(error('receipt', 'source_files is not the number of sources', { sources }));
  }
  return findings;
}

/** Rows that are known to be missing, because their files are damaged (spec row MF-16). */
function completeFindings({ complete, receipt }: Meta): Finding[] {
  const { quarantined } = receipt;
  if (complete !== (quarantined.length === 0)) {
    return [error('complete', 'meta.json and its receipt disagree about files that were left out', {})];
  }
  if (complete) return [];
  const { files, rows, unreadable } = lostRows(quarantined);
  const names = quarantined.map(({ name }) => name).join(',');
  const details = { files, rows, ...(unreadable > 0 ? { filesOfUnknownRows: unreadable } : {}), names };
  return [warning('complete', 'damaged files were left out of the partition', details)];
}

/** The receipt is what its sources come to, is of this content, and stands with them in the footer. */
async function receiptFindings(arena: Arena, meta: Meta, data: ObjectSource): Promise<Finding[]> {
  const findings: Finding[] = [];
  const output = { rows: meta.row_count, ...meta.content };
  try {
    const receipt = balanceReceipt(meta.sources, output, meta.receipt.quarantined, meta.receipt.base);
    if (!isDeepStrictEqual(receipt, meta.receipt)) {
      findings.push(error('receipt', 'the receipt is not what its sources come to', {}));
    }
    const reader = await openParquet({ source: data, arena }, PUBLISHED_LIMITS);
    reader.close();
    const footer = readReceiptFooter(reader.metadata);
    if (footer === undefined)
      findings.push(warning('receipt', 'the data object carries no receipt of its own', {}));
    else if (!isDeepStrictEqual([footer.receipt, footer.sources], [meta.receipt, meta.sources])) {
      findings.push(error('receipt', 'the receipts of meta.json and of the data object differ', {}));
    }
  } catch (failure) {
    if (!isLakeError(failure, 'corrupt')) throw failure;
    findings.push(error('receipt', failure.message, failure.details));
  }
  return findings;
}

function missing(check: string, name: string): Finding {
  return error(check, 'an object of the partition is missing', { name });
}

function error(check: string, message: string, details: Finding['details']): Finding {
  return { check, severity: 'error', message, details };
}

function warning(check: string, message: string, details: Finding['details']): Finding {
  return { check, severity: 'warning', message, details };
}
