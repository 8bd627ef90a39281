import { createHash } from 'node:crypto';
import { isLakeError, LakeError, type Clock, type UtcDay } from '@ticklake/core';
import { acquireLease, clearQuarantine, quarantineFile } from '@ticklake/jobs';
import { readManifest } from '@ticklake/manifest';
import { isOwnerAlive, type ObjectMeta, type ObjectStore } from '@ticklake/storage';
import type { Compacted, CompactContext } from './compact-partition.js';
import { metaSchema, type Meta, type PartitionChange, type PartitionState } from './documents.js';
import { nameOf } from './inspect-source.js';
import { LEASE_TTL_MS } from './limits.js';
import { partitionDirectory, partitionId, quarantineDirectory } from './partition-key.js';
import type { CompactTask } from './settings.js';
import { readHere, type SpoolReading } from './spool-reading.js';
import { standingOf } from './standing.js';
import { casPatience } from './state.js';

/** What a run may do to partitions that are published already. */
export interface ReplacePolicy {
  /** Rebuild whatever is asked for, even when nothing came late. */
  readonly overwrite: boolean;
  /** Days from this one on are rebuilt when files came late; older ones are only reported. Absent: none are. */
  readonly lateFrom: UtcDay | undefined;
}

/** What a partition needs, found by reading only. */
export type Decision =
  | { readonly action: 'compact'; readonly replace: boolean }
  | { readonly action: 'skip'; readonly meta: Meta }
  | { readonly action: 'refuse'; readonly error: LakeError };

/**
 * Whether a partition is to be compacted, skipped or refused (spec row CM-28). Nothing is refused for being absent;
 * what is published is never replaced by less than it was made of.
 *
 * @throws LakeError `corrupt` (`MANIFEST`) when a `meta.json` is there that is not ours.
 */
export async function decidePartition(
  compact: ObjectStore,
  { key, sources }: Pick<CompactTask, 'key' | 'sources'>,
  policy: ReplacePolicy,
): Promise<Decision> {
  const twice = nameListedTwice(sources);
  if (twice !== undefined) return { action: 'refuse', error: listedTwice(key, twice) };
  const meta = await readManifest(compact, `${partitionDirectory(key)}meta.json`, metaSchema);
  if (meta === undefined) return { action: 'compact', replace: false };
  const standing = await standingOf(compact, key, meta, sources);
  if (standing === 'shrunk') return { action: 'refuse', error: sourcesGone(key) };
  if (policy.overwrite || standing === 'broken') return { action: 'compact', replace: true };
  if (standing === 'current') return { action: 'skip', meta };
  const mergeable = policy.lateFrom !== undefined && key.day >= policy.lateFrom;
  return mergeable ? { action: 'compact', replace: true } : { action: 'refuse', error: stale(key) };
}

/** `sources` are in byte order of name, so equal names are neighbours. */
function nameListedTwice(sources: CompactTask['sources']): string | undefined {
  const names = sources.map(({ key }) => nameOf(key));
  return names.find((name, i) => name === names[i - 1]);
}

/** Most likely one file that was copied into the other layout: merging both would double its rows. */
function listedTwice(key: CompactTask['key'], name: string): LakeError {
  return new LakeError('invalid', 'the spool has a file of one name in both of its layouts', {
    code: 'NAME_TWICE',
    details: { partition: partitionId(key), name },
  });
}

function sourcesGone(key: CompactTask['key']): LakeError {
  return new LakeError(
    'incomplete',
    'spool files that were published are gone or changed; rebuilding would lose rows',
    {
      code: 'SOURCES_GONE',
      details: { partition: partitionId(key) },
    },
  );
}

function stale(key: CompactTask['key']): LakeError {
  return new LakeError(
    'incomplete',
    'files came after the partition was published; rebuild it with --overwrite',
    {
      code: 'STALE',
      details: { partition: partitionId(key) },
    },
  );
}

/** What {@link executePartition} works with. */
export interface ExecuteContext extends CompactContext {
  readonly clock: Clock;
  /** Names this run to others, for leases. */
  readonly owner: string;
  /** Name and version of the program, for `error.json`. */
  readonly tool: string;
}

/**
 * Compacts a partition under its lease, once more when a file changed under it, and puts damaged inputs away. The bytes of
 * spool files are read by `reading`; all else is done here.
 *
 * @throws LakeError `corrupt` with `details.quarantine` when inputs are damaged: each was copied to the quarantine
 * with its code, and nothing was published.
 * @throws LakeError `busy` when another run is at it.
 */
export async function executePartition(
  task: CompactTask,
  context: ExecuteContext,
  reading: SpoolReading = readHere,
): Promise<Compacted> {
  const lease = await acquireLease(context.compact, leaseKey(task), {
    owner: context.owner,
    ttlMs: LEASE_TTL_MS,
    clock: context.clock,
    signal: context.signal,
    isGone: (holder) => isOwnerAlive(holder) === false,
  });
  const signal = AbortSignal.any([context.signal, lease.signal]);
  try {
    const compacted = await compactOnceMore(task, { ...context, signal }, reading);
    await clearQuarantine(context.compact, quarantineDirectory(task.key), casPatience(context.clock));
    return compacted;
  } catch (error) {
    if (lease.signal.aborted && !context.signal.aborted && isLakeError(error, 'cancelled'))
      throw lease.signal.reason;
    throw isLakeError(error, 'corrupt') ? await putDamageAway(task, context, reading, error) : error;
  } finally {
    await lease.release();
  }
}

function leaseKey({ key }: CompactTask): string {
  return `compacted/locks/${partitionId(key)}.lock`;
}

/** A file that changed while it was read is most often an upload that was just ending: look once more. */
async function compactOnceMore(
  task: CompactTask,
  context: CompactContext,
  reading: SpoolReading,
): Promise<Compacted> {
  try {
    return await reading.compact(task, context);
  } catch (error) {
    if (!isLakeError(error, 'conflict') || error.code !== 'SOURCE_CHANGED') throw error;
    const sources: ObjectMeta[] = [];
    for (const { key } of task.sources) {
      const now = await context.raw.head(key);
      if (now === undefined) throw error;
      sources.push(now);
    }
    return reading.compact({ ...task, sources }, context);
  }
}

/** The error to report: the damage, when files repeat it; what happened, when none does. */
async function putDamageAway(
  task: CompactTask,
  context: ExecuteContext,
  reading: SpoolReading,
  error: LakeError,
): Promise<LakeError> {
  const damages = await reading.findDamage(task, context);
  const directory = quarantineDirectory(task.key);
  for (const damage of damages) {
    await quarantineFile({
      source: context.raw,
      key: damage.object.key,
      target: context.compact,
      directory,
      error: damage.error,
      tool: context.tool,
      update: casPatience(context.clock),
    });
  }
  const [first] = damages;
  if (first === undefined) return error;
  return new LakeError('corrupt', 'damaged spool files; the partition is not published', {
    code: first.error.code,
    details: {
      files: damages.length,
      file: first.object.key,
      reason: first.error.message,
      quarantine: directory,
    },
    cause: first.error,
  });
}

/** Names, sizes and versions of a partition's inputs as one hash: equal only when nothing changed. */
function fingerprintInputs(sources: readonly ObjectMeta[]): string {
  const hash = createHash('sha256');
  for (const { key, size, etag } of sources) hash.update(`${JSON.stringify([key, size, etag])}\n`);
  return hash.digest('hex');
}

/** How a failure is remembered; `undefined` for one that says nothing about the partition. */
export function failureState(error: Error, task: CompactTask): PartitionChange | undefined {
  if (!isLakeError(error)) return { status: 'failed', error_type: 'BUG', error: error.message };
  if (error.kind === 'busy' || error.kind === 'cancelled') return undefined;
  const told = { error_type: error.code ?? error.kind, error: error.message };
  if (error.code === 'STALE') return { status: 'stale', ...told };
  if (error.details['quarantine'] === undefined) return { status: 'failed', ...told };
  const file = error.details['file'];
  return {
    status: 'quarantine',
    ...told,
    ...(typeof file === 'string' ? { failing_key: file } : {}),
    inputs: fingerprintInputs(task.sources),
  };
}

/** A partition whose inputs are still the very ones that were quarantined: judged already, and still not published. */
export function stillQuarantined(
  state: PartitionState | undefined,
  task: CompactTask,
): LakeError | undefined {
  if (state?.status !== 'quarantine' || state.inputs !== fingerprintInputs(task.sources)) return undefined;
  return new LakeError('corrupt', state.error ?? 'damaged spool files', {
    code: state.error_type,
    details: { file: state.failing_key, quarantine: quarantineDirectory(task.key), known: true },
  });
}
