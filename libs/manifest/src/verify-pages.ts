import type { Arena } from '@ticklake/columnar';
import type { ByteSource } from '@ticklake/core';
import type { ParquetLimits } from '@ticklake/parquet';
import { throwIfCancelled } from './cancelled.js';
import type { ContentHashes, FileFacts } from './facts.js';
import { unprotectedFindings } from './file-findings.js';
import { judgeFile, type Verification } from './judge-file.js';

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
export function verifyPages(
  source: ByteSource,
  expected: Partial<FileFacts>,
  { content, ...options }: PageOptions,
): Promise<Verification> {
  return judgeFile(source, expected, {
    ...options,
    async look(reader, findings) {
      for (let rowGroup = 0; rowGroup < reader.rowGroups.length; rowGroup++) {
        throwIfCancelled(options.signal);
        await reader.checkPages(rowGroup);
      }
      findings.push(...unprotectedFindings(reader.pages));
      return { rowCount: reader.rowCount, orderMin: undefined, orderMax: undefined, content };
    },
  });
}
