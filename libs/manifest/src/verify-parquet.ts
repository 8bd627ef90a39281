import {
  columnOf,
  createMultisetHash,
  createOrderedHash,
  digestRows,
  fingerprintSchema,
  type Field,
  type Schema,
} from '@ticklake/columnar';
import { type ByteSource, isLakeError, sha256Of } from '@ticklake/core';
import { openParquet, type ParquetLimits, type ParquetReader } from '@ticklake/parquet';
import { throwIfCancelled } from './cancelled.js';
import { expectationFindings } from './expectations.js';
import type { FileFacts, Finding } from './facts.js';
import { error, sortingFindings, unprotectedFindings } from './file-findings.js';
import { createRowOrder, isOrderable, type RowOrder } from './row-order.js';
import { createSequenceCheck, type SequenceCheck } from './sequence-check.js';

/** Rows in memory at once. A working size, not a limit: it changes no answer. */
const BATCH_ROWS = 16_384;

/** How {@link verifyParquet} is to look at a file. */
export interface VerifyOptions {
  /** Names of the columns the rows are sorted by, ascending. Empty: order is not judged. */
  readonly orderBy: readonly string[];
  /** The column that numbers the rows 0…N-1, if the file has one. */
  readonly sequence: string | undefined;
  readonly limits: ParquetLimits;
  /** Columns left out of the content hash, e.g. the sequence, which sources do not have. */
  readonly exclude: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** What {@link verifyParquet} saw. */
export interface Verification {
  /** `undefined` when some of the file could not be read. */
  readonly facts: FileFacts | undefined;
  /** In the order they were found; no `error` among them means that the file is good. */
  readonly findings: readonly Finding[];
}

/**
 * Reads every byte and every page of a Parquet file and judges it (MF-19): the SHA-256 of the whole, each page's CRC,
 * row count, schema, order and sequence from every row, range and statistics of the first order column, content
 * hashes. `expected` says what is known beforehand; facts it leaves out are not compared. Memory is one batch.
 *
 * Works on files of any writer (MF-23): pages without a CRC are a warning named `unprotected`.
 *
 * @throws LakeError `cancelled`, or what the source throws when it cannot be read (`unavailable`, `conflict`…).
 *   Bad bytes are findings and are never thrown.
 */
export async function verifyParquet(
  source: ByteSource,
  expected: Partial<FileFacts>,
  options: VerifyOptions,
): Promise<Verification> {
  const findings: Finding[] = [];
  let known: Partial<FileFacts> = { sizeBytes: source.size };
  let facts: FileFacts | undefined;
  try {
    known = { ...known, sha256: await sha256Of(source, options.signal) };
    const reader = await openParquet(source, options.limits);
    known = { ...known, rowCount: reader.rowCount, schemaFingerprint: fingerprintSchema(reader.schema) };
    const rows = await readRows(reader, options, findings);
    facts = { ...(known as FileFacts), ...rows };
    known = facts;
  } catch (failure) {
    if (!isLakeError(failure, 'corrupt')) throw failure;
    findings.push(corruptFinding(failure.code, failure.message, failure.details));
  }
  findings.push(...expectationFindings(expected, known));
  return { facts, findings };
}

type RowFacts = Pick<FileFacts, 'rowCount' | 'orderMin' | 'orderMax' | 'content'>;

async function readRows(
  reader: ParquetReader,
  options: VerifyOptions,
  findings: Finding[],
): Promise<RowFacts> {
  const { exclude, signal } = options;
  const orderBy = orderFields(reader.schema, options.orderBy, findings);
  const order = createRowOrder();
  const sequence = createSequenceCheck(reader.schema, options.sequence);
  const multiset = createMultisetHash();
  const ordered = createOrderedHash();
  let rowCount = 0;
  for await (const batch of reader.batches({ rowsMax: BATCH_ROWS })) {
    throwIfCancelled(signal);
    if (orderBy.length > 0) order.add(orderBy.map(({ name }) => columnOf(batch, name)));
    sequence.add(batch);
    const digests = digestRows(batch, { exclude });
    multiset.add(digests);
    ordered.add(digests);
    rowCount += batch.rowCount;
  }
  if (rowCount !== reader.rowCount) {
    findings.push(
      error('row_count', 'the footer counts other rows than the pages hold', {
        footer: reader.rowCount,
        pages: rowCount,
      }),
    );
  }
  findings.push(
    ...orderFindings(order, orderBy),
    ...sequenceFindings(sequence),
    ...sortingFindings(reader.rowGroups, options.orderBy),
    ...unprotectedFindings(reader.pages),
  );
  const content = { multiset: multiset.hex(), ordered: ordered.hex() };
  return { rowCount, orderMin: order.span?.min, orderMax: order.span?.max, content };
}

/** The order columns that the file has and that can be compared; what is wrong with the others is a finding. */
function orderFields(schema: Schema, names: readonly string[], findings: Finding[]): readonly Field[] {
  const fields: Field[] = [];
  for (const name of names) {
    const field = schema.fields.find((candidate) => candidate.name === name);
    if (field !== undefined && isOrderable(field)) fields.push(field);
    else if (field === undefined)
      findings.push(error('order', 'an order column is missing', { column: name }));
    else {
      const details = { column: name, kind: field.type.kind };
      findings.push(error('order', 'rows cannot be ordered by a column of this type', details));
    }
  }
  return fields.length === names.length ? fields : [];
}

function orderFindings(order: RowOrder, orderBy: readonly Field[]): Finding[] {
  const columns = orderBy.map(({ name }) => name).join(',');
  const { nullRow, disorderRow } = order;
  const findings: Finding[] = [];
  if (nullRow !== undefined) {
    findings.push(error('order', 'an order column is null', { code: 'NULL_TS', columns, row: nullRow }));
  }
  if (disorderRow !== undefined) {
    findings.push(
      error('order', 'a row sorts before the one above it', { code: 'UNSORTED', columns, row: disorderRow }),
    );
  }
  return findings;
}

function sequenceFindings({ faults }: SequenceCheck): Finding[] {
  return faults.map(({ message, details }) => error('sequence', message, details));
}

/** Which check a fault of the bytes belongs to; the code itself is in the details. */
function corruptFinding(
  code: string | undefined,
  message: string,
  details: Readonly<Record<string, unknown>>,
): Finding {
  const checks = new Map([
    ['CRC_MISMATCH', 'crc'],
    ['STATS_MISMATCH', 'statistics'],
    ['SCHEMA_MISMATCH', 'schema'],
  ]);
  return error(checks.get(code ?? '') ?? 'readable', message, { code, ...details });
}
