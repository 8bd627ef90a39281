import { createHash } from 'node:crypto';
import { compareUtf8, LakeError } from '@ticklake/core';
import { z } from 'zod';
import { canonicalJson } from './canonical-json.js';
import { receiptSchema, sourceReceiptSchema, type Receipt, type SourceReceipt } from './receipt.js';

const RECEIPT_KEY = 'lake.receipt';
const SCHEMA_VERSION_KEY = 'lake.schema_version';
const SOURCES_KEY = 'lake.sources_sha256';

const footerReceiptSchema = receiptSchema.extend({ sources: z.array(sourceReceiptSchema) });

/** What a published file says about its own making. */
export interface ReceiptFooter {
  readonly receipt: Receipt;
  readonly sources: readonly SourceReceipt[];
  /** The version of the manifest's layout that the file was published with. */
  readonly schemaVersion: string;
  /** See {@link sourcesSha256}. */
  readonly sourcesSha256: string;
}

/**
 * The key-values that make a data file describe itself (MG-26): `lake.receipt` (the receipt and its sources as
 * canonical JSON), `lake.schema_version`, `lake.sources_sha256`, in byte order of key. There is no clock, host or
 * generation in them, so equal inputs give equal bytes; with the schema and the statistics of the same footer they
 * are enough to write a lost manifest again.
 */
export function receiptFooter(options: {
  readonly receipt: Receipt;
  readonly sources: readonly SourceReceipt[];
  readonly schemaVersion: string;
}): Readonly<Record<string, string>> {
  return {
    [RECEIPT_KEY]: canonicalJson({ ...options.receipt, sources: options.sources }),
    [SCHEMA_VERSION_KEY]: options.schemaVersion,
    [SOURCES_KEY]: sourcesSha256(options.sources),
  };
}

/**
 * The receipt in a footer's key-values, checked against its own hash of the sources; `undefined` for a file that
 * carries none.
 *
 * @throws LakeError `corrupt` (`RECEIPT`) when there is a receipt and it cannot be right.
 */
export function readReceiptFooter(metadata: ReadonlyMap<string, string>): ReceiptFooter | undefined {
  const text = metadata.get(RECEIPT_KEY);
  if (text === undefined) return undefined;
  const parsed = footerReceiptSchema.safeParse(jsonValue(text));
  if (!parsed.success) throw unreadable(z.prettifyError(parsed.error));
  const { sources, ...receipt } = parsed.data;
  const stated = metadata.get(SOURCES_KEY);
  const sourcesHash = sourcesSha256(sources);
  if (stated !== sourcesHash) throw unreadable(`${SOURCES_KEY} is not the hash of the sources`);
  const schemaVersion = metadata.get(SCHEMA_VERSION_KEY);
  if (schemaVersion === undefined) throw unreadable(`${SCHEMA_VERSION_KEY} is missing`);
  return { receipt, sources, schemaVersion, sourcesSha256: sourcesHash };
}

/**
 * One hash of all inputs: SHA-256 over one line `<sha256>  <name>` per source, in byte order of name. That is what
 * `LC_ALL=C sha256sum * | sha256sum` prints in the directory of the inputs.
 */
export function sourcesSha256(sources: readonly SourceReceipt[]): string {
  const hash = createHash('sha256');
  for (const source of [...sources].sort((a, b) => compareUtf8(a.name, b.name))) {
    hash.update(`${source.sha256}  ${source.name}\n`);
  }
  return hash.digest('hex');
}

function jsonValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unreadable('not JSON', cause);
  }
}

function unreadable(reason: string, cause?: unknown): LakeError {
  return new LakeError('corrupt', 'the receipt in the footer cannot be right', {
    code: 'RECEIPT',
    details: { reason },
    cause,
  });
}
