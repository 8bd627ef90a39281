import { typeText, type Arena, fingerprintSchema } from '@ticklake/columnar';
import { isLakeError, LakeError, type ByteSource } from '@ticklake/core';
import {
  readReceiptFooter,
  verifyParquet,
  type FileFacts,
  type Finding,
  type ReceiptFooter,
} from '@ticklake/manifest';
import {
  openParquet,
  type ColumnChunkFacts,
  type LeafFacts,
  type ParquetReader,
  type RowGroupFacts,
} from '@ticklake/parquet';
import { boundText } from './display-value.js';
import type {
  ChunkReport,
  FileReport,
  LeafReport,
  PageCounts,
  ReceiptReport,
  RowGroupReport,
} from './file-report.js';
import { SEQUENCE } from './inspect-source.js';
import { PUBLISHED_LIMITS } from './limits.js';

/** How {@link inspectFile} looks. */
export interface InspectFileOptions {
  readonly arena: Arena;
  /** Whether page headers are looked at, beyond the footer. */
  readonly pages: boolean;
  /** Whether every value is read and every checksum compared. */
  readonly verify: boolean;
  /** What of the file is read at a time. */
  readonly windowBytes: number;
  readonly signal: AbortSignal;
}

const METADATA_CHARACTERS = 200;

/**
 * Looks into a Parquet file. Only its footer and its page headers are read unless it is to be verified, and then it is
 * also held against its receipt, where it has one. Memory: what the footer takes, and a window or a row group.
 *
 * @throws LakeError `corrupt` with the code of the damage when the footer cannot be read: what is wrong with pages is a
 * finding, that of the first fault first. `cancelled`, and what the source throws.
 */
export async function inspectFile(source: ByteSource, options: InspectFileOptions): Promise<FileReport> {
  const { arena, windowBytes } = options;
  const reader = await openParquet({ source, arena, windowBytes }, PUBLISHED_LIMITS);
  let report: FileReport;
  try {
    report = await reportOf(reader, source.size, options);
  } finally {
    reader.close();
  }
  return options.verify ? verified(report, source, options) : report;
}

async function reportOf(
  reader: ParquetReader,
  sizeBytes: number,
  options: InspectFileOptions,
): Promise<FileReport> {
  const { leaves, rowCount, createdBy, metadata } = reader;
  const rowGroups: RowGroupReport[] = [];
  const faults: Finding[] = [];
  for (const index of reader.rowGroups.keys()) {
    rowGroups.push(await groupReport({ ...options, reader, leaves, faults }, index));
  }
  const pages = options.pages ? sumPages(rowGroups) : undefined;
  const { receipt, findings } = receiptOf(metadata);
  return {
    ...{ sizeBytes, rowCount, createdBy },
    schemaSha256: fingerprintSchema(reader.schema),
    columns: leaves.map((leaf, i) =>
      leafReport(leaf, reader, rowGroups.length === 1 ? rowGroups[0]?.columns[i] : undefined),
    ),
    rowGroups,
    pages,
    metadata: [...metadata].map(([key, value]) => ({
      key,
      characters: value.length,
      value: value.slice(0, METADATA_CHARACTERS),
    })),
    receipt,
    facts: undefined,
    findings: [...findings, ...faults, ...unprotected(pages)],
  };
}

interface Looking extends InspectFileOptions {
  readonly reader: ParquetReader;
  readonly leaves: readonly LeafFacts[];
  /** Where page headers that are bad are told. */
  readonly faults: Finding[];
}

async function groupReport(looking: Looking, index: number): Promise<RowGroupReport> {
  const { reader, leaves } = looking;
  const { rowStart, rowCount, sizeBytes, sortingColumns, columns } = reader.rowGroups[index] as RowGroupFacts;
  const chunks: ChunkReport[] = [];
  for (const [leaf, chunk] of columns.entries()) {
    const pages = looking.pages ? await countPages(looking, { rowGroup: index, leaf }) : undefined;
    chunks.push(chunkReport(chunk, leaves[leaf] as LeafFacts, pages));
  }
  return { rowStart, rowCount, sizeBytes, sortingColumns, columns: chunks };
}

/** `undefined` where a header is bad: how many pages follow cannot be known. */
async function countPages(
  { reader, signal, faults }: Looking,
  place: { readonly rowGroup: number; readonly leaf: number },
): Promise<PageCounts | undefined> {
  let [count, dictionaries, withCrc] = [0, 0, 0];
  try {
    for await (const { kind, hasCrc } of reader.pageFacts(place)) {
      if (signal.aborted) throw new LakeError('cancelled', 'cancelled while looking at pages');
      count++;
      if (kind === 'dictionary') dictionaries++;
      if (hasCrc) withCrc++;
    }
  } catch (failure) {
    if (!isLakeError(failure, 'corrupt')) throw failure;
    faults.push(corruptFinding('readable', failure));
    return undefined;
  }
  return { count, dictionaries, withCrc };
}

function sumPages(rowGroups: readonly RowGroupReport[]): PageCounts {
  const total = { count: 0, dictionaries: 0, withCrc: 0 };
  for (const { pages } of rowGroups.flatMap(({ columns }) => columns)) {
    total.count += pages?.count ?? 0;
    total.dictionaries += pages?.dictionaries ?? 0;
    total.withCrc += pages?.withCrc ?? 0;
  }
  return total;
}

function leafReport(
  { name, path, type, physical, nullable, repeated }: LeafFacts,
  reader: ParquetReader,
  only: ChunkReport | undefined,
): LeafReport {
  const bounds = reader.minMax(name);
  return {
    ...{ path: path.join('.'), type: typeText(type), physical, nullable, repeated },
    min: bounds === undefined ? (only?.min ?? null) : String(bounds.min),
    max: bounds === undefined ? (only?.max ?? null) : String(bounds.max),
  };
}

function chunkReport(
  chunk: ColumnChunkFacts,
  { type }: LeafFacts,
  pages: PageCounts | undefined,
): ChunkReport {
  const { path, codec, encodings, offset, sizeBytes, uncompressedSizeBytes, valueCount, nullCount } = chunk;
  const { bounds, hasOffsetIndex, hasColumnIndex, hasBloomFilter } = chunk;
  return {
    path: path.join('.'),
    ...{ codec, encodings, offset, sizeBytes, uncompressedSizeBytes, valueCount },
    nullCount: nullCount ?? null,
    min: boundText(type, 'min', { bounds, stored: chunk.min }),
    max: boundText(type, 'max', { bounds, stored: chunk.max }),
    ...{ pages, hasOffsetIndex, hasColumnIndex, hasBloomFilter },
  };
}

/** A receipt that cannot be right is a finding: the rest of the file can be looked at all the same. */
function receiptOf(metadata: ReadonlyMap<string, string>): {
  readonly receipt: ReceiptReport | undefined;
  readonly findings: readonly Finding[];
} {
  let footer: ReceiptFooter | undefined;
  try {
    footer = readReceiptFooter(metadata);
  } catch (failure) {
    if (!isLakeError(failure, 'corrupt')) throw failure;
    return { receipt: undefined, findings: [corruptFinding('receipt', failure)] };
  }
  if (footer === undefined) return { receipt: undefined, findings: [] };
  const { receipt, sources, sourcesSha256, schemaVersion } = footer;
  const { rows, multiset, ordered } = receipt.output;
  return {
    receipt: { rows, sources: sources.length, multiset, ordered, sourcesSha256, schemaVersion },
    findings: [],
  };
}

function corruptFinding(check: string, { message, code, details }: LakeError): Finding {
  return { check, severity: 'error', message, details: { code, ...details } };
}

function unprotected(pages: PageCounts | undefined): Finding[] {
  if (pages === undefined || pages.withCrc === pages.count) return [];
  const details = { pages: pages.count, unprotected: pages.count - pages.withCrc };
  return [{ check: 'unprotected', severity: 'warning', message: 'some pages carry no checksum', details }];
}

/** The report with what reading every value told. A receipt says what rows there must be. */
async function verified(
  report: FileReport,
  source: ByteSource,
  { arena, signal }: InspectFileOptions,
): Promise<FileReport> {
  const { receipt } = report;
  const expected: Partial<FileFacts> =
    receipt === undefined
      ? {}
      : { rowCount: receipt.rows, content: { multiset: receipt.multiset, ordered: receipt.ordered } };
  const { facts, findings } = await verifyParquet(source, expected, {
    arena,
    orderBy: [],
    sequence: undefined,
    limits: PUBLISHED_LIMITS,
    // Sources do not have it, so receipts leave it out.
    exclude: receipt === undefined ? [] : [SEQUENCE],
    signal,
  });
  // Who reads every value comes by the same page headers.
  const before = report.findings.filter(({ check }) => check !== 'readable');
  const isKnown = before.some(({ check }) => check === 'unprotected');
  const found = findings.filter(({ check }) => !(isKnown && check === 'unprotected'));
  return { ...report, facts, findings: [...found, ...before] };
}
