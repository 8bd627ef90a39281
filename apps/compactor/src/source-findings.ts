import { createMultisetHash, createRowHasher, type Arena } from '@ticklake/columnar';
import { isLakeError, sha256Of, type ByteSource } from '@ticklake/core';
import type { TakenRows } from '@ticklake/merge';
import type { Finding, SourceReceipt } from '@ticklake/manifest';
import { openParquet } from '@ticklake/parquet';
import type { ObjectMeta, ObjectStore } from '@ticklake/storage';
import { collectedKey, readCollected } from './collected-sources.js';
import { discoverPartitions, onlyPartition } from './discover-partitions.js';
import type { Meta } from './documents.js';
import { nameOf, SEQUENCE } from './inspect-source.js';
import { READ_BATCH_ROWS, SPOOL_LIMITS } from './limits.js';
import type { PartitionKey } from './partition-key.js';
import { openSpoolFile } from './spool-file.js';

/** What sources are read with. */
export interface SourceTools {
  readonly arena: Arena;
  readonly raw: ObjectStore;
  /** Knows which sources were collected. */
  readonly compact: ObjectStore;
  readonly signal: AbortSignal;
}

/**
 * Holds a receipt against the spool itself: each source is read again, its bytes hashed, its rows counted and hashed
 * (spec row MF-20). A source that is gone is a warning, since spools are cleared, unless `gc-raw` recorded it; one that differs is an
 * error; a file the receipt does not know came late.
 */
export async function sourceFindings(
  { arena, raw, compact, signal }: SourceTools,
  key: PartitionKey,
  meta: Meta,
): Promise<Finding[]> {
  const listed = await listSources(raw, key, signal);
  const { collected, findings } = await collectedSources(compact, key);
  for (const receipt of meta.sources) {
    const object = listed.get(receipt.name);
    listed.delete(receipt.name);
    if (object === undefined && collected.get(receipt.name) === receipt.sha256) {
      findings.push(finding('source_collected', 'info', 'a source was collected', receipt.name));
    } else if (object === undefined) {
      findings.push(
        finding('source_missing', 'warning', 'a source is not in the spool any more', receipt.name),
      );
    } else findings.push(...(await compareSource({ arena, raw }, object, receipt)));
  }
  for (const name of listed.keys()) {
    findings.push(finding('source_late', 'warning', 'a file came after the partition was published', name));
  }
  return findings;
}

async function collectedSources(
  compact: ObjectStore,
  key: PartitionKey,
): Promise<{ readonly collected: ReadonlyMap<string, string>; readonly findings: Finding[] }> {
  try {
    return { collected: await readCollected(compact, key), findings: [] };
  } catch (error) {
    if (!isLakeError(error, 'invalid')) throw error;
    const unread = 'the record of collected sources cannot be read';
    return { collected: new Map(), findings: [finding('collected', 'error', unread, collectedKey(key))] };
  }
}

/** The spool files of a partition as they are listed now, by name. */
export async function listSources(
  raw: ObjectStore,
  key: PartitionKey,
  signal: AbortSignal,
): Promise<Map<string, ObjectMeta>> {
  const listed = new Map<string, ObjectMeta>();
  for await (const { sources } of discoverPartitions(raw, onlyPartition(key), signal).partitions()) {
    for (const object of sources) listed.set(nameOf(object.key), object);
  }
  return listed;
}

async function compareSource(
  { arena, raw }: Pick<SourceTools, 'arena' | 'raw'>,
  object: ObjectMeta,
  receipt: SourceReceipt,
): Promise<Finding[]> {
  const source = await openSpoolFile(raw, object);
  if ((await sha256Of(source)) !== receipt.sha256) {
    return [finding('source_changed', 'error', 'a source is not the file that was compacted', receipt.name)];
  }
  try {
    const { rowCount, multiset } = await contentOf(arena, source);
    if (rowCount === receipt.rows && multiset === receipt.multiset) return [];
    return [finding('source_rows', 'error', 'a source holds other rows than its receipt says', receipt.name)];
  } catch (error) {
    if (!isLakeError(error, 'corrupt')) throw error;
    return [finding('source_readable', 'error', error.message, receipt.name)];
  }
}

async function contentOf(arena: Arena, source: ByteSource): Promise<TakenRows> {
  const reader = await openParquet({ source, arena }, SPOOL_LIMITS);
  const hasher = createRowHasher(arena, reader.schema, { exclude: [SEQUENCE] });
  const multiset = createMultisetHash();
  try {
    for await (const batch of reader.batches({ rowsMax: READ_BATCH_ROWS })) {
      multiset.add(hasher.digestBatch(batch));
    }
    return { rowCount: reader.rowCount, multiset: multiset.hex() };
  } finally {
    hasher.release();
    reader.close();
  }
}

function finding(check: string, severity: Finding['severity'], message: string, name: string): Finding {
  return { check, severity, message, details: { name } };
}
