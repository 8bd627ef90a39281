import { typeText, type Arena, type Field, type Schema } from '@ticklake/columnar';
import { timeframeMs, UNIFIED, type UnifiedDataset } from '@ticklake/market';
import type { OrderedRows } from '@ticklake/shuffle';
import type { ObjectStore } from '@ticklake/storage';
import type { PartitionManifest } from '../partitions/manifest.js';
import { unitsOfDay, type DaySpan } from '../partitions/partition-period.js';
import { createDerivedExaminer } from './examine-derived.js';
import { createExaminer, type ExaminedDay } from './examine-rows.js';
import { examinedColumns, withPartition, type OpenPartition } from './read-rows.js';
import type { PartitionReport } from './report.js';
import { createTally, type Tally } from './tally.js';

/** A partition to be looked at, and its days, as its directories say. */
export interface ValidationTarget extends DaySpan {
  readonly store: ObjectStore;
  readonly path: string;
}

/**
 * Looks at every row of a published partition (UC-27 … UC-31): the types of its columns, the order of its times, whether they are of its days
 * and not of the future; of bars the grid, gaps and repeats, and whether their prices can be; of trades ids that are missing or stand
 * twice; of bars that were derived, whether they are what the bars come to that they were made of, and which are incomplete. What it finds is told; nothing is changed.
 *
 * @returns `undefined` where nothing is published.
 * @throws LakeError as `withPartition`: for a file that cannot be read.
 */
export function validatePartition(
  target: ValidationTarget,
  context: { readonly arena: Arena; readonly nowMs: number },
): Promise<PartitionReport | undefined> {
  const place = { store: target.store, directory: target.path, arena: context.arena };
  return withPartition(place, (opened) => examine(opened, target, context));
}

async function examine(
  opened: OpenPartition,
  { store, firstDay, endDay }: ValidationTarget,
  { arena, nowMs }: { readonly arena: Arena; readonly nowMs: number },
): Promise<PartitionReport> {
  const { manifest, schema } = opened;
  const dataset = UNIFIED[manifest.dataset];
  const tally = createTally();
  checkColumns(schema, dataset, tally);
  const examiner = createExaminer(dataset.name, dayOf(manifest, { firstDay, endDay, nowMs }), tally);
  const { derived_from: derivedFrom } = manifest;
  const derived =
    derivedFrom === undefined
      ? undefined
      : await createDerivedExaminer(store, { derivedFrom, timeframe: manifest.timeframe, arena, tally });
  let rows = 0;
  for await (const batch of opened.rows()) {
    examiner.add(batch);
    derived?.add(batch);
    rows += batch.times.length;
  }
  if (rows !== manifest.row_count) tally.add('rows', 'error', 'the manifest counts other rows');
  const found = { ...examiner.finish(), ...derived?.finish() };
  return { sha256: manifest.parquet_sha256, rows, findings: tally.findings(), ...found };
}

/** Looks at the rows of a partition while they are written, instead of reading them from where they are published. */
export interface PartitionExaminer {
  add(rows: OrderedRows): void;
  /**
   * What {@link validatePartition} would find.
   *
   * @param sha256 - Of the published file, which was proved to have these rows in this order.
   */
  finish(sha256: string): PartitionReport;
}

/**
 * Examines rows of sources, which are not derived, with columns `fields`, that are written to a file of `schema`.
 *
 * @param times - Room for those of a batch.
 */
export function examinePartition(
  dataset: UnifiedDataset,
  {
    schema,
    fields,
    times,
    ...span
  }: {
    readonly schema: Schema;
    readonly fields: readonly Field[];
    readonly times: Float64Array;
  } & Parameters<typeof dayOf>[0] &
    Parameters<typeof dayOf>[1],
): PartitionExaminer {
  const tally = createTally();
  checkColumns(schema, dataset, tally);
  const examiner = createExaminer(dataset.name, dayOf(span, span), tally);
  let rows = 0;
  return {
    add({ rowCount, columns }) {
      examiner.add(examinedColumns(columns, { fields, times }));
      rows += rowCount;
    },
    finish(sha256) {
      const found = examiner.finish();
      return { sha256, rows, findings: tally.findings(), ...found };
    },
  };
}

function dayOf(
  { dataset, time_unit: unit, timeframe }: Pick<PartitionManifest, 'dataset' | 'time_unit' | 'timeframe'>,
  { firstDay, endDay, nowMs }: DaySpan & { readonly nowMs: number },
): ExaminedDay {
  const units = unitsOfDay(unit);
  const perMs = unit === 'ms' ? 1 : 1000;
  return {
    ...{ start: firstDay * units, end: endDay * units, now: nowMs * perMs },
    step: UNIFIED[dataset].hasTimeframe ? timeframeMs(timeframe) * perMs : undefined,
  };
}

/** Names and types, as the guide prints them. */
function checkColumns(schema: Schema, { schema: expected }: UnifiedDataset, tally: Tally): void {
  const types = new Map(expected.fields.map(({ name, type }) => [name, typeText(type)]));
  for (const { name, type } of schema.fields) {
    if (types.get(name) !== typeText(type))
      tally.add('schema', 'error', 'a column is not of the dataset, or of another type');
  }
}
