import { LakeError, sha256Of, type Clock } from '@ticklake/core';
import { updateDocument } from '@ticklake/jobs';
import { sha256Hex, wholeCount } from '@ticklake/manifest';
import type { ObjectStore } from '@ticklake/storage';
import { z } from 'zod';
import { DOCUMENT_TRIES } from './limits.js';

/** Something that is about to be replaced. */
export interface BackupItem {
  /** Its key in the store that it is copied from; it has the same below the directory of the backup. */
  readonly key: string;
  readonly sha256: string;
}

/** `index.json` of all backups: which content lies where. Unknown keys survive. */
export const backupIndexSchema = z.looseObject({
  schema_version: z.literal('unified/1'),
  /** By SHA-256. */
  contents: z.record(sha256Hex, z.looseObject({ key: z.string().min(1), size: wholeCount })),
});

/** What a backup works with. */
export interface BackupContext {
  readonly from: ObjectStore;
  readonly to: ObjectStore;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const INDEX_NAME = 'index.json';

/**
 * Copies what is about to be replaced to a directory named after the time, once per content, whatever it was called (UC-16, C-41, D-25):
 * what a backup has already is not copied again. Every copy is read back before the index names it, and this returns only when all are
 * there, so that nothing is replaced otherwise.
 *
 * @returns the directory, and how many copies were made.
 * @throws LakeError `conflict` (`BACKUP_SOURCE`) where an item is not of its SHA-256 any more, `corrupt` (`BACKUP`) where a copy does not
 *   read back; what the stores throw, a full disk among it. Nothing was replaced then.
 */
export async function backUp(
  items: readonly BackupItem[],
  context: BackupContext,
): Promise<{ readonly directory: string; readonly copied: number }> {
  const { to, clock } = context;
  const index = await updateDocument(to, INDEX_NAME, backupIndexSchema, (known) => known ?? EMPTY, {
    clock,
    ...DOCUMENT_TRIES,
  });
  const directory = await freshDirectory(to, clock.nowMs());
  const copies = new Map<string, { readonly key: string; readonly size: number }>();
  for (const { key, sha256 } of items) {
    const held = index.contents[sha256] ?? copies.get(sha256);
    if (held !== undefined && (await to.head(held.key))?.size === held.size) continue;
    copies.set(sha256, await copy({ key, sha256 }, `${directory}${key}`, context));
  }
  if (copies.size > 0) {
    await updateDocument(
      to,
      INDEX_NAME,
      backupIndexSchema,
      (known = EMPTY) => ({ ...known, contents: { ...known.contents, ...Object.fromEntries(copies) } }),
      { clock, ...DOCUMENT_TRIES },
    );
  }
  return { directory, copied: copies.size };
}

const EMPTY: z.infer<typeof backupIndexSchema> = { schema_version: 'unified/1', contents: {} };

/** `20260203T101112Z/`, with a number behind it where that is taken. */
async function freshDirectory(store: ObjectStore, nowMs: number): Promise<string> {
  const stamp = `${new Date(nowMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  for (let number = 1; ; number++) {
    const directory = number === 1 ? `${stamp}/` : `${stamp}-${number}/`;
    const { objects, prefixes } = await store.children(directory);
    if (objects.length + prefixes.length === 0) return directory;
  }
}

async function copy(
  { key, sha256 }: BackupItem,
  target: string,
  { from, to, signal }: BackupContext,
): Promise<{ readonly key: string; readonly size: number }> {
  const source = await from.open(key);
  if ((await sha256Of(source, signal)) !== sha256) {
    throw new LakeError('conflict', 'what is to be backed up is not what was published', {
      code: 'BACKUP_SOURCE',
      details: { key },
    });
  }
  const { size } = await to.put(target, source, { onlyIf: 'absent' });
  if ((await sha256Of(await to.open(target), signal)) === sha256) return { key: target, size };
  throw new LakeError('corrupt', 'a backup does not read back as what was copied', {
    code: 'BACKUP',
    details: { key: target },
  });
}
