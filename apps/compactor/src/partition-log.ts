import type { Arena } from '@ticklake/columnar';
import { isLakeError } from '@ticklake/core';
import { instantText } from '@ticklake/jobs';
import { readReceiptFooter } from '@ticklake/manifest';
import { openParquet } from '@ticklake/parquet';
import type { ObjectMeta, ObjectStore } from '@ticklake/storage';
import type { Meta } from './documents.js';
import { generationOf, kindOf, lookAtPartition, type LeftoverKind } from './find-leftovers.js';
import { nameOf } from './inspect-source.js';
import { PUBLISHED_LIMITS } from './limits.js';
import { DATA_NAME, partitionId, type PartitionKey } from './partition-key.js';

/** One data object of a partition, as its name, its footer and `meta.json` describe it. */
export interface GenerationEntry {
  /** Null for an object under the fixed name that `meta.json` does not name. */
  readonly generation: number | null;
  readonly data: string;
  /** `current` is published; `copy` is what is published once more; the others see {@link LeftoverKind}. */
  readonly role: 'current' | 'copy' | Exclude<LeftoverKind, 'probe'>;
  readonly sizeBytes: number;
  /** Whole for the current one, as `meta.json` has it; else the first 16 digits, as its name has them. */
  readonly sha256: string | null;
  /** When the object was written; of the current one, when it was published. */
  readonly at: string;
  /** By its own footer; null where that cannot be read. */
  readonly rows: number | null;
  /** Files that it was made of, by its own receipt; null without one. */
  readonly sources: number | null;
  /** What is wrong with its footer. */
  readonly problem: string | undefined;
}

/** The generations of one partition that are still there. */
export interface PartitionLog {
  readonly partition: string;
  /** Since when the current generation is held, and which one it was before; see the rollback. */
  readonly held: Meta['held'];
  /** Whether `meta.json` is damaged or another program's: then no generation is known to be current. */
  readonly unreadable: boolean;
  /** Newest first. */
  readonly generations: readonly GenerationEntry[];
}

/**
 * Lists the data objects of a partition and reads their footers; no row is read.
 *
 * @throws LakeError `unavailable` or `denied` when the store does not answer.
 */
export async function logPartition(
  compact: ObjectStore,
  key: PartitionKey,
  arena: Arena,
): Promise<PartitionLog> {
  const partition = partitionId(key);
  const seen = await lookAtPartition(compact, key);
  if (seen === undefined) return { partition, held: undefined, unreadable: true, generations: [] };
  const meta = seen.version?.manifest;
  const generations: GenerationEntry[] = [];
  for (const object of seen.objects) {
    const name = nameOf(object.key);
    if (name !== DATA_NAME && generationOf(object.key) === undefined) continue;
    generations.push({ ...describe(object, meta), ...(await readFooter(compact, object, arena)) });
  }
  generations.sort(newestFirst);
  return { partition, held: meta?.held, unreadable: false, generations };
}

function newestFirst(a: GenerationEntry, b: GenerationEntry): number {
  const rank = ({ role }: GenerationEntry) => (role === 'current' ? 0 : 1);
  return (b.generation ?? 0) - (a.generation ?? 0) || rank(a) - rank(b);
}

/** Logs for people. */
export function logText(logs: readonly PartitionLog[]): string {
  return logs
    .flatMap(({ partition, held, unreadable, generations }) => [
      `${partition}${held === undefined ? '' : `  held at generation ${held.generation} since ${held.since}`}`,
      ...(unreadable ? ['  meta.json cannot be read'] : []),
      ...generations.map(entryText),
    ])
    .join('\n');
}

function entryText(entry: GenerationEntry): string {
  const { generation, role, data, at, rows, sources, sizeBytes, sha256, problem } = entry;
  const facts = `rows=${rows ?? 'unknown'} sources=${sources ?? 'unknown'} bytes=${sizeBytes}`;
  const hash = sha256 === null ? '' : ` sha256=${sha256.slice(0, 16)}`;
  const label = generation === null ? '?' : String(generation);
  return `  ${label.padStart(3)} ${role.padEnd(11)} ${at}  ${facts}${hash}  ${data}${problem === undefined ? '' : `  ${problem}`}`;
}

function describe(
  object: ObjectMeta,
  meta: Meta | undefined,
): Pick<GenerationEntry, 'generation' | 'data' | 'role' | 'sizeBytes' | 'sha256' | 'at'> {
  const data = nameOf(object.key);
  const generation = generationOf(object.key) ?? null;
  const written = { data, sizeBytes: object.size, at: instantText(object.modifiedAtMs) };
  if (data === meta?.data) {
    const { sha256, created_at: at } = meta;
    return { ...written, generation: meta.generation, role: 'current', sha256, at };
  }
  const kind = kindOf(data, meta);
  const sha256 = generation === null ? null : (/-([0-9a-f]{16})\./.exec(data)?.[1] ?? null);
  if (kind !== undefined && kind !== 'probe') return { ...written, generation, role: kind, sha256 };
  // Under the fixed name lies what was published before, until the replacement is brought there.
  return { ...written, generation, role: generation === null ? 'superseded' : 'copy', sha256 };
}

async function readFooter(
  compact: ObjectStore,
  { key }: ObjectMeta,
  arena: Arena,
): Promise<Pick<GenerationEntry, 'rows' | 'sources' | 'problem'>> {
  try {
    const reader = await openParquet({ source: await compact.open(key), arena }, PUBLISHED_LIMITS);
    reader.close();
    const footer = readReceiptFooter(reader.metadata);
    return { rows: reader.rowCount, sources: footer?.sources.length ?? null, problem: undefined };
  } catch (error) {
    // Replaced or swept away while we looked, or damaged: either way it is told and the others are listed.
    const isOfObject = ['corrupt', 'conflict', 'missing'].some(
      (kind) => isLakeError(error) && error.kind === kind,
    );
    if (!isLakeError(error) || !isOfObject) throw error;
    return { rows: null, sources: null, problem: error.message };
  }
}
