import { createArena, type Arena } from '@ticklake/columnar';
import type { Clock } from '@ticklake/core';
import { instantText, type JobEvent } from '@ticklake/jobs';
import { layoutOf, type LayoutName, type Tier, type ViewName } from '@ticklake/partition';
import { openScratch, withPrefix, type ObjectStore } from '@ticklake/storage';
import { agreeOnLayout, requireLayout } from './layout/layout-document.js';
import { chosenViews, tierLayout, type TierLayout } from './layout/tier-layout.js';
import { requireNameColumns } from './partitions/materialized-columns.js';
import type { PublishSettings } from './partitions/publish-partition.js';

/** What a process gives to a run. */
export interface ProcessContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly tool: string;
  onEvent(event: JobEvent): void;
}

/** Where a run publishes, and how that is laid out. */
export interface TargetOptions {
  readonly tier: Tier;
  readonly layout: LayoutName;
  /** Of the tier, below the output; the layout's own where it is left out (C-48). */
  readonly root: string | undefined;
  /** `by_date` is one of them, named or not; all of the tier where there are none. */
  readonly views: readonly ViewName[];
  readonly copies: 'primary' | 'all';
  readonly rawColons: boolean;
  readonly materialized: readonly string[];
  /** Bytes. */
  readonly memory: number;
  /** A local folder; the usual one of the output where it is left out. */
  readonly scratch: string | undefined;
}

/** A run that can publish. */
export interface RunContext extends PublishSettings, ProcessContext {
  readonly layout: TierLayout;
  readonly sortRowsMax: number;
}

/** Bytes of a row on its way, with what sorting it takes, at most. */
const ROW_BYTES = 256;

/**
 * Sees that a tier has the layout that a run wants, or none yet, and opens what it works with. Nothing is published: a tier gets its layout
 * with its first partition, see {@link PublishSettings.agree}.
 *
 * @throws LakeError `conflict` as `agreeOnLayout`, e.g. (`LAYOUT`) where the tier is laid out otherwise; `invalid` (`VIEW`), (`COLUMN`) for a view or a column that it
 *   cannot have; as the store does.
 */
export async function openRun(
  output: ObjectStore,
  target: TargetOptions,
  { clock, signal, tool, onEvent }: ProcessContext,
): Promise<RunContext> {
  const { tier, layout, rawColons, copies, materialized } = target;
  requireNameColumns(materialized);
  const store = tierStore(output, target);
  const views = chosenViews(target);
  const wanted = { tier, layout, raw_colons: rawColons, views: [...views], copies };
  const document = await requireLayout(store, wanted);
  const agree = once(() => agreeOnLayout(store, wanted, { clock }));
  const arena: Arena = createArena({ bytesMax: target.memory });
  return {
    ...{ arena, store, clock, signal, tool, onEvent, materialized, agree, layout: tierLayout(document) },
    scratchDirectory: await openScratch(output, { scratch: target.scratch, clock }),
    createdAt: instantText(clock.nowMs()),
    sortRowsMax: Math.floor(target.memory / 2 / ROW_BYTES),
  };
}

/** Does `work` until it succeeds, and not again after that. */
function once(work: () => Promise<unknown>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work().then(
      () => undefined,
      (error: unknown) => {
        done = undefined;
        throw error;
      },
    );
    return done;
  };
}

/** The root of a tier in an output. */
export function tierStore(
  output: ObjectStore,
  { tier, layout, root }: Pick<TargetOptions, 'tier' | 'layout' | 'root'>,
): ObjectStore {
  const path = (root ?? layoutOf(layout).roots[tier]).replace(/\/+$/, '');
  return path === '' ? output : withPrefix(output, `${path}/`);
}
