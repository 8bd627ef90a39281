import type { Arena } from '@ticklake/columnar';
import { readPublished } from '@ticklake/manifest';
import { openParquet, type ParquetReader } from '@ticklake/parquet';
import type { ObjectStore } from '@ticklake/storage';
import { FOOTERS_MAX, PARQUET_LIMITS } from '../limits.js';
import { partitionDataset, type PartitionManifest } from '../partitions/manifest.js';
import { openCopy } from '../partitions/open-copy.js';
import { openIfThere } from '../partitions/open-if-there.js';
import type { FoundPartition } from './find-partitions.js';

/** A file of a partition, open. */
export interface OpenFile {
  readonly reader: ParquetReader;
  readonly manifest: PartitionManifest;
  /** Whether it is the copy in the view that was asked for, and not the rows in the primary one. */
  readonly isCopy: boolean;
  readonly sizeBytes: number;
  /** Call it once, when the file is not read any more. */
  release(): void;
}

/** Opens files of partitions, and remembers footers: a file that is as it was is not asked for its own again (RD-12). */
export interface PartitionFiles {
  /** `undefined` for a partition that is not published. @throws LakeError `corrupt`. */
  open(store: ObjectStore, found: FoundPartition): Promise<OpenFile | undefined>;
  /** Closes what is open. Files must not be read any more. */
  close(): void;
}

interface Entry {
  readonly reader: ParquetReader;
  users: number;
}

/** Files whose rows are decoded in `arena`. Of those that nobody reads, `footersMax` are remembered, less those that are read. */
export function partitionFiles(arena: Arena, { footersMax = FOOTERS_MAX } = {}): PartitionFiles {
  return new CachedFiles(arena, footersMax);
}

class CachedFiles implements PartitionFiles {
  /** The one that was used last comes last. */
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly arena: Arena,
    private readonly footersMax: number,
  ) {}

  async open(store: ObjectStore, { primary, path }: FoundPartition): Promise<OpenFile | undefined> {
    const published = await readPublished(partitionDataset(store, primary));
    if (published === undefined) return undefined;
    const { manifest, data } = published;
    const copy = path === primary ? undefined : manifest.copies.find((one) => one.path === path);
    const source = copy && (await openIfThere(store, path));
    if (copy !== undefined && source !== undefined) {
      const key = `${store.url} ${path} ${copy.sha256} ${source.meta.etag}`;
      const file = await this.cached(key, () => openCopy(source, copy, this.arena));
      if (file !== undefined) return { ...file, manifest, isCopy: true, sizeBytes: copy.size_bytes };
    }
    const key = `${store.url} ${primary} ${manifest.parquet_sha256} ${data.meta.etag}`;
    const file = await this.cached(key, () =>
      openParquet({ source: data, arena: this.arena }, PARQUET_LIMITS),
    );
    return file && { ...file, manifest, isCopy: false, sizeBytes: manifest.parquet_size_bytes };
  }

  close(): void {
    for (const { reader } of this.entries.values()) reader.close();
    this.entries.clear();
  }

  private async cached(
    key: string,
    open: () => Promise<ParquetReader | undefined>,
  ): Promise<Pick<OpenFile, 'reader' | 'release'> | undefined> {
    let entry = this.entries.get(key);
    if (entry === undefined) {
      const reader = await open();
      if (reader === undefined) return undefined;
      // Somebody else may have opened the same file meanwhile.
      entry = this.entries.get(key);
      if (entry === undefined) entry = { reader, users: 0 };
      else reader.close();
    }
    this.entries.delete(key);
    this.entries.set(key, entry);
    entry.users++;
    this.forgetOld();
    const used = entry;
    return { reader: entry.reader, release: () => void used.users-- };
  }

  private forgetOld(): void {
    for (const [key, { reader, users }] of this.entries) {
      if (this.entries.size <= this.footersMax) return;
      if (users > 0) continue;
      reader.close();
      this.entries.delete(key);
    }
  }
}
