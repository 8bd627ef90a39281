import { fingerprintSchema } from '@ticklake/columnar';
import { LakeError, type ByteSink, type ByteSource } from '@ticklake/core';
import { createParquetSink } from '@ticklake/parquet';
import { createScratchFile, nodeFileSystem, type FileSystem } from '@ticklake/storage';
import { throwIfCancelled } from './cancelled.js';
import type { FileFacts, Finding } from './facts.js';
import type { Conclusion, Publication } from './publication.js';
import { readReceiptFooter } from './receipt-footer.js';
import { verifyPages } from './verify-pages.js';
import { verifyParquet, type ReadApart, type VerifyOptions } from './verify-parquet.js';

/** What writing and reading back is done with. */
export interface WriteTools {
  /** The disk of the scratch file; a test passes one that fails. */
  readonly fileSystem?: FileSystem | undefined;
  /** Reads some row groups of the sealed scratch file at `path` elsewhere: see {@link ReadApart}. */
  readApart?(path: string, ...turns: Parameters<ReadApart>): ReturnType<ReadApart>;
}

/** Bytes, and what they are known by. */
export interface IdentifiedBytes {
  readonly source: ByteSource;
  readonly facts: Pick<FileFacts, 'sha256' | 'sizeBytes'>;
}

/** A file whose every byte has been read, and what they come to. */
export interface ProvenFile extends IdentifiedBytes {
  readonly facts: FileFacts;
}

/** A finished local file whose every byte has been read back and agrees with what went into it. */
export interface VerifiedFile extends ProvenFile {
  /** Removes the file. Idempotent. */
  dispose(): Promise<void>;
}

/**
 * Steps 1 and 2 of publishing: rows → scratch file → fsync → read it all back. What comes out holds exactly the rows
 * that the inputs add up to; otherwise this throws and leaves nothing behind.
 *
 * @throws LakeError `corrupt` (`RECEIPT`) when the file's rows are not the inputs'
 * @throws LakeError `corrupt` (`READ_BACK`) when the file does not read back as what was written
 * @throws LakeError `cancelled`
 */
export async function writeVerified<M>(
  publication: Publication<M>,
  { fileSystem = nodeFileSystem, readApart }: WriteTools = {},
): Promise<VerifiedFile> {
  const scratch = await createScratchFile(publication.scratchDirectory, { fileSystem });
  try {
    const { conclusion, rowCount } = await writeRows(publication, scratch);
    requireBalance(conclusion, { rowCount });
    const sealed = await scratch.seal();
    const { sha256, size } = sealed;
    const written = { rowCount, sha256, sizeBytes: size, copied: conclusion.copied };
    const facts = await readBack(publication, sealed, {
      ...written,
      apart: readApart && ((turns) => readApart(sealed.path, turns)),
    });
    requireBalance(conclusion, { rowCount: facts.rowCount, multiset: facts.content.multiset });
    requireReceipt(conclusion, facts);
    return { source: sealed, facts, dispose: () => scratch.dispose() };
  } catch (failure) {
    await scratch.dispose();
    throw failure;
  }
}

async function writeRows<M>(
  publication: Publication<M>,
  target: ByteSink,
): Promise<{ readonly conclusion: Conclusion; readonly rowCount: number }> {
  const { arena, schema, parquet, signal } = publication;
  const sink = createParquetSink({ target, arena }, schema, parquet);
  try {
    await publication.write(sink);
    throwIfCancelled(signal);
    const conclusion = await publication.conclude();
    const { rowCount } = await sink.finish(conclusion.footer);
    return { conclusion, rowCount };
  } finally {
    sink.close();
  }
}

/**
 * The facts of the file as it lies on disk, after a verification without a single complaint about our own work. The order of rows that
 * were copied is that of their files, and not judged.
 */
async function readBack<M>(
  publication: Publication<M>,
  file: ByteSource,
  written: Pick<FileFacts, 'rowCount' | 'sha256' | 'sizeBytes'> &
    Pick<Conclusion, 'copied'> &
    Pick<VerifyOptions, 'apart'>,
): Promise<FileFacts> {
  const { copied, apart, ...known } = written;
  const expected = { ...known, schemaFingerprint: fingerprintSchema(publication.schema) };
  const { orderBy, sequence, limits, hashExclude: exclude, arena, signal } = publication;
  const { facts, findings } =
    copied === undefined
      ? await verifyParquet(file, expected, { orderBy, sequence, limits, exclude, arena, signal, apart })
      : await verifyPages(file, expected, { content: copied, limits, arena, signal });
  const faults = findings.filter(isOurFault);
  if (facts !== undefined && faults.length === 0) return facts;
  throw new LakeError('corrupt', 'what was written does not read back as it should', {
    code: 'READ_BACK',
    details: { directory: publication.directory, findings: faults.map(findingText).join('; ') },
  });
}

/** Every page we write has a checksum (MG-25), so for our own files its absence is a fault too. */
function isOurFault({ check, severity }: Finding): boolean {
  return severity === 'error' || check === 'unprotected';
}

function findingText({ check, message, details }: Finding): string {
  const values = Object.entries(details).map(([key, value]) => `${key}=${String(value)}`);
  return [`${check}: ${message}`, ...values].join(' ');
}

/** The inputs add up to what is in the file. */
function requireBalance(
  inputs: Conclusion,
  output: { readonly rowCount: number; readonly multiset?: string },
): void {
  const { rowCount, multiset = inputs.multiset } = output;
  if (rowCount === inputs.rowCount && multiset === inputs.multiset) return;
  throw new LakeError('corrupt', 'the inputs do not add up to the output', {
    code: 'RECEIPT',
    details: {
      inputRows: inputs.rowCount,
      outputRows: rowCount,
      inputMultiset: inputs.multiset,
      outputMultiset: multiset,
    },
  });
}

/** A receipt that was put into the footer before the file was read back must have foreseen what was read. */
function requireReceipt({ footer }: Conclusion, facts: FileFacts): void {
  const output = readReceiptFooter(new Map(Object.entries(footer)))?.receipt.output;
  if (output === undefined) return;
  const { multiset, ordered } = facts.content;
  if (output.rows === facts.rowCount && output.multiset === multiset && output.ordered === ordered) return;
  throw new LakeError('corrupt', 'the receipt in the footer is not of the file around it', {
    code: 'RECEIPT',
    details: { rows: facts.rowCount, multiset, ordered, receipt: JSON.stringify(output) },
  });
}
