import type { Arena } from '@ticklake/columnar';
import { LakeError, type Clock } from '@ticklake/core';
import { readDocument, updateDocument } from '@ticklake/jobs';
import type { ObjectStore } from '@ticklake/storage';
import type { DatasetEntry } from '../documents/metadata.js';
import { DOCUMENT_TRIES } from '../limits.js';
import { periodOfPath } from '../partitions/partition-paths.js';
import { daysOfPeriod, type DaySpan } from '../partitions/partition-period.js';
import { compareBars } from './compare-bars.js';
import {
  VALIDATION_NAME,
  validationSchema,
  type BarsReport,
  type PartitionReport,
  type Validation,
} from './report.js';
import { validatePartition } from './validate-partition.js';

/** A dataset that is published, by its path. */
export interface PublishedEntry {
  /** Such as `klines/binance_BTCUSDT_1m`. */
  readonly path: string;
  readonly entry: DatasetEntry;
}

/** What a validation works with. */
export interface ValidationContext {
  readonly store: ObjectStore;
  readonly arena: Arena;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly updatedAt: string;
}

type DatasetReport = Validation['datasets'][string];

/**
 * Validates the datasets of one market and brings `validation.json` up to date. Partitions that were looked at before, and are the same to
 * the byte, are not looked at again.
 *
 * @throws LakeError as `validatePartition`; `conflict` (`PARTITION_GONE`) where one that is named is not there any more; `cancelled`.
 */
export async function validateMarket(
  entries: readonly PublishedEntry[],
  context: ValidationContext,
): Promise<Validation> {
  const { store, clock, updatedAt } = context;
  const before = await readDocument(store, VALIDATION_NAME, validationSchema);
  const datasets: Record<string, DatasetReport> = {};
  for (const one of entries)
    datasets[one.path] = await validateDataset(one, before?.datasets[one.path], context);
  const bars = await compareAll(entries, before, context);
  return updateDocument(
    store,
    VALIDATION_NAME,
    validationSchema,
    (now) => {
      const next: Validation = {
        ...now,
        schema_version: 'unified/1',
        updated_at: now?.updated_at ?? updatedAt,
        datasets: { ...now?.datasets, ...datasets },
        klines_from_aggtrades: { ...now?.klines_from_aggtrades, ...bars },
      };
      return JSON.stringify(next) === JSON.stringify(now) ? next : { ...next, updated_at: updatedAt };
    },
    { clock, ...DOCUMENT_TRIES },
  );
}

async function validateDataset(
  { entry }: PublishedEntry,
  before: DatasetReport | undefined,
  { store, arena, clock, signal }: ValidationContext,
): Promise<DatasetReport> {
  const partitions: Record<string, PartitionReport> = {};
  for (const { path, sha256 } of entry.partitions) {
    if (signal.aborted) throw new LakeError('cancelled', 'cancelled while datasets were validated');
    const known = before?.partitions[path];
    const target = { store, path, ...daysOf(path) };
    const report =
      known?.sha256 === sha256 ? known : await validatePartition(target, { arena, nowMs: clock.nowMs() });
    if (report === undefined) throw partitionGone(path);
    partitions[path] = report;
  }
  const all = Object.values(partitions);
  const findings: Record<string, number> = {};
  for (const { check } of all.flatMap((report) => report.findings))
    findings[check] = (findings[check] ?? 0) + 1;
  return {
    ...before,
    status: statusOf(all),
    rows: all.reduce((sum, { rows }) => sum + rows, 0),
    findings,
    partitions,
  };
}

function statusOf(reports: readonly PartitionReport[]): DatasetReport['status'] {
  const severities = reports.flatMap(({ findings }) => findings.map(({ severity }) => severity));
  if (severities.includes('error')) return 'FAIL';
  return severities.length > 0 ? 'WARN' : 'PASS';
}

/** Every day that has both bars and trades. */
async function compareAll(
  entries: readonly PublishedEntry[],
  before: Validation | undefined,
  { store, arena, signal }: ValidationContext,
): Promise<Record<string, BarsReport>> {
  // Derived bars are compared with those that they were made of, which are compared with the trades.
  const own = entries.filter(({ entry }) => entry.derived_from === undefined);
  const partitionsOf = (name: string) =>
    own.filter(({ path }) => path.startsWith(`${name}/`)).flatMap(({ entry }) => entry.partitions);
  const trades = new Map(partitionsOf('aggtrades').map((one) => [periodOfPath(one.path), one]));
  const reports: Record<string, BarsReport> = {};
  for (const { path: klines, sha256 } of partitionsOf('klines')) {
    const traded = trades.get(periodOfPath(klines));
    if (traded === undefined) continue;
    if (signal.aborted) throw new LakeError('cancelled', 'cancelled while bars were compared');
    const known = before?.klines_from_aggtrades[klines];
    const isKnown = known?.klines_sha256 === sha256 && known.aggtrades_sha256 === traded.sha256;
    const report = isKnown ? known : await compareBars(store, { klines, aggtrades: traded.path }, arena);
    if (report === undefined) throw partitionGone(klines);
    reports[klines] = report;
  }
  return reports;
}

function partitionGone(path: string): LakeError {
  return new LakeError('conflict', 'a partition that was published is not there any more', {
    code: 'PARTITION_GONE',
    details: { path },
  });
}

function daysOf(path: string): DaySpan {
  const period = periodOfPath(path);
  if (period !== undefined) return daysOfPeriod(period);
  throw new LakeError('invalid', 'the metadata names a partition that is none', {
    code: 'DOCUMENT',
    details: { path },
  });
}
