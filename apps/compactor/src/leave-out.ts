import { LakeError } from '@ticklake/core';
import type { QuarantinedSource } from '@ticklake/manifest';
import type { ObjectStore } from '@ticklake/storage';
import type { Meta } from './documents.js';
import { nameOf } from './inspect-source.js';
import { partitionId } from './partition-key.js';
import { readMeta } from './published-dataset.js';
import type { CompactTask } from './settings.js';

/** What is missing from an incomplete partition. */
export interface LostRows {
  readonly files: number;
  /** Of the files whose footer could be read. */
  readonly rows: number;
  /** Files whose rows nobody can count. */
  readonly unreadable: number;
}

/** Adds up what damaged files held. */
export function lostRows(quarantined: readonly QuarantinedSource[]): LostRows {
  return {
    files: quarantined.length,
    rows: quarantined.reduce((sum, { rows }) => sum + (rows ?? 0), 0),
    unreadable: quarantined.filter(({ rows }) => rows === null).length,
  };
}

/**
 * Whether a partition may be published from the files of `task`, its sound ones, while others are damaged (spec row MF-16).
 * No row that is published may be lost by it, and a complete partition stays unless it is to be overwritten.
 *
 * @returns why not, as an end of a sentence; `undefined` when it may.
 */
export function objectionToLeavingOut(
  meta: Meta | undefined,
  { sources, overwrite = false }: Pick<CompactTask, 'sources' | 'overwrite'>,
): string | undefined {
  if (sources.length === 0) return 'no file of the partition is sound';
  if (meta === undefined) return undefined;
  const sound = new Map(sources.map(({ key, size }) => [nameOf(key), size]));
  if (meta.sources.some(({ name, size }) => sound.get(name) !== size)) {
    return 'rows that are published would be lost';
  }
  return meta.complete && !overwrite
    ? 'what is published is complete, and only --overwrite replaces it'
    : undefined;
}

/**
 * {@link objectionToLeavingOut} about what is published now.
 *
 * @throws LakeError `conflict` (`PUBLISHED_MEANWHILE`) when there is one: there was none when the task was made.
 */
export async function requireNothingLost(compact: ObjectStore, task: CompactTask): Promise<void> {
  const meta = await readMeta(compact, task.key);
  const objection = objectionToLeavingOut(meta, task);
  if (objection === undefined) return;
  throw new LakeError('conflict', 'another run published something else meanwhile', {
    code: 'PUBLISHED_MEANWHILE',
    details: { partition: partitionId(task.key), reason: objection },
  });
}
