import { createMultisetHash } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import { z } from 'zod';
import { contentSchema, int64Text, multisetHex, sha256Hex, wholeCount } from './wire.js';

/** One input, as it was when its rows were taken. Wire names; unknown keys survive (MF-07). */
export const sourceReceiptSchema = z.looseObject({
  /** Its key below the directory the inputs share; unique within a receipt. */
  name: z.string().min(1).max(1024),
  size: wholeCount,
  /** Of its bytes. */
  sha256: sha256Hex,
  rows: wholeCount,
  /** Of its rows, without the columns that the output numbers anew. */
  multiset: multisetHex,
  /** Decimal text, absent when there are no rows. */
  ts_event_min: int64Text.optional(),
  ts_event_max: int64Text.optional(),
  /** Whether its rows already stood in order. */
  sorted: z.boolean(),
});

/** A listed input whose rows are not in the output, and why. Wire names; unknown keys survive. */
export const quarantinedSourceSchema = z.looseObject({
  name: z.string().min(1).max(1024),
  size: wholeCount,
  sha256: sha256Hex,
  /** The machine code of the fault, e.g. `SNAPPY_CORRUPT`. */
  code: z.string().min(1),
  /** Rows that are missing for it; null where not even its footer could be read. */
  rows: wholeCount.nullable(),
});

/** A publication that was merged with files that came after it. Wire names; unknown keys survive. */
export const baseReceiptSchema = z.looseObject({
  /** Of its data object. */
  sha256: sha256Hex,
  /** How many sources it was made of: the first so many of the receipt. */
  files: wholeCount,
  rows: wholeCount,
  multiset: multisetHex,
});

/** The proof that no row was lost, invented or doubled. Wire names; unknown keys survive. */
export const receiptSchema = z.looseObject({
  inputs: z.looseObject({ files: wholeCount, rows: wholeCount, multiset: multisetHex }),
  output: z.looseObject({ rows: wholeCount, ...contentSchema.shape }),
  quarantined: z.array(quarantinedSourceSchema),
  /** What took the place of its own sources, where those were gone. */
  base: baseReceiptSchema.optional(),
});

/** See {@link sourceReceiptSchema}. */
export type SourceReceipt = z.infer<typeof sourceReceiptSchema>;
/** See {@link quarantinedSourceSchema}. */
export type QuarantinedSource = z.infer<typeof quarantinedSourceSchema>;
/** See {@link baseReceiptSchema}. */
export type BaseReceipt = z.infer<typeof baseReceiptSchema>;
/** See {@link receiptSchema}. */
export type Receipt = z.infer<typeof receiptSchema>;

/** What came out: how many rows, and what they hash to. */
export interface ReceiptOutput {
  readonly rows: number;
  readonly multiset: string;
  readonly ordered: string;
}

/**
 * The receipt of an output made of `sources` (I-01). Balanced means: every source is listed once, the sources' rows
 * sum to the output's, and the sum of the sources' multiset hashes is the output's.
 *
 * @param quarantined - Listed inputs left out on purpose; they are named in the receipt and add nothing.
 * @param base - A publication that was read in the place of its sources, which come first in `sources`.
 * @throws LakeError `corrupt` (`RECEIPT`) when the inputs do not add up to the output, or those of the base to the base.
 */
export function balanceReceipt(
  sources: readonly SourceReceipt[],
  output: ReceiptOutput,
  quarantined: readonly QuarantinedSource[] = [],
  base?: BaseReceipt,
): Receipt {
  const names = new Set<string>();
  for (const { name } of sources) {
    if (names.has(name)) throw unbalanced('a source is listed twice in the receipt', { name });
    names.add(name);
  }
  const { rows, multiset } = sumOf(sources);
  if (rows !== output.rows || multiset !== output.multiset) {
    throw unbalanced('the inputs do not add up to the output', {
      files: sources.length,
      inputRows: rows,
      outputRows: output.rows,
      inputMultiset: multiset,
      outputMultiset: output.multiset,
    });
  }
  if (base !== undefined) requireBase(sources, base);
  return {
    inputs: { files: sources.length, rows, multiset },
    output: { rows: output.rows, multiset: output.multiset, ordered: output.ordered },
    quarantined: [...quarantined],
    ...(base === undefined ? {} : { base }),
  };
}

function sumOf(sources: readonly SourceReceipt[]): { readonly rows: number; readonly multiset: string } {
  const sum = createMultisetHash();
  for (const source of sources) sum.addHash(source.multiset);
  return { rows: sources.reduce((rows, source) => rows + source.rows, 0), multiset: sum.hex() };
}

function requireBase(sources: readonly SourceReceipt[], base: BaseReceipt): void {
  const { rows, multiset } = sumOf(sources.slice(0, base.files));
  if (base.files <= sources.length && rows === base.rows && multiset === base.multiset) return;
  throw unbalanced('the sources of the base do not add up to it', {
    files: base.files,
    sourceRows: rows,
    baseRows: base.rows,
    sourceMultiset: multiset,
    baseMultiset: base.multiset,
  });
}

function unbalanced(message: string, details: Readonly<Record<string, unknown>>): LakeError {
  return new LakeError('corrupt', message, { code: 'RECEIPT', details });
}
