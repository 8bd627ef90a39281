import { createHash } from 'node:crypto';
import { assert, compareUtf8, isLakeError, LakeError, type Clock, type UtcDay } from '@ticklake/core';
import { sourceChanged } from '@ticklake/engine';
import { clearQuarantine, quarantineFile } from '@ticklake/jobs';
import type { QuarantinedSource } from '@ticklake/manifest';
import type { ObjectMeta, ObjectStore } from '@ticklake/storage';
import type { Compacted, CompactContext } from './compact-partition.js';
import type { Meta, PartitionChange, PartitionState } from './documents.js';
import type { Damage } from './find-damage.js';
import { nameOf } from './inspect-source.js';
import { objectionToLeavingOut } from './leave-out.js';
import { LEASES_MAX } from './limits.js';
import { stateOf } from './meta.js';
import { DATA_NAME, partitionId, quarantineDirectory, type PartitionKey } from './partition-key.js';
import { underLease } from './partition-lease.js';
import { readMeta } from './published-dataset.js';
import type { CompactTask, OnCorrupt } from './settings.js';
import { readHere, type SpoolReading } from './spool-reading.js';
import { judgeStanding, type SpoolStanding } from './standing.js';
import { casPatience } from './state.js';

/** What a run may do to partitions that are published already, and to those with damaged files. */
export interface ReplacePolicy {
  /** Rebuild whatever is asked for, even when nothing came late. */
  readonly overwrite: boolean;
  /** Days from this one on are rebuilt when files came late; older ones are only reported. Absent: none are. */
  readonly lateFrom: UtcDay | undefined;
  readonly onCorrupt: OnCorrupt;
  /** Judge partitions in quarantine again, though their files are the same (spec row MF-17). */
  readonly retryQuarantine: boolean;
}

/** What a partition needs, found by reading only. */
export type Decision =
  | {
      readonly action: 'compact';
      readonly replace: boolean;
      /** Only what came late is merged with what is published, whose own sources were collected. */
      readonly late?: Required<Pick<CompactTask, 'base' | 'sources'>>;
    }
  | (Untouched & { readonly action: 'skip'; readonly meta: Meta })
  | (Untouched & { readonly action: 'refuse'; readonly error: LakeError });

interface Untouched {
  /** Whether a replacement died after its commit, and those who know only the fixed name still see the old bytes. */
  readonly isUnsettled?: true;
}

/** A partition to decide about. */
export interface Candidate extends Pick<CompactTask, 'key' | 'sources'> {
  /** What state remembers of it. Absent: nothing. */
  readonly known?: PartitionState | undefined;
}

/**
 * Whether a partition is to be compacted, skipped or refused (spec row CM-28). Nothing is refused for being absent;
 * what is published is never replaced by less than it was made of. Damage that was judged is not judged again while
 * the files are the same. Late files make a partition anew of everything, so that its bytes are those of one run over all
 * files; only where sources were collected, they are merged with what is published.
 *
 * @throws LakeError `corrupt` (`MANIFEST`) when a `meta.json` is there that is not ours.
 */
export async function decidePartition(
  compact: ObjectStore,
  { key, sources, known }: Candidate,
  policy: ReplacePolicy,
): Promise<Decision> {
  const judged = isJudged(known, sources, policy) ? known : undefined;
  if (judged !== undefined && judged.complete !== false) {
    return { action: 'refuse', error: stillQuarantined(judged, key) };
  }
  const twice = nameListedTwice(sources);
  if (twice !== undefined) return { action: 'refuse', error: listedTwice(key, twice) };
  const meta = await readMeta(compact, key);
  if (meta === undefined) return { action: 'compact', replace: false };
  const spool = await judgeStanding(compact, key, meta, sources);
  const retry =
    !meta.complete && (policy.retryQuarantine || (judged === undefined && hasDamaged(meta, sources)));
  const decision = decideAbout({ key, meta, retry }, spool, policy);
  const isUnsettled = meta.data !== DATA_NAME && spool.standing !== 'broken';
  return isUnsettled && decision.action !== 'compact' ? { ...decision, isUnsettled } : decision;
}

/** A partition that is published, and whether what was left out of it is to be judged again. */
interface PublishedCandidate {
  readonly key: PartitionKey;
  readonly meta: Meta;
  readonly retry: boolean;
}

function decideAbout(
  { key, meta, retry }: PublishedCandidate,
  { standing, isCollected, late }: SpoolStanding,
  policy: ReplacePolicy,
): Decision {
  const refuse = (error: LakeError): Decision => ({ action: 'refuse', error });
  const replace: Decision = { action: 'compact', replace: true };
  // Its rows are those of the spool; of one that is staged, only the bytes under the fixed name are not brought up to date.
  const holdsAll = standing === 'current' || standing === 'staged';
  // What is incomplete is unfinished work, however old.
  const mergeable = !meta.complete || (policy.lateFrom !== undefined && key.day >= policy.lateFrom);
  if (standing === 'shrunk') return refuse(sourcesGone(key));
  if (meta.held !== undefined && !holdsAll && !policy.overwrite) return refuse(held(key));
  if (isCollected) {
    if (holdsAll && !policy.overwrite) return { action: 'skip', meta };
    if (standing !== 'late') return refuse(sourcesCollected(key, holdsAll ? 'current' : standing));
    if (!mergeable && !policy.overwrite) return refuse(stale(key));
    return { ...replace, late: { base: meta.sha256, sources: late } };
  }
  if (policy.overwrite || standing === 'broken') return replace;
  if (holdsAll) {
    return retry && meta.held === undefined ? replace : { action: 'skip', meta };
  }
  return mergeable ? replace : refuse(stale(key));
}

/** Whether one of the files that were left out is still in the spool. */
function hasDamaged({ receipt }: Meta, sources: CompactTask['sources']): boolean {
  const names = new Set(receipt.quarantined.map(({ name }) => name));
  return sources.some(({ key }) => names.has(nameOf(key)));
}

/** A name that two files have; `sources` are in byte order of name, so they are neighbours. */
export function nameListedTwice(sources: CompactTask['sources']): string | undefined {
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

/** What was collected is only in the partition itself. */
function sourcesCollected(key: CompactTask['key'], standing: 'current' | 'broken'): LakeError {
  const message =
    standing === 'current'
      ? 'spool files of the partition were collected; rebuilding would lose their rows'
      : 'the data object is damaged and spool files of the partition were collected; restore it from a copy';
  return new LakeError('incomplete', message, {
    code: 'SOURCES_COLLECTED',
    details: { partition: partitionId(key) },
  });
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

/** As stale as one that is too old for a catch-up: late files are never ignored, and here they are not merged either. */
function held(key: CompactTask['key']): LakeError {
  return new LakeError(
    'incomplete',
    'the partition was rolled back and is held; make it of all of its spool files again with --overwrite',
    { code: 'STALE', details: { partition: partitionId(key), held: true } },
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
 * spool files are read by `reading`; all else is done here. A lease that is lost is asked for again: those who saw it held
 * have gone, and whoever took it meanwhile is found at it.
 *
 * @throws LakeError `corrupt` with `details.quarantine` when inputs are damaged: each was copied to the quarantine
 * with its code, and nothing was published. With `onCorrupt: 'skip'` the sound ones are published, where there are any and
 * nothing that is published is lost by it (spec row MF-16); the manifest then says `complete: false`.
 * @throws LakeError `busy` (`LEASE`) when another run is at it, (`LEASE_LOST`) when every lease was lost.
 */
export async function executePartition(
  task: CompactTask,
  context: ExecuteContext,
  reading: SpoolReading = readHere,
): Promise<Compacted> {
  for (let leases = 1; ; leases++) {
    try {
      return await executeLeased(task, context, reading);
    } catch (error) {
      const isLost = isLakeError(error, 'busy') && error.code === 'LEASE_LOST';
      if (!isLost || leases === LEASES_MAX) throw error;
    }
  }
}

function executeLeased(
  task: CompactTask,
  context: ExecuteContext,
  reading: SpoolReading,
): Promise<Compacted> {
  return underLease(task.key, context, async (signal) => {
    const compacted = await compactSound(task, { ...context, signal }, reading);
    if (compacted.meta.complete) await resolveQuarantine(task.key, context);
    return compacted;
  });
}

/** Marks the damage of a partition as over, because all of its files are published (spec row MF-17). */
export function resolveQuarantine(
  key: CompactTask['key'],
  { compact, clock }: Pick<ExecuteContext, 'compact' | 'clock'>,
): Promise<void> {
  return clearQuarantine(compact, quarantineDirectory(key), casPatience(clock));
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

/** Compacts; damaged files are put away, and left out where that is wanted and nothing published is lost by it. */
async function compactSound(
  task: CompactTask,
  context: ExecuteContext,
  reading: SpoolReading,
): Promise<Compacted> {
  try {
    return await compactOnceMore(task, context, reading);
  } catch (error) {
    if (!isLakeError(error, 'corrupt')) throw error;
    const damages = await reading.findDamage(task, context);
    if (damages.length === 0) throw error;
    const quarantined = await putDamageAway(damages, context, quarantineDirectory(task.key));
    if (task.onCorrupt !== 'skip') throw damaged(task, damages);
    const bad = new Set(damages.map(({ object }) => object.key));
    const rest = { ...task, sources: task.sources.filter(({ key }) => !bad.has(key)), quarantined };
    const published = await readMeta(context.compact, task.key);
    const objection = objectionToLeavingOut(published, rest);
    if (objection !== undefined) throw damaged(task, damages, objection);
    return await reading.compact({ ...rest, replace: published !== undefined }, context);
  }
}

/**
 * Copies each damaged file to the quarantine, with its verdict.
 *
 * @returns the files as the receipt names them, in source order.
 */
async function putDamageAway(
  damages: readonly Damage[],
  { raw, compact, tool, clock }: ExecuteContext,
  directory: string,
): Promise<readonly QuarantinedSource[]> {
  const quarantined: QuarantinedSource[] = [];
  for (const { object, error, rows } of damages) {
    const { key } = object;
    const update = casPatience(clock);
    const entry = await quarantineFile({ source: raw, key, target: compact, directory, error, tool, update });
    // What was copied is what was judged.
    if ((await raw.head(key))?.etag !== object.etag) throw sourceChanged(key);
    const { type: code, size, sha256 } = entry;
    quarantined.push({ name: nameOf(key), size, sha256, code, rows });
  }
  return quarantined.sort((a, b) => compareUtf8(a.name, b.name));
}

/** The failure to report; `objection` says why the partition was not published without them. */
function damaged({ key }: CompactTask, damages: readonly Damage[], objection?: string): LakeError {
  const [first] = damages;
  assert(first !== undefined, 'something is damaged');
  return new LakeError('corrupt', 'damaged spool files; the partition is not published', {
    code: first.error.code,
    details: {
      files: damages.length,
      file: first.object.key,
      reason: first.error.message,
      ...(objection === undefined ? {} : { objection }),
      quarantine: quarantineDirectory(key),
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
    ...(task.onCorrupt === 'skip' ? { on_corrupt: task.onCorrupt } : {}),
  };
}

/** How a published partition is remembered: damage that was left out stands until the files change. */
export function publishedState(meta: Meta, sources: CompactTask['sources']): PartitionChange {
  const state = stateOf(meta);
  if (state.complete !== false) return state;
  return { ...state, inputs: fingerprintInputs(sources), on_corrupt: 'skip' };
}

/** Whether the very files that are there were judged already, by the rule that holds now or a more generous one. */
function isJudged(
  known: PartitionState | undefined,
  sources: CompactTask['sources'],
  { overwrite, retryQuarantine, onCorrupt }: ReplacePolicy,
): boolean {
  if (overwrite || retryQuarantine || known?.status !== 'quarantine') return false;
  if (onCorrupt === 'skip' && known.on_corrupt !== 'skip') return false;
  return known.inputs === fingerprintInputs(sources);
}

/** The failure of a partition that is not published because of files that were judged before. */
function stillQuarantined(known: PartitionState, key: CompactTask['key']): LakeError {
  return new LakeError('corrupt', known.error ?? 'damaged spool files', {
    code: known.error_type,
    details: { file: known.failing_key, quarantine: quarantineDirectory(key), known: true },
  });
}
