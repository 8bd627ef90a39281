import { createHash } from 'node:crypto';
import { createMultisetHash, fingerprintSchema, type Schema } from '@ticklake/columnar';
import { isLakeError, parseUtcDay, type UtcDay } from '@ticklake/core';
import type { ContentHashes, Finding, SourceReceipt } from '@ticklake/manifest';
import type { ParquetReader } from '@ticklake/parquet';
import { hashRanges, type HashingOptions, type RowRange } from '../verify/hash-ranges.js';
import type { RowSample } from '../verify/judge-rows.js';
import { error, warning, type VerifyOptions } from '../verify/verdict.js';
import type { Tier2Manifest } from './manifest.js';
import { inputDataset, openDay, type DayInputs, type OpenDay } from './read-days.js';

/** How a week is held against its days. */
export interface CompareOptions extends VerifyOptions {
  /** Where the days of tier 3 are; `undefined` where they are not to be had. */
  readonly inputs: DayInputs | undefined;
}

/** The rows that a week has of a day. */
export interface DayRows extends RowRange {
  readonly day: UtcDay;
  readonly source: SourceReceipt;
}

/** Which rows are of which day, by the manifest; `undefined` where it contradicts itself, which is a finding already. */
export function dayRowsOf(
  { sources, window }: Pick<Tier2Manifest, 'sources' | 'window'>,
  rowCount: number,
): readonly DayRows[] | undefined {
  const days = window.days_included;
  let end = 0;
  const rows = sources.map((source, i): DayRows => {
    const start = end;
    end += source.rows;
    return { day: parseUtcDay(days[i] ?? window.end_day), source, start, end };
  });
  return sources.length === days.length && end === rowCount ? rows : undefined;
}

/**
 * Holds the rows of each day against what the receipt says that they hash to, wherever the day is now; and against the rows that the day
 * has, in the columns of tier 2, as far as it is to be had (VF-16): all of them where all rows are wanted, else a row group of each day that
 * the seed draws.
 *
 * @throws LakeError `unavailable`, `denied`, `cancelled`, `conflict` when something was replaced meanwhile.
 */
export async function compareDays(
  reader: ParquetReader,
  days: readonly DayRows[],
  options: CompareOptions,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const opened = new Map<UtcDay, OpenDay>();
  const { schema } = reader;
  try {
    for (const { day } of days) {
      const input = await openInput(day, schema, { options, findings });
      if (input !== undefined) opened.set(day, input);
    }
    if (options.inputs === undefined) {
      const message = 'the days were not at hand, and the rows not compared with theirs';
      findings.push({ check: 'source', severity: 'info', message, details: {} });
    }
    const compared = days.map((one) => ({
      ...one,
      ...comparedRows(one, opened.get(one.day), options.sample),
    }));
    const pieces = compared.flatMap((one) => cut(one, one.drawn));
    const hashes = await hashRanges(reader, pieces, { ...options, schema });
    const hashOf = new Map(pieces.map(({ start }, i) => [start, hashes[i] as ContentHashes]));
    for (const one of compared) {
      findings.push(...receiptFindings(one, hashOf));
      if (one.input !== undefined)
        findings.push(
          ...(await sourceFindings({ ...one, input: one.input }, hashOf, { ...options, schema })),
        );
    }
  } finally {
    for (const { reader: day } of opened.values()) day.close();
  }
  return findings;
}

/** A day of the inputs; a finding where it cannot be had. */
async function openInput(
  day: UtcDay,
  schema: Schema,
  { options, findings }: { readonly options: CompareOptions; readonly findings: Finding[] },
): Promise<OpenDay | undefined> {
  const { inputs, arena } = options;
  if (inputs === undefined) return undefined;
  try {
    const opened = await openDay(inputDataset(inputs, day), { day, arena });
    if (hasColumns(opened.reader.schema, schema)) return opened;
    opened.reader.close();
    const message = 'a day has other columns than the week, and its rows were not compared';
    findings.push({ check: 'source', severity: 'info', message, details: { day } });
    return undefined;
  } catch (failure) {
    findings.push(faultOfDay(day, failure));
    return undefined;
  }
}

/** Whether the columns of a week are in a day just as they are in the week. */
function hasColumns({ fields }: Schema, week: Schema): boolean {
  const found = week.fields.flatMap(({ name }) => fields.find((field) => field.name === name) ?? []);
  return fingerprintSchema({ fields: found }) === fingerprintSchema(week);
}

/** What a day has against being compared with: the week is not to blame. Rethrows what is no fault of the day either. */
function faultOfDay(day: UtcDay, failure: unknown): Finding {
  if (isLakeError(failure, 'missing'))
    return warning('source', 'a day is not there to be compared with', { day });
  if (!isLakeError(failure, 'corrupt')) throw failure;
  const details = { ...failure.details, day, code: failure.code, reason: failure.message };
  return warning('source', 'a day cannot be compared with: verify it', details);
}

interface ComparedDay extends DayRows {
  readonly input: OpenDay | undefined;
  /** Row groups of the day that are compared, as rows of the week. */
  readonly drawn: readonly RowRange[];
}

function comparedRows(
  { day, source, start }: DayRows,
  input: OpenDay | undefined,
  { rows, seed }: RowSample,
): Pick<ComparedDay, 'input' | 'drawn'> {
  if (input === undefined || input.reader.rowCount !== source.rows) return { input, drawn: [] };
  let end = start;
  const groups = input.reader.rowGroups.map(({ rowCount }): RowRange => {
    end += rowCount;
    return { start: end - rowCount, end };
  });
  if (rows === 'all' || groups.length < 2) return { input, drawn: groups };
  const rank = createHash('sha256').update(`${seed}\0${day}\0row group`).digest().readUInt32BE();
  return { input, drawn: groups.slice(rank % groups.length).slice(0, 1) };
}

/** All of `whole`, cut at the ranges within it. */
function cut({ start, end }: RowRange, ranges: readonly RowRange[]): readonly RowRange[] {
  const cuts = [...new Set([start, ...ranges.flatMap((range) => [range.start, range.end]), end])].sort(
    (a, b) => a - b,
  );
  return cuts.slice(1).map((to, i) => ({ start: cuts[i] as number, end: to }));
}

type Hashes = ReadonlyMap<number, ContentHashes>;

/** Whether the rows of a day are those that the receipt says, at its place among the days. */
function* receiptFindings({ day, source, drawn, ...range }: ComparedDay, hashOf: Hashes): Generator<Finding> {
  const sum = createMultisetHash();
  for (const { start } of cut(range, drawn)) sum.addHash((hashOf.get(start) as ContentHashes).multiset);
  if (sum.hex() !== source.multiset)
    yield error('day_content', 'the rows of a day are not those of the receipt', { day });
}

/** Whether the rows of a day are those that the day has now. */
async function sourceFindings(
  one: ComparedDay & { readonly input: OpenDay },
  hashOf: Hashes,
  options: HashingOptions,
): Promise<readonly Finding[]> {
  const { day, source, input } = one;
  const isReplaced = input.manifest.parquet_sha256 !== source.sha256;
  try {
    const differing = await differingRows(one, hashOf, options);
    if (differing !== undefined) {
      const details = { day, ...differing };
      return [
        isReplaced
          ? warning('source', 'a day was exported again with other rows since the week was built', details)
          : error('source_content', 'the rows of a day are not those that the day has', details),
      ];
    }
  } catch (failure) {
    return [faultOfDay(day, failure)];
  }
  if (!isReplaced) return [];
  const message = 'a day was exported again since, and has the same rows where they were compared';
  return [{ check: 'source', severity: 'info', message, details: { day } }];
}

/** Which rows of a day differ, counted from its first; `undefined` where none do. */
async function differingRows(
  { source, input, drawn, start: dayStart }: ComparedDay & { readonly input: OpenDay },
  hashOf: Hashes,
  options: HashingOptions,
): Promise<Readonly<Record<string, number | undefined>> | undefined> {
  const { reader } = input;
  if (reader.rowCount !== source.rows) return { rows: source.rows, rowsOfDay: reader.rowCount };
  const ranges = drawn.map(({ start, end }) => ({ start: start - dayStart, end: end - dayStart }));
  const hashes = await hashRanges(reader, ranges, options);
  const at = drawn.findIndex(({ start }, i) => hashOf.get(start)?.ordered !== hashes[i]?.ordered);
  return at < 0 ? undefined : { firstRow: ranges[at]?.start, endRow: ranges[at]?.end };
}
