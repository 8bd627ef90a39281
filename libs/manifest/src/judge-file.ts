import { fingerprintSchema, sha256In, type Arena } from '@ticklake/columnar';
import type { ByteSource } from '@ticklake/core';
import { openParquet, type ParquetLimits, type ParquetReader } from '@ticklake/parquet';
import { expectationFindings } from './expectations.js';
import { codecsOf } from './codecs-of.js';
import type { FileFacts, Finding } from './facts.js';
import { fileFinding } from './file-findings.js';

/** What somebody saw of a file. */
export interface Verification {
  /** `undefined` when some of the file could not be read. */
  readonly facts: FileFacts | undefined;
  /** In the order they were found; no `error` among them means that the file is good. */
  readonly findings: readonly Finding[];
}

/** What a look at the pages of a file tells. */
export type RowFacts = Pick<FileFacts, 'rowCount' | 'orderMin' | 'orderMax' | 'content'>;

/** How {@link judgeFile} looks at a file. */
export interface Judging {
  readonly arena: Arena;
  readonly limits: ParquetLimits;
  readonly signal?: AbortSignal | undefined;
  /** Reads every page, adding what it finds. */
  look(reader: ParquetReader, findings: Finding[]): Promise<RowFacts>;
}

/**
 * The frame of every verification: the SHA-256 of the whole, the footer, what `look` sees, and all of it against what is `expected`; facts
 * that are left out are not compared.
 *
 * @throws LakeError `cancelled`, or what the source throws when it cannot be read. Bad bytes are findings and are never thrown.
 */
export async function judgeFile(
  source: ByteSource,
  expected: Partial<FileFacts>,
  { arena, limits, signal, look }: Judging,
): Promise<Verification> {
  const findings: Finding[] = [];
  let known: Partial<FileFacts> = { sizeBytes: source.size };
  let facts: FileFacts | undefined;
  try {
    known = { ...known, sha256: await sha256In(arena, source, signal) };
    const reader = await openParquet({ source, arena }, limits);
    try {
      const { rowCount, schema } = reader;
      known = { ...known, rowCount, schemaFingerprint: fingerprintSchema(schema), codecs: codecsOf(reader) };
      facts = { ...(known as FileFacts), ...(await look(reader, findings)) };
      known = facts;
    } finally {
      reader.close();
    }
  } catch (failure) {
    findings.push(fileFinding(failure));
  }
  findings.push(...expectationFindings(expected, known));
  return { facts, findings };
}
