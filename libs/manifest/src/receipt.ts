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

/** The proof that no row was lost, invented or doubled. Wire names; unknown keys survive. */
export const receiptSchema = z.looseObject({
  inputs: z.looseObject({ files: wholeCount, rows: wholeCount, multiset: multisetHex }),
  output: contentSchema.extend({ rows: wholeCount }),
  quarantined: z.array(quarantinedSourceSchema),
});

/** See {@link sourceReceiptSchema}. */
export type SourceReceipt = z.infer<typeof sourceReceiptSchema>;
/** See {@link quarantinedSourceSchema}. */
export type QuarantinedSource = z.infer<typeof quarantinedSourceSchema>;
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
 * @throws LakeError `corrupt` (`RECEIPT`) when the inputs do not add up to the output.
 */
export function balanceReceipt(
  sources: readonly SourceReceipt[],
  output: ReceiptOutput,
  quarantined: readonly QuarantinedSource[] = [],
): Receipt {
  const names = new Set<string>();
  const sum = createMultisetHash();
  let rows = 0;
  for (const source of sources) {
    if (names.has(source.name)) {
      throw unbalanced('a source is listed twice in the receipt', { name: source.name });
    }
    names.add(source.name);
    sum.addHash(source.multiset);
    rows += source.rows;
  }
  const multiset = sum.hex();
  if (rows !== output.rows || multiset !== output.multiset) {
    throw unbalanced('the inputs do not add up to the output', {
      files: sources.length,
      inputRows: rows,
      outputRows: output.rows,
      inputMultiset: multiset,
      outputMultiset: output.multiset,
    });
  }
  return {
    inputs: { files: sources.length, rows, multiset },
    output: { rows: output.rows, multiset: output.multiset, ordered: output.ordered },
    quarantined: [...quarantined],
  };
}

function unbalanced(message: string, details: Readonly<Record<string, unknown>>): LakeError {
  return new LakeError('corrupt', message, { code: 'RECEIPT', details });
}
