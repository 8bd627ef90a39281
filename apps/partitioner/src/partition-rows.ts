import type { UtcDay } from '@ticklake/core';
import type { ArchitectureDataset } from '@ticklake/market';
import type { ObjectStore } from '@ticklake/storage';
import { publishCollected, type PublishedRows } from './partitions/publish-collected.js';
import { createCollector, type Collector } from './rows/collect-rows.js';
import type { InstrumentRule } from './rows/row-instruments.js';
import { orderColumn, timeColumn } from './rows/time-column.js';
import type { RunContext } from './run-context.js';
import { openSource, type OpenSource } from './sources/open-rows.js';
import type { SourceFile } from './sources/source-file.js';

/** Which rows are partitioned, and how. */
export interface RowsRequest extends InstrumentRule {
  readonly tier: 'execution' | 'ml';
  /** Of every source; told by each where it is left out. */
  readonly dataType: string | undefined;
  /** Of every row (AP-04); by the time of each where it is left out. */
  readonly day: UtcDay | undefined;
  /** Whether rows take the place of those that are published, rather than coming to them. */
  readonly overwrite: boolean;
}

/** What became of the rows of a data type. */
export interface PartitionedRows extends PublishedRows {
  readonly dataset: ArchitectureDataset;
  readonly files: number;
  /** Of all sources together: as many as those that partitions have of them. */
  readonly rows: number;
}

/**
 * Reads all sources, then publishes their rows by day and instrument (AP-01, AP-02, AP-14). A source that cannot be read fails the run before
 * anything is published; a partition that fails does not stop the others.
 *
 * @throws LakeError as {@link openSource} and `createCollector`.
 */
export async function partitionRows(
  files: readonly SourceFile[],
  request: RowsRequest,
  { input, run }: { readonly input: ObjectStore; readonly run: RunContext },
): Promise<readonly PartitionedRows[]> {
  const collectors = new Map<string, Collecting>();
  try {
    for (const file of files) {
      const { arena, signal } = run;
      const source = await openSource(file, { store: input, arena, hints: request, signal });
      const collecting = await collectingOf(source, { collectors, request, run });
      await collect(source, collecting, run);
    }
    const done: PartitionedRows[] = [];
    for (const collecting of collectors.values()) done.push(await publish(collecting, request, run));
    return done;
  } finally {
    for (const { collector } of collectors.values()) await collector.dispose();
  }
}

/** The sources of one data type on their way. */
interface Collecting {
  readonly dataset: ArchitectureDataset;
  readonly collector: Collector;
  /** Names of the sources by their hash. */
  readonly files: Map<string, string>;
}

/** Of several sources of the same bytes the first is taken, as it would be if they came one run after another. */
async function collect(
  source: OpenSource,
  { collector, files }: Collecting,
  { onEvent }: RunContext,
): Promise<void> {
  const { identity, unknown } = source;
  const { name: file, sha256 } = identity;
  const note = (message: string, details: Readonly<Record<string, unknown>>) =>
    onEvent({ type: 'note', severity: 'warning', message, details: { file, ...details } });
  const twin = files.get(sha256);
  if (twin !== undefined) {
    note('a source has the same bytes as another, and is not taken twice', { twin });
    return;
  }
  files.set(sha256, file);
  if (unknown.length > 0) note('a source has columns that nothing is kept of', { columns: unknown.join() });
  const rowCount = await collector.add(source);
  if (rowCount === 0) note('a source has no rows', {});
}

/** Of a data type that passes columns through, sources with other columns are collected apart. */
async function collectingOf(
  { dataset, schema }: OpenSource,
  {
    collectors,
    request,
    run,
  }: {
    readonly collectors: Map<string, Collecting>;
    readonly request: RowsRequest;
    readonly run: RunContext;
  },
): Promise<Collecting> {
  const key = `${dataset.name} ${JSON.stringify(schema)}`;
  const known = collectors.get(key);
  if (known !== undefined) return known;
  const { arena, scratchDirectory, signal, onEvent } = run;
  const collector = await createCollector({
    ...{ arena, schema, scratchDirectory, signal, rule: request, day: request.day },
    time: timeColumn(schema, orderColumn(dataset, schema)),
    onRows: ({ name }, rowsDone) => onEvent({ type: 'progress', taskId: name, rowsDone }),
  });
  const collecting = { dataset, collector, files: new Map<string, string>() };
  collectors.set(key, collecting);
  return collecting;
}

async function publish(
  { dataset, collector, files }: Collecting,
  { tier, overwrite }: RowsRequest,
  run: RunContext,
): Promise<PartitionedRows> {
  const collected = await collector.finish();
  const kind = { tier, dataType: dataset.name, timeframe: dataset.timeframe };
  const published = await publishCollected(collected, kind, { ...run, overwrite });
  const rows = collected.partitions.reduce((sum, { routed }) => sum + routed.rowCount, 0);
  return { ...published, dataset, files: files.size, rows };
}
