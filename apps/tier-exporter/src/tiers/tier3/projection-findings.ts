import { createHash } from 'node:crypto';
import {
  createColumnBuffer,
  createMultisetHash,
  createOrderedHash,
  createRowHasher,
  DIGEST_BYTES,
  type Arena,
} from '@ticklake/columnar';
import { LakeError, type ByteSource } from '@ticklake/core';
import type { Finding } from '@ticklake/manifest';
import type { ParquetReader } from '@ticklake/parquet';
import { BATCH_ROWS } from '../../limits.js';
import { TIER2_DIGESTS_KEY, type Projection } from '../projection.js';
import { TIER2_COLUMNS, TIER3_SCHEMA } from './columns.js';
import type { Tier3Manifest } from './manifest.js';

/** An open day. */
export interface VerifiedDay {
  readonly reader: ParquetReader;
  readonly source: ByteSource;
  readonly manifest: Tier3Manifest;
}

/**
 * Whether a day is right about the columns that weeks copy from it: their stored bytes, what its rows hash to in them, and the digests in
 * its footer. Nothing for a day of an older version, which says nothing of them.
 *
 * @throws LakeError `corrupt` when the columns cannot be read, `cancelled`; what the source throws.
 */
export async function projectionFindings(
  day: VerifiedDay,
  { arena, signal }: { readonly arena: Arena; readonly signal: AbortSignal },
): Promise<readonly Finding[]> {
  const { tier2_columns: columns, tier2_content: content } = day.manifest;
  if (columns === undefined && content === undefined) return [];
  const found = await project(day, arena, signal);
  const stated = new Map(columns?.map(({ name, sha256 }) => [name, sha256]));
  const wrong = found.columns.filter(({ name, sha256 }) => stated.get(name) !== sha256);
  const findings: Finding[] = [];
  if (wrong.length > 0) {
    const details = { columns: wrong.map(({ name }) => name).join() };
    findings.push(error('columns of tier 2 are not the bytes that the manifest says', details));
  }
  const { multiset, ordered } = found.content;
  if (content?.multiset !== multiset || content.ordered !== ordered) {
    findings.push(
      error('the rows are others in the columns of tier 2 than the manifest says', found.content),
    );
  }
  if (day.reader.metadata.get(TIER2_DIGESTS_KEY) !== Buffer.from(found.digests).toString('base64')) {
    findings.push(error('the digests in the footer are not those of the rows', {}));
  }
  return findings;
}

function error(message: string, details: Readonly<Record<string, unknown>>): Finding {
  return { check: 'tier2', severity: 'error', message, details };
}

async function project(day: VerifiedDay, arena: Arena, signal: AbortSignal): Promise<Projection> {
  const columns = [];
  for (const name of TIER2_COLUMNS) {
    if (signal.aborted) throw new LakeError('cancelled', 'cancelled while a day was verified');
    columns.push(await storedBytes(day, name));
  }
  return { columns, ...(await contentOf(day.reader, arena, signal)) };
}

async function storedBytes({ reader, source }: VerifiedDay, column: string) {
  const hash = createHash('sha256');
  let sum = 0;
  for (const { columns } of reader.rowGroups) {
    for (const { name, offset, sizeBytes } of columns) {
      if (name !== column) continue;
      hash.update(await source.read(offset, sizeBytes));
      sum += sizeBytes;
    }
  }
  return { name: column, sizeBytes: sum, sha256: hash.digest('hex') };
}

async function contentOf(
  reader: ParquetReader,
  arena: Arena,
  signal: AbortSignal,
): Promise<Pick<Projection, 'content' | 'digests'>> {
  const fields = TIER3_SCHEMA.fields.filter(({ name }) =>
    (TIER2_COLUMNS as readonly string[]).includes(name),
  );
  const hasher = createRowHasher(arena, { fields }, { exclude: [] });
  const columns = fields.map(({ name, type }) => ({
    buffer: createColumnBuffer(arena, type),
    cursor: reader.column(name),
  }));
  const [multiset, ordered] = [createMultisetHash(), createOrderedHash()];
  const kept: Uint8Array[] = [];
  try {
    for (let row = 0; row < reader.rowCount; ) {
      if (signal.aborted) throw new LakeError('cancelled', 'cancelled while a day was verified');
      const rowCount = Math.min(BATCH_ROWS, reader.rowCount - row);
      for (const { buffer, cursor } of columns) {
        buffer.clear();
        await cursor.read(buffer, rowCount);
      }
      const placed = columns.map(({ buffer }) => buffer.placedAsRead());
      const digests = hasher.digest(placed, { start: 0, end: rowCount });
      for (const one of [multiset, ordered]) one.add(digests);
      kept.push(arena.bytes.slice(digests.address, digests.address + rowCount * DIGEST_BYTES));
      row += rowCount;
    }
  } finally {
    hasher.release();
    for (const { buffer, cursor } of columns) {
      cursor.close();
      buffer.release();
    }
  }
  const content = { multiset: multiset.hex(), ordered: ordered.hex() };
  return { content, digests: Buffer.concat(kept) };
}
