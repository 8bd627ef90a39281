import { isLakeError, LakeError, sha256Of, type ByteSource } from '@ticklake/core';
import type { ObjectStore } from '@ticklake/storage';
import { z } from 'zod';
import { readDocument, updateDocument, type UpdateDocumentOptions } from './document.js';
import { instantText } from './instant-text.js';

/** A segment of a key holds 200 bytes; 17 of them name the content. */
const NAME_BYTES_MAX = 180;

/** One bad file, as it stands in `error.json` (MF-11). */
const entrySchema = z.looseObject({
  /** `DICT_CONFLICT`, `SNAPPY_CORRUPT`, `SCHEMA_MISMATCH`, …: the code of the LakeError, else `OTHER`. */
  type: z.string(),
  message: z.string(),
  /** Key of the original in its own store; it stays there. */
  file: z.string(),
  /** Name of the copy beside `error.json`. */
  copy: z.string(),
  sha256: z.string(),
  size: z.int().nonnegative(),
  row_group: z.int().nullable(),
  column: z.string().nullable(),
  page: z.int().nullable(),
  offset: z.int().nullable(),
  /** When it was first seen, RFC 3339 in UTC. */
  when: z.string(),
  tool: z.string(),
  details: z.record(z.string(), z.unknown()),
});

/** `error.json`: the fields of the first bad file, and all of them under `errors`. */
export const quarantineSchema = entrySchema.extend({
  errors: z.array(entrySchema),
  /** Set once the partition has been published after all (MF-17). */
  resolved_at: z.string().nullable(),
});

/** One bad file of a partition. */
export type QuarantineEntry = z.infer<typeof entrySchema>;
/** The whole of `error.json`. */
export type QuarantineDocument = z.infer<typeof quarantineSchema>;

/** What to put away, where, and why. */
export interface QuarantineFileOptions {
  readonly source: ObjectStore;
  /** Key of the bad file in `source`. */
  readonly key: string;
  readonly target: ObjectStore;
  /** `QUARANTINE/<partition>/`, ending in `/` (MF-09). */
  readonly directory: string;
  /** The verdict. The caller has read the same bytes twice and got it twice. */
  readonly error: LakeError;
  /** Name and version of the program, for `error.json`. */
  readonly tool: string;
  readonly update: UpdateDocumentOptions;
}

/**
 * Copies a bad file to `<directory><first 16 digits of its sha256>-<its name>`, proves the copy by reading it back,
 * and then lists it in `<directory>error.json`. The original is not touched (MF-10). Doing it again changes
 * nothing: same bytes and same verdict keep their entry and the time they were first seen.
 *
 * @throws LakeError `corrupt` (`COPY`) when what the target holds is not what the source gave, twice.
 * @throws LakeError `unavailable` when two readings of the source differ.
 * @throws Error when `error` is not of kind `corrupt`: trouble with disk, network or access never quarantines.
 */
export async function quarantineFile(options: QuarantineFileOptions): Promise<QuarantineEntry> {
  const { source, key, target, directory, error, update } = options;
  if (error.kind !== 'corrupt') {
    throw new Error(`assertion failed: only corrupt files are quarantined, not ${error.kind}`, {
      cause: error,
    });
  }
  const original = await source.open(key);
  const sha256 = await sha256OfTwo(original, key);
  const copy = `${sha256.slice(0, 16)}-${shortName(key)}`;
  await copyProved(original, target, { key: directory + copy, sha256 });
  const entry = describeEntry(options, { copy, sha256, size: original.size });
  const document = await updateDocument(
    target,
    `${directory}error.json`,
    quarantineSchema,
    (current) => withEntry(current, entry),
    update,
  );
  return document.errors.find((known) => sameVerdict(known, entry)) ?? entry;
}

/** The quarantine record in `directory`, or `undefined` when nothing of it was ever quarantined. */
export function readQuarantine(
  target: ObjectStore,
  directory: string,
): Promise<QuarantineDocument | undefined> {
  return readDocument(target, `${directory}error.json`, quarantineSchema);
}

/**
 * Marks the quarantine of a partition as resolved, keeping the files and the record of what happened (MF-17).
 * Nothing is written when there was none, or when it is resolved already.
 */
export async function clearQuarantine(
  target: ObjectStore,
  directory: string,
  update: UpdateDocumentOptions,
): Promise<void> {
  const current = await readQuarantine(target, directory);
  if (current === undefined || current.resolved_at !== null) return;
  const now = instantText(update.clock.nowMs());
  await updateDocument(
    target,
    `${directory}error.json`,
    quarantineSchema,
    (latest) => ({ ...(latest ?? current), resolved_at: latest?.resolved_at ?? now }),
    update,
  );
}

/** The last segment of `key`, cut at its front so that a name in front of it still makes a lawful segment. */
function shortName(key: string): string {
  const characters = [...key.slice(key.lastIndexOf('/') + 1)];
  while (Buffer.byteLength(characters.join('')) > NAME_BYTES_MAX) characters.shift();
  return characters.join('');
}

/** Of two readings that agree: the name of the copy must not come from a reading that went wrong. */
async function sha256OfTwo(original: ByteSource, key: string): Promise<string> {
  const [first, second] = [await sha256Of(original), await sha256Of(original)];
  if (first === second) return first;
  throw new LakeError('unavailable', 'the file reads differently each time', { details: { key } });
}

/** A copy is put, read back, and once put again where other bytes stand under its name, which says whose they must be. */
async function copyProved(
  original: ByteSource,
  target: ObjectStore,
  { key, sha256 }: { readonly key: string; readonly sha256: string },
): Promise<void> {
  await unlessConflict(target.put(key, original, { onlyIf: 'absent' }));
  const there = await target.open(key);
  if ((await sha256Of(there)) === sha256) return;
  await unlessConflict(target.put(key, original, { onlyIf: { etag: there.meta.etag } }));
  if ((await sha256Of(await target.open(key))) === sha256) return;
  throw new LakeError('corrupt', 'the quarantined copy differs from the original', {
    code: 'COPY',
    details: { copy: key, sha256 },
  });
}

/** Somebody else has put it; what is there is looked at next. */
async function unlessConflict(put: Promise<unknown>): Promise<void> {
  try {
    await put;
  } catch (error) {
    if (!isLakeError(error, 'conflict')) throw error;
  }
}

function describeEntry(
  { key, error, tool, update }: QuarantineFileOptions,
  { copy, sha256, size }: { copy: string; sha256: string; size: number },
): QuarantineEntry {
  const { details } = error;
  return {
    type: error.code ?? 'OTHER',
    message: error.message,
    file: key,
    copy,
    sha256,
    size,
    row_group: countOf(details['rowGroup']),
    column: typeof details['column'] === 'string' ? details['column'] : null,
    page: countOf(details['page']),
    offset: countOf(details['offset']),
    when: instantText(update.clock.nowMs()),
    tool,
    details: jsonDetails(details),
  };
}

function withEntry(current: QuarantineDocument | undefined, entry: QuarantineEntry): QuarantineDocument {
  if (current === undefined) return { ...entry, errors: [entry], resolved_at: null };
  if (current.errors.some((known) => sameVerdict(known, entry))) return { ...current, resolved_at: null };
  return { ...current, errors: [...current.errors, entry], resolved_at: null };
}

function sameVerdict(a: QuarantineEntry, b: QuarantineEntry): boolean {
  return a.file === b.file && a.sha256 === b.sha256 && a.type === b.type;
}

function countOf(value: unknown): number | null {
  const number = typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null;
}

/** Details as JSON can hold them: what it cannot is written as text, so that no verdict is lost to its wording. */
function jsonDetails(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const plain = (value: unknown) => {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    return typeof value === 'number' && Number.isFinite(value) ? value : String(value);
  };
  return Object.fromEntries(Object.entries(details).map(([key, value]) => [key, plain(value)]));
}
