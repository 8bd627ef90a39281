import { isLakeError, LakeError } from '@ticklake/core';
import type { Arena, Schema } from '@ticklake/columnar';
import {
  balanceReceipt,
  readReceiptFooter,
  verifyParquet,
  type FileFacts,
  type Finding,
  type ReceiptFooter,
} from '@ticklake/manifest';
import { openParquet } from '@ticklake/parquet';
import type { ObjectSource, ObjectStore } from '@ticklake/storage';
import { isDeepStrictEqual } from 'node:util';
import { SEQUENCE } from './inspect-source.js';
import { PUBLISHED_LIMITS } from './limits.js';

/** A data object that proves itself: sound to the last byte, and what its own receipt says. */
export interface SelfDescribed {
  readonly facts: FileFacts;
  /** What is not an error, e.g. pages without a checksum. */
  readonly findings: readonly Finding[];
  readonly footer: ReceiptFooter;
  readonly schema: Schema;
  /** The store's version of it. */
  readonly etag: string;
}

interface ProofContext {
  readonly arena: Arena;
  readonly signal: AbortSignal;
}

/**
 * {@link proveSelfDescribed}, for those to whom an object that proves nothing is as good as none: `undefined` when it is missing or
 * damaged, or carries no receipt that adds up to it.
 *
 * @throws LakeError `unavailable`, `denied` or `cancelled`: nothing was judged.
 */
export async function readSelfDescribed(
  store: ObjectStore,
  key: string,
  context: ProofContext,
): Promise<SelfDescribed | undefined> {
  try {
    return await proveSelfDescribed(await store.open(key), context);
  } catch (error) {
    if (isLakeError(error, 'missing') || isLakeError(error, 'corrupt')) return undefined;
    throw error;
  }
}

/**
 * Reads a data object through and holds it against the receipt in its own footer, as if there were no `meta.json` (spec row MG-26).
 *
 * @throws LakeError `corrupt` when it is damaged, carries no receipt, or one that is not of its rows; the message says which.
 * @throws LakeError `missing`, `unavailable`, `denied` or `cancelled`: nothing was judged.
 */
export async function proveSelfDescribed(
  source: ObjectSource,
  { arena, signal }: ProofContext,
): Promise<SelfDescribed> {
  const options = { orderBy: ['ts_event'], sequence: SEQUENCE, exclude: [SEQUENCE] };
  const { facts, findings } = await verifyParquet(
    source,
    {},
    { ...options, limits: PUBLISHED_LIMITS, arena, signal },
  );
  const fault = findings.find(({ severity }) => severity === 'error');
  if (facts === undefined || fault !== undefined)
    throw unproved(source, fault?.message ?? 'it cannot be read');
  const reader = await openParquet({ source, arena }, PUBLISHED_LIMITS);
  reader.close();
  const footer = readReceiptFooter(reader.metadata);
  if (footer === undefined) throw unproved(source, 'it carries no receipt');
  const { sources, receipt } = footer;
  const output = { rows: facts.rowCount, ...facts.content };
  if (!isDeepStrictEqual(balanceReceipt(sources, output, receipt.quarantined, receipt.base), receipt)) {
    throw unproved(source, 'its receipt is not of its rows');
  }
  return { facts, findings, footer, schema: reader.schema, etag: source.meta.etag };
}

function unproved({ meta }: ObjectSource, reason: string): LakeError {
  return new LakeError('corrupt', reason, { code: 'SELF_DESCRIPTION', details: { key: meta.key } });
}
