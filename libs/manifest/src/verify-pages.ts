import { fingerprintSchema, type Arena } from '@ticklake/columnar';
import { sha256Of, type ByteSource } from '@ticklake/core';
import { openParquet, type ParquetLimits } from '@ticklake/parquet';
import { throwIfCancelled } from './cancelled.js';
import { expectationFindings } from './expectations.js';
import type { ContentHashes, FileFacts, Finding } from './facts.js';
import { fileFinding, unprotectedFindings } from './file-findings.js';
import type { Verification } from './verify-parquet.js';

/** How {@link verifyPages} is to look at a file. */
export interface PageOptions {
  readonly arena: Arena;
  readonly limits: ParquetLimits;
  /** What its rows hash to, if its bytes are the right ones: they were proved before they were copied. */
  readonly content: ContentHashes;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads every byte and every page of a Parquet file whose column chunks were copied, and decodes none: the SHA-256 of the whole, the
 * footer, row count and schema, each page's header against the footer, each page's CRC. Otherwise as `verifyParquet`.
 *
 * @throws LakeError `cancelled`, or what the source throws when it cannot be read. Bad bytes are findings and are never thrown.
 */
export async function verifyPages(
  source: ByteSource,
  expected: Partial<FileFacts>,
  { arena, limits, content, signal }: PageOptions,
): Promise<Verification> {
  const findings: Finding[] = [];
  let known: Partial<FileFacts> = { sizeBytes: source.size };
  let facts: FileFacts | undefined;
  try {
    known = { ...known, sha256: await sha256Of(source, signal) };
    const reader = await openParquet({ source, arena }, limits);
    try {
      known = { ...known, rowCount: reader.rowCount, schemaFingerprint: fingerprintSchema(reader.schema) };
      for (let rowGroup = 0; rowGroup < reader.rowGroups.length; rowGroup++) {
        throwIfCancelled(signal);
        await reader.checkPages(rowGroup);
      }
      findings.push(...unprotectedFindings(reader.pages));
      facts = { ...(known as FileFacts), orderMin: undefined, orderMax: undefined, content };
    } finally {
      reader.close();
    }
  } catch (failure) {
    findings.push(fileFinding(failure));
  }
  findings.push(...expectationFindings(expected, known));
  return { facts, findings };
}
