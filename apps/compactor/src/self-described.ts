import { isLakeError } from '@ticklake/core';
import type { Arena, Schema } from '@ticklake/columnar';
import {
  balanceReceipt,
  readReceiptFooter,
  verifyParquet,
  type FileFacts,
  type ReceiptFooter,
} from '@ticklake/manifest';
import { openParquet } from '@ticklake/parquet';
import type { ObjectSource, ObjectStore } from '@ticklake/storage';
import { SEQUENCE } from './inspect-source.js';
import { PUBLISHED_LIMITS } from './limits.js';

/** A data object that proves itself: sound to the last byte, and what its own receipt says. */
export interface SelfDescribed {
  readonly facts: FileFacts;
  readonly footer: ReceiptFooter;
  readonly schema: Schema;
  /** The store's version of it. */
  readonly etag: string;
}

/**
 * Reads a data object through and holds it against the receipt in its own footer, as if there were no `meta.json` (spec row
 * MG-26); `undefined` when it is missing or damaged, or carries no receipt that adds up to it.
 *
 * @throws LakeError `unavailable`, `denied` or `cancelled`: nothing was judged.
 */
export async function readSelfDescribed(
  store: ObjectStore,
  key: string,
  { arena, signal }: { readonly arena: Arena; readonly signal: AbortSignal },
): Promise<SelfDescribed | undefined> {
  try {
    const data = await store.open(key);
    const options = { orderBy: ['ts_event'], sequence: SEQUENCE, exclude: [SEQUENCE] };
    const { facts, findings } = await verifyParquet(
      data,
      {},
      { ...options, limits: PUBLISHED_LIMITS, arena, signal },
    );
    if (facts === undefined || findings.some(({ severity }) => severity === 'error')) return undefined;
    const described = await readFooter(arena, data);
    if (described === undefined) return undefined;
    const { multiset, ordered } = facts.content;
    const { sources, receipt } = described.footer;
    balanceReceipt(sources, { rows: facts.rowCount, multiset, ordered }, receipt.quarantined, receipt.base);
    const { output } = receipt;
    const isOwn =
      output.rows === facts.rowCount && output.multiset === multiset && output.ordered === ordered;
    return isOwn ? { facts, ...described, etag: data.meta.etag } : undefined;
  } catch (error) {
    if (isLakeError(error, 'missing') || isLakeError(error, 'corrupt')) return undefined;
    throw error;
  }
}

async function readFooter(
  arena: Arena,
  source: ObjectSource,
): Promise<{ readonly footer: ReceiptFooter; readonly schema: Schema } | undefined> {
  const reader = await openParquet({ source, arena }, PUBLISHED_LIMITS);
  reader.close();
  const footer = readReceiptFooter(reader.metadata);
  return footer && { footer, schema: reader.schema };
}
