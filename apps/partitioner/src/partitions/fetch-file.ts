import type { Arena } from '@ticklake/columnar';
import { LakeError, piecesOf, type ByteSource } from '@ticklake/core';
import { readReceiptFooter, verifyPages, type FileFacts, type VerifiedFile } from '@ticklake/manifest';
import { openParquet } from '@ticklake/parquet';
import { createScratchFile } from '@ticklake/storage';
import { PARQUET_LIMITS, READ_BYTES } from '../limits.js';
import type { PartitionManifest } from './manifest.js';
import { publishedData, type PublishedPlace } from './open-rows.js';

/** What a file is fetched with. */
export interface FetchTools {
  readonly arena: Arena;
  readonly scratchDirectory: string;
  readonly signal: AbortSignal;
}

/**
 * The file of a published partition, byte for byte, on the local disk. It is read back from there, and no row of it is decoded: its SHA-256,
 * rows and columns are those of the manifest, so are the hashes of its content in the receipt in its footer, and every page has its checksum.
 *
 * @throws LakeError as `publishedData`; `corrupt`: (`DATA_MISMATCH`) where it is not what the manifest describes, (`RECEIPT`) where the receipt
 *   in it is of other rows; `cancelled`.
 */
export async function fetchFile(place: PublishedPlace, tools: FetchTools): Promise<VerifiedFile> {
  const scratch = await createScratchFile(tools.scratchDirectory);
  try {
    for await (const piece of piecesOf(await publishedData(place), { readBytes: READ_BYTES })) {
      if (tools.signal.aborted) throw new LakeError('cancelled', 'cancelled while a partition was copied');
      await scratch.write(piece);
    }
    const source = await scratch.seal();
    const facts = await factsOf(source, place, tools);
    await requireReceipt(source, place, tools.arena);
    return { source, facts, dispose: () => scratch.dispose() };
  } catch (failure) {
    await scratch.dispose();
    throw failure;
  }
}

async function factsOf(
  source: ByteSource,
  { path, manifest }: PublishedPlace,
  { arena, signal }: FetchTools,
): Promise<FileFacts> {
  const { content, timestamp_min: min, timestamp_max: max } = manifest;
  const options = { arena, signal, content, limits: PARQUET_LIMITS };
  const { facts, findings } = await verifyPages(source, expectedOf(manifest), options);
  const faults = findings.filter(({ severity }) => severity === 'error');
  if (facts !== undefined && faults.length === 0)
    return { ...facts, orderMin: timeOf(min), orderMax: timeOf(max) };
  throw new LakeError('corrupt', 'what was read of a partition is not what its manifest describes', {
    code: 'DATA_MISMATCH',
    details: { path, findings: faults.map(({ check, message }) => `${check}: ${message}`).join('; ') },
  });
}

function timeOf(text: string | undefined): bigint | undefined {
  return text === undefined ? undefined : BigInt(text);
}

function expectedOf(manifest: PartitionManifest): Partial<FileFacts> {
  const { row_count: rowCount, parquet_size_bytes: sizeBytes, parquet_sha256: sha256 } = manifest;
  return { rowCount, sizeBytes, sha256, schemaFingerprint: manifest.schema_sha256 };
}

async function requireReceipt(
  source: ByteSource,
  { path, manifest: { row_count: rows, content } }: PublishedPlace,
  arena: Arena,
): Promise<void> {
  const reader = await openParquet({ source, arena }, PARQUET_LIMITS);
  reader.close();
  const output = readReceiptFooter(reader.metadata)?.receipt.output;
  const { multiset, ordered } = content;
  if (output?.rows === rows && output.multiset === multiset && output.ordered === ordered) return;
  throw new LakeError('corrupt', 'the receipt of a partition is of other rows than its manifest', {
    code: 'RECEIPT',
    details: { path },
  });
}
