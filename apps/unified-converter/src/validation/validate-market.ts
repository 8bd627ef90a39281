import { LakeError, mapBounded, type Clock } from '@ticklake/core';
import { readDocument, updateDocument } from '@ticklake/jobs';
import type { ObjectStore } from '@ticklake/storage';
import type { DatasetEntry, PartitionEntry } from '../documents/metadata.js';
import type { Lanes } from '../lanes/lanes.js';
import { DOCUMENT_TRIES } from '../limits.js';
import { daysOfDirectory, periodOfPath } from '../partitions/partition-paths.js';
import {
  VALIDATION_NAME,
  validationSchema,
  type BarsReport,
  type PartitionReport,
  type Validation,
} from './report.js';

/** A dataset that is published, by its path. */
export interface PublishedEntry {
  /** Such as `klines/binance_BTCUSDT_1m`. */
  readonly path: string;
  readonly entry: DatasetEntry;
  /** What was found in partitions while they were written, by path. */
  readonly examined?: ReadonlyMap<string, PartitionReport>;
}

/** What a validation works with. */
export interface ValidationContext {
  readonly store: ObjectStore;
  /** With this store. */
  readonly lanes: Lanes;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly updatedAt: string;
}

type DatasetReport = Validation['datasets'][string];

/**
 * Validates the datasets of one market and brings `validation.json` up to date. Partitions that were looked at before, or while they were
 * written, and are the same to the byte, are not looked at again.
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
  { entry, examined }: PublishedEntry,
  before: DatasetReport | undefined,
  { lanes, clock, signal }: ValidationContext,
): Promise<DatasetReport> {
  const reported = { ...before?.partitions, ...Object.fromEntries(examined ?? []) };
  const unknown = entry.partitions.filter(({ path, sha256 }) => reported[path]?.sha256 !== sha256);
  const reports = await mapBounded(unknown, lanes.countFor(rowsOf(unknown)), async ({ path }) => {
    if (signal.aborted) throw new LakeError('cancelled', 'cancelled while datasets were validated');
    const request = { type: 'validate', path, ...daysOfDirectory(path), nowMs: clock.nowMs() } as const;
    const report = await lanes.run(request, { signal, onRows: () => undefined });
    if (report === undefined) throw partitionGone(path);
    return [path, report] as const;
  });
  const known = { ...reported, ...Object.fromEntries(reports) };
  const partitions: Record<string, PartitionReport> = {};
  for (const { path } of entry.partitions) partitions[path] = known[path] as PartitionReport;
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
  { lanes, signal }: ValidationContext,
): Promise<Record<string, BarsReport>> {
  // Derived bars are compared with those that they were made of, which are compared with the trades.
  const own = entries.filter(({ entry }) => entry.derived_from === undefined);
  const partitionsOf = (name: string) =>
    own.filter(({ path }) => path.startsWith(`${name}/`)).flatMap(({ entry }) => entry.partitions);
  const trades = new Map(partitionsOf('aggtrades').map((one) => [periodOfPath(one.path), one]));
  const pairs = partitionsOf('klines').flatMap((klines) => {
    const aggtrades = trades.get(periodOfPath(klines.path));
    return aggtrades === undefined ? [] : [{ klines, aggtrades }];
  });
  const count = lanes.countFor(rowsOf(pairs.map(({ aggtrades }) => aggtrades)));
  const reports = await mapBounded(pairs, count, async ({ klines, aggtrades }) => {
    if (signal.aborted) throw new LakeError('cancelled', 'cancelled while bars were compared');
    const known = before?.klines_from_aggtrades[klines.path];
    if (known?.klines_sha256 === klines.sha256 && known.aggtrades_sha256 === aggtrades.sha256)
      return [klines.path, known] as const;
    const request = { type: 'compare', klines: klines.path, aggtrades: aggtrades.path } as const;
    const report = await lanes.run(request, { signal, onRows: () => undefined });
    if (report === undefined) throw partitionGone(klines.path);
    return [klines.path, report] as const;
  });
  return Object.fromEntries(reports);
}

function rowsOf(partitions: readonly PartitionEntry[]): number {
  return partitions.reduce((sum, { rows }) => sum + rows, 0);
}

function partitionGone(path: string): LakeError {
  return new LakeError('conflict', 'a partition that was published is not there any more', {
    code: 'PARTITION_GONE',
    details: { path },
  });
}
