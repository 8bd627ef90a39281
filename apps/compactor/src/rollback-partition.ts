import type { Arena } from '@ticklake/columnar';
import { isLakeError, LakeError } from '@ticklake/core';
import { instantText } from '@ticklake/jobs';
import { restorePublished, type Commitment, type SourceReceipt } from '@ticklake/manifest';
import { datasetOf } from '@ticklake/market';
import { openParquet } from '@ticklake/parquet';
import type { ObjectMeta, ObjectSource, ObjectStore } from '@ticklake/storage';
import { readCollected } from './collected-sources.js';
import type { Meta } from './documents.js';
import { generationOf, kindOf, lookAtPartition, type PartitionObjects } from './find-leftovers.js';
import { inspectSource, nameOf } from './inspect-source.js';
import { PUBLISHED_LIMITS } from './limits.js';
import { dayBounds, describeMeta, stateOf, timeUnitOf } from './meta.js';
import { partitionId, type PartitionKey } from './partition-key.js';
import { underLease, type LeaseSeeker } from './partition-lease.js';
import { publishedDataset } from './published-dataset.js';
import { proveSelfDescribed, type SelfDescribed } from './self-described.js';
import { readState, recordChanges } from './state.js';

/** With what a partition is rolled back. */
export interface RollbackContext extends LeaseSeeker {
  readonly arena: Arena;
  /** Name and version of the program, for `meta.json`. */
  readonly tool: string;
}

/** Which generation, and whether to do it. */
export interface RollbackRequest {
  /** Absent: the newest one before the one that is published. */
  readonly generation: number | undefined;
  /** Off: the generation is found and proved, nothing is written. */
  readonly apply: boolean;
}

/** What a rollback did, or would do. */
export interface Rollback {
  readonly partition: string;
  readonly applied: boolean;
  readonly from: { readonly generation: number; readonly rows: number; readonly sources: number };
  readonly to: { readonly generation: number; readonly rows: number; readonly sources: number };
  /** The number under which the bytes of {@link to} are published; null when they are not yet. */
  readonly publishedAs: number | null;
  /** Why the state document was not told; null when it was, or has nothing to be told. It is a cache: the next run tells it. */
  readonly stateError: string | null;
}

/**
 * Publishes an older generation that is still there once more, as the next generation: numbers only go up (invariant
 * I19). Before that it is read through, and must be what its name, its pages and the receipt in its own footer say.
 * The partition is held from then on: a catch-up that finds files it was not made of says so and merges nothing, until
 * an overwrite makes it of all of its spool files again.
 *
 * @throws LakeError `missing` when nothing is published, or no such generation is there any more.
 * @throws LakeError `invalid` (`HELD`) when it is held already and no generation is named: the newest one before
 *   would be what it was rolled back from.
 * @throws LakeError `invalid` (`AMBIGUOUS`) when two runs once staged that generation at the same time.
 * @throws LakeError `invalid` (`SOURCES_COLLECTED`) when `gc-raw` has deleted spool files that the generation was not made of: their
 *   rows would be nowhere.
 * @throws LakeError `corrupt` (`GENERATION`) when the generation is not what it should be; nothing is changed.
 * @throws LakeError `busy` or `conflict` when another run is at it, or was, or the lease was lost (`LEASE_LOST`).
 */
export async function rollbackPartition(
  key: PartitionKey,
  request: RollbackRequest,
  context: RollbackContext,
): Promise<Rollback> {
  if (!request.apply) return rollBack(key, request, context);
  return underLease(key, context, (signal) => rollBack(key, request, { ...context, signal }));
}

/** A {@link Rollback} for people. */
export function rollbackText({ partition, applied, from, to, publishedAs, stateError }: Rollback): string {
  const text = ({ generation, rows, sources }: Rollback['from']) =>
    `generation ${generation} (${rows} rows of ${sources} files)`;
  const what = `${partition}: from ${text(from)} to ${text(to)}`;
  if (!applied) return `${what}; it is sound. Nothing was written: --yes publishes it`;
  const done = `${what}, published as generation ${publishedAs ?? ''}; held until it is made again with --overwrite`;
  return stateError === null
    ? done
    : `${done}\nthe state document was not told, the next run tells it: ${stateError}`;
}

async function rollBack(
  key: PartitionKey,
  { generation, apply }: RollbackRequest,
  context: RollbackContext,
): Promise<Rollback> {
  const { compact, clock } = context;
  const partition = await lookAtPartition(compact, key);
  const version = partition?.version;
  if (partition === undefined || version === undefined) throw notPublished(key);
  const { manifest: meta } = version;
  const chosen = chooseGeneration(partition, meta, generation);
  const source = await compact.open(chosen.key);
  const proved = await prove(source, context);
  const { sources } = proved.footer;
  await requireNothingCollected(key, sources, compact);
  const told = {
    partition: partitionId(key),
    from: { generation: meta.generation, rows: meta.row_count, sources: meta.source_files },
    to: {
      generation: generationOf(chosen.key) ?? 0,
      rows: proved.facts.rowCount,
      sources: sources.length,
    },
  };
  if (!apply) return { ...told, applied: false, publishedAs: null, stateError: null };
  const held = { since: instantText(clock.nowMs()), generation: told.to.generation };
  const commitment = await commitmentOf({ key, source, proved, meta, held }, context);
  const { manifest } = await restorePublished(commitment, { source, facts: proved.facts }, version);
  const stateError = await recordRollback(key, manifest, context);
  return { ...told, applied: true, publishedAs: manifest.generation, stateError };
}

function chooseGeneration(
  { key, objects }: PartitionObjects,
  meta: Meta,
  generation: number | undefined,
): ObjectMeta {
  if (generation === undefined && meta.held !== undefined) {
    throw new LakeError('invalid', 'the partition was rolled back already; name the generation', {
      code: 'HELD',
      details: { partition: partitionId(key), held: meta.held.generation },
    });
  }
  const isWanted = ({ key: name }: ObjectMeta) => {
    const number = generationOf(name) ?? Infinity;
    // One whose bytes are published already is good when it is named: that finishes a rollback that died.
    if (generation !== undefined) return number === generation && number <= meta.generation;
    return kindOf(nameOf(name), meta) === 'superseded';
  };
  const wanted = objects.filter(isWanted);
  const newest = Math.max(...wanted.map(({ key: name }) => generationOf(name) ?? 0));
  const [chosen, other] = wanted.filter(({ key: name }) => generationOf(name) === newest);
  const details = { partition: partitionId(key), generation: generation ?? 'any', current: meta.generation };
  if (chosen === undefined) {
    const message = 'no such older generation is there; `log` lists those that are';
    throw new LakeError('missing', message, { details });
  }
  if (other === undefined) return chosen;
  // Of two runs that staged it at once one committed, and which is not on record any more.
  throw new LakeError('invalid', 'two objects have the number of this generation', {
    code: 'AMBIGUOUS',
    details: { ...details, objects: `${nameOf(chosen.key)} ${nameOf(other.key)}` },
  });
}

/** The generation, sound, and under its own name: what it must be follows from its name and footer, as its `meta.json` is gone. */
async function prove(source: ObjectSource, context: RollbackContext): Promise<SelfDescribed> {
  const { key } = source.meta;
  const proved = await proveSelfDescribed(source, context).catch((error: unknown) => {
    throw isLakeError(error, 'corrupt') ? unsound(key, error.message) : error;
  });
  const { facts, findings } = proved;
  const unprotected = findings.find(({ check }) => check === 'unprotected');
  if (unprotected !== undefined) throw unsound(key, unprotected.message);
  if (!nameOf(key).includes(facts.sha256.slice(0, 16)))
    throw unsound(key, 'its bytes are not those of its name');
  return proved;
}

/** Spool files that were collected are nowhere but in what is published: a generation that was made without them would hide their rows. */
async function requireNothingCollected(
  key: PartitionKey,
  sources: readonly SourceReceipt[],
  compact: ObjectStore,
): Promise<void> {
  const made = new Set(sources.map(({ sha256 }) => sha256));
  const collected = [...(await readCollected(compact, key))].filter(([, sha256]) => !made.has(sha256));
  const [first] = collected;
  if (first === undefined) return;
  throw new LakeError('invalid', 'spool files that the generation was not made of were collected since', {
    code: 'SOURCES_COLLECTED',
    details: { partition: partitionId(key), files: collected.length, name: first[0] },
  });
}

interface Restored {
  readonly key: PartitionKey;
  readonly source: ObjectSource;
  readonly proved: SelfDescribed;
  /** What is published now. */
  readonly meta: Meta;
  readonly held: NonNullable<Meta['held']>;
}

async function commitmentOf(restored: Restored, context: RollbackContext): Promise<Commitment<Meta>> {
  const { key, proved, meta, held } = restored;
  const outOfDayRows = await countOutOfDayRows(restored, context);
  return {
    ...publishedDataset(context.compact, key),
    signal: context.signal,
    describe: (facts, place) => ({
      ...describeMeta({
        ...{ key, facts, place, outOfDayRows, schema: proved.schema },
        timeUnit: unitOf(proved, meta),
        ...{ receipt: proved.footer.receipt, sources: proved.footer.sources },
        ...{ createdAt: held.since, writer: context.tool },
      }),
      held,
    }),
  };
}

/** The file's own type says it, or else what was known when the partition was published. */
function unitOf({ schema }: SelfDescribed, { ts_unit }: Meta) {
  return timeUnitOf(schema, ts_unit ?? undefined);
}

async function countOutOfDayRows(
  { key, source, proved, meta }: Restored,
  { arena }: RollbackContext,
): Promise<number | undefined> {
  const unit = unitOf(proved, meta);
  if (unit === undefined) return undefined;
  const day = dayBounds(key, unit);
  const { orderMin = day.start, orderMax = day.start, rowCount } = proved.facts;
  if (orderMin >= day.start && orderMax < day.end) return 0;
  const reader = await openParquet({ source, arena }, PUBLISHED_LIMITS);
  try {
    const options = { arena, dataset: datasetOf(key.stream), dayOf: () => day };
    const { inDayRows = 0 } = await inspectSource({ reader, source }, source.meta, options);
    return rowCount - inDayRows;
  } finally {
    reader.close();
  }
}

/** State is a cache: that it could not be told it is told, and undoes nothing. */
async function recordRollback(
  key: PartitionKey,
  meta: Meta,
  { compact, clock }: RollbackContext,
): Promise<string | null> {
  try {
    const state = await readState(compact);
    if (state?.partitions[partitionId(key)] === undefined) return null;
    const unconfirmed = state.unconfirmed === true;
    const partitions = new Map([[partitionId(key), stateOf(meta)]]);
    await recordChanges(compact, { partitions, judgedDays: [], unconfirmed }, clock);
    return null;
  } catch (error) {
    if (!isLakeError(error)) throw error;
    return error.message;
  }
}

function notPublished(key: PartitionKey): LakeError {
  return new LakeError('missing', 'nothing is published there that could be rolled back', {
    details: { partition: partitionId(key) },
  });
}

function unsound(key: string, reason: string): LakeError {
  return new LakeError('corrupt', 'the older generation is not sound, and what is published stays', {
    code: 'GENERATION',
    details: { key, reason },
  });
}
