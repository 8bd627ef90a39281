import type { Arena, Schema } from '@ticklake/columnar';
import type { ParquetLimits, ParquetSink, ParquetSinkOptions } from '@ticklake/parquet';
import type { ObjectStore } from '@ticklake/storage';
import type { z } from 'zod';
import type { ContentHashes, FileFacts } from './facts.js';

/** Where a publication's data lies, as its manifest says. */
export interface PublishedPlace {
  /** The data object's name beside the manifest: the fixed name, or a staged generation. */
  readonly data: string;
  /** 1 for the first publication; every replacement adds one. */
  readonly generation: number;
  readonly sha256: string;
  readonly sizeBytes: number;
  /** `undefined` for a manifest that states none: content is then compared by bytes. */
  readonly multiset: string | undefined;
  /** The store's version of the data object. `undefined` where none is stated: bytes are then hashed to be sure. */
  readonly etag: string | undefined;
}

/** Where a published dataset lies and how its manifest is read. */
export interface PublishedDataset<M> {
  readonly store: ObjectStore;
  /** Key prefix, `''` or ending in `/`. */
  readonly directory: string;
  /** The fixed name of the data object, e.g. `data.parquet`. */
  readonly dataName: string;
  /** e.g. `meta.json`. */
  readonly manifestName: string;
  /**
   * Where readers take every file of a directory that ends like the data object: staged generations then have a name that none of them
   * takes, see {@link stagedNameIn}.
   */
  readonly hidesStaged?: boolean;
  readonly manifestSchema: z.ZodType<M>;
  /** Reads the place of the data back out of a manifest. */
  place(manifest: M): PublishedPlace;
}

/** What the inputs add up to, told once they have all been read. */
export interface Conclusion {
  readonly rowCount: number;
  /** The sum of the inputs' content hashes. */
  readonly multiset: string;
  /** Key-values for the data file's footer, without wall-clock time; see `receiptFooter`. */
  readonly footer: Readonly<Record<string, string>>;
  /**
   * What the rows hash to, where all of them were copied as they are stored and were proved by that: by the SHA-256 of their bytes, say.
   * The file is then read back without being decoded: its own SHA-256, its footer, every page's header and checksum.
   */
  readonly copied?: ContentHashes;
}

/** Where the data object of a manifest that is about to be put lies, and in which version. */
export interface DataPlace extends Pick<PublishedPlace, 'data' | 'generation'> {
  readonly etag: string;
}

/** A dataset whose manifest is about to be put, and how that is made. */
export interface Commitment<M> extends PublishedDataset<M> {
  /** Aborting stops before each step; nothing is published then. */
  readonly signal: AbortSignal;
  /** The manifest of a file with these facts at this place. May be asked several times, with other places. */
  describe(facts: FileFacts, place: DataPlace): M;
}

/** One dataset to publish whose file is there already. */
export interface FilePublication<M> extends Commitment<M> {
  /** Holds rows while they are written and read back, and footers that are compared. */
  readonly arena: Arena;
  readonly limits: ParquetLimits;
  /** Whether other content may take the place of what is published. */
  readonly replace: boolean;
}

/** One dataset to publish: what, where, and how it is proved. */
export interface Publication<M> extends FilePublication<M> {
  readonly schema: Schema;
  readonly parquet: ParquetSinkOptions;
  /** The columns the rows are sorted by, ascending. */
  readonly orderBy: readonly string[];
  /** The column that numbers the rows 0…N-1, if there is one. */
  readonly sequence: string | undefined;
  /** Columns left out of the content hash: those the inputs do not have. */
  readonly hashExclude: readonly string[];
  /** A local directory for the file while it is written and read back. */
  readonly scratchDirectory: string;
  /** Writes the rows, in order. Called once; does not finish the sink, and stops where the signal aborted. */
  write(sink: ParquetSink): Promise<void>;
  /**
   * Asked once, after the last row: what the inputs add up to. Also where the caller checks that the sources are
   * still what they were, and throws when they are not.
   */
  conclude(): Promise<Conclusion>;
}

/** How a publication ended. */
export interface PublishOutcome<M> {
  /** `unchanged`: what is published already holds these rows in this order. */
  readonly status: 'published' | 'unchanged' | 'replaced';
  /** Of the published file. */
  readonly facts: FileFacts;
  /** As it stands in the store. */
  readonly manifest: M;
}

/**
 * The name under which a generation's bytes are staged: `data.parquet` → `data-g2-<first 16 digits of sha256>.parquet`.
 * It follows from the manifest alone, so a reader can find the staged bytes of a publication it knows.
 */
export function stagedName(dataName: string, generation: number, sha256: string): string {
  const { stem, extension } = partsOf(dataName);
  return `${stem}-g${generation}-${sha256.slice(0, 16)}${extension}`;
}

/**
 * {@link stagedName} in a dataset. Where staged generations are hidden it is `_data-g2-<16 digits>.parquet.kept`: readers of partitioned
 * datasets pass over names that begin with `_`, and others take `*.parquet` only; either would count the rows of an old generation twice.
 */
export function stagedNameIn(
  { dataName, hidesStaged = false }: Pick<PublishedDataset<unknown>, 'dataName' | 'hidesStaged'>,
  generation: number,
  sha256: string,
): string {
  const name = stagedName(dataName, generation, sha256);
  return hidesStaged ? `_${name}.kept` : name;
}

/** What a name that {@link stagedName} made says; `undefined` for any other name. */
export function parseStagedName(
  dataName: string,
  name: string,
): { readonly generation: number; readonly sha256Start: string } | undefined {
  const { stem, extension } = partsOf(dataName);
  if (!name.startsWith(stem) || !name.endsWith(extension)) return undefined;
  const middle = name.slice(stem.length, name.length - extension.length);
  const [, generation, sha256Start] = /^-g([1-9]\d{0,14})-([0-9a-f]{16})$/.exec(middle) ?? [];
  if (generation === undefined || sha256Start === undefined) return undefined;
  return { generation: Number(generation), sha256Start };
}

function partsOf(dataName: string): { readonly stem: string; readonly extension: string } {
  const dot = dataName.lastIndexOf('.');
  return dot > 0
    ? { stem: dataName.slice(0, dot), extension: dataName.slice(dot) }
    : { stem: dataName, extension: '' };
}
