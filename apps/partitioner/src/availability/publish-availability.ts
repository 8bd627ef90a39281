import type { RecordBatch } from '@ticklake/columnar';
import type { UtcDay } from '@ticklake/core';
import { instrumentRows, type InstrumentRow } from '../instruments/index.js';
import type { PartitionManifest } from '../partitions/manifest.js';
import { publishedRows, publishedState } from '../partitions/open-rows.js';
import type { PartitionNames } from '../partitions/partition-names.js';
import type { PublishedPartition } from '../partitions/publish-collected.js';
import { mendPartition, publishPartition } from '../partitions/publish-partition.js';
import { whileRaced } from '../partitions/while-raced.js';
import { decideMerge } from '../rows/merge-decision.js';
import type { RunContext } from '../run-context.js';
import {
  AVAILABILITY,
  availabilityContent,
  instrumentShares,
  type InstrumentSource,
} from './availability-content.js';
import { availabilityCopies } from './availability-copies.js';

/**
 * Publishes the instruments of a day (AP-03, AP-13): all of them in `by_date`, and in the other views those of each venue and of each type.
 * Instruments of sources that are new come to those that are published.
 *
 * @throws LakeError `conflict` (`DUPLICATE_INSTRUMENT`), (`SOURCE_CHANGED`); as `publishPartition`.
 */
export function publishAvailability(
  sources: readonly InstrumentSource[],
  { day, overwrite }: { readonly day: UtcDay; readonly overwrite: boolean },
  run: RunContext,
): Promise<PublishedPartition> {
  const shares = instrumentShares(run.arena, sources);
  const path = run.layout.availabilityPath('by_date', { day });
  const names: PartitionNames = {
    ...{ tier: 'availability', dataType: AVAILABILITY.name, day },
    ...{ venue: undefined, instrument: undefined, timeframe: undefined },
  };
  return whileRaced(async () => {
    const published = await publishedState(run.store, path);
    const decision = decideMerge(published, shares, { sources, overwrite });
    const { base, fresh } = decision;
    const baseRows = base === undefined ? [] : await rowsOf(base, path, run);
    const content = availabilityContent(decision, { sources, shares, baseRows });
    const subsets = (all: RecordBatch) => availabilityCopies(all, day, run.layout);
    const replace = published !== undefined;
    const copies = subsets(content.batch);
    const task = { names, path, content, copies, subsets, replace, derivedFrom: undefined };
    if (base !== undefined && fresh.size === 0)
      return { names, path, manifest: await mendPartition(task, base, run), status: 'unchanged' };
    const { status, manifest } = await publishPartition(task, run);
    return { names, path, manifest, status };
  });
}

async function rowsOf(
  manifest: PartitionManifest,
  path: string,
  run: RunContext,
): Promise<readonly InstrumentRow[]> {
  const { store, arena } = run;
  const { schema } = AVAILABILITY;
  const rows: InstrumentRow[] = [];
  for await (const batch of publishedRows({ store, path, manifest }, { arena, schema }))
    rows.push(...instrumentRows(batch));
  return rows;
}
