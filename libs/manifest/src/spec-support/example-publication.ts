import { createHash } from 'node:crypto';
import { createArena, createMultisetHash, createOrderedHash, createRowHasher } from '@ticklake/columnar';
import type { ParquetLimits, ParquetSinkOptions } from '@ticklake/parquet';
import type { ObjectStore } from '@ticklake/storage';
import { z } from 'zod';
import type { Conclusion, Publication, PublishedDataset } from '../publication.js';
import { receiptFooter } from '../receipt-footer.js';
import { balanceReceipt, type QuarantinedSource, type SourceReceipt } from '../receipt.js';
import { contentSchema, int64Text, sha256Hex, siblingName, wholeCount } from '../wire.js';
import { exampleBatch, exampleBatches, exampleSchema, type ExampleRow } from './example-rows.js';

/** The manifest of the specs, with the keys that the protocol needs. */
export const exampleManifestSchema = z.looseObject({
  row_count: wholeCount,
  ts_event_min: int64Text.optional(),
  ts_event_max: int64Text.optional(),
  sha256: sha256Hex,
  size_bytes: wholeCount,
  data: siblingName,
  generation: wholeCount,
  etag: z.string().optional(),
  content: contentSchema,
});
/** See {@link exampleManifestSchema}. */
export type ExampleManifest = z.infer<typeof exampleManifestSchema>;

/** Room enough for every file of the specs. */
export const exampleLimits: ParquetLimits = {
  footerBytesMax: 1 << 20,
  pageBytesMax: 1 << 20,
  chunkBytesMax: 1 << 24,
  rowsMax: 1_000_000,
  rowGroupRowsMax: 1_000_000,
  rowGroupsMax: 10_000,
  columnsMax: 100,
  thriftNodesMax: 200_000,
  expansionRatioMax: 4_000,
};

/** Small row groups and pages, so that a hundred rows have several of each. */
export const exampleParquet: ParquetSinkOptions = {
  compression: 'snappy',
  zstdLevel: 1,
  rowGroupRows: 40,
  pageRows: 16,
  dictionaryBytesMax: 1 << 16,
  sortingColumns: ['ts_event', 'seq'],
  createdBy: 'ticklake test',
};

/** The arena that specs of this package work in. */
export const ARENA = createArena({ bytesMax: 2 ** 28 });

/** How files of example rows are judged. */
export const exampleVerify = {
  arena: ARENA,
  orderBy: ['ts_event', 'seq'],
  sequence: 'seq',
  limits: exampleLimits,
  exclude: ['seq'],
} as const;

/** The prefix the specs publish to. */
export const DIRECTORY = 'exchange=x/date=20260203/';

/** Where the specs publish to. */
export function exampleDataset(store: ObjectStore): PublishedDataset<ExampleManifest> {
  return {
    store,
    directory: DIRECTORY,
    dataName: 'data.parquet',
    manifestName: 'meta.json',
    manifestSchema: exampleManifestSchema,
    place: (manifest) => ({
      data: manifest.data,
      generation: manifest.generation,
      sha256: manifest.sha256,
      sizeBytes: manifest.size_bytes,
      multiset: manifest.content.multiset,
      etag: manifest.etag,
    }),
  };
}

/** What a spec may want otherwise. */
export interface ExampleOptions {
  readonly store: ObjectStore;
  readonly scratchDirectory: string;
  readonly rows: readonly ExampleRow[];
  readonly batchRows?: number;
  readonly changes?: Partial<Publication<ExampleManifest>>;
}

/** A publication of `rows`, as if they had come from one source. */
export function examplePublication(options: ExampleOptions): Publication<ExampleManifest> {
  const { store, scratchDirectory, rows, batchRows = 25, changes = {} } = options;
  return {
    ...exampleDataset(store),
    ...exampleVerify,
    hashExclude: exampleVerify.exclude,
    schema: exampleSchema,
    parquet: exampleParquet,
    scratchDirectory,
    replace: false,
    signal: new AbortController().signal,
    async write(sink) {
      for await (const batch of exampleBatches(rows, batchRows)) await sink.write(batch);
    },
    conclude: () => Promise.resolve(conclusionOf(rows)),
    describe: (facts, place) => ({
      row_count: facts.rowCount,
      ts_event_min: facts.orderMin?.toString(),
      ts_event_max: facts.orderMax?.toString(),
      sha256: facts.sha256,
      size_bytes: facts.sizeBytes,
      data: place.data,
      generation: place.generation,
      etag: place.etag,
      content: facts.content,
    }),
    ...changes,
  };
}

/** What inputs that hold exactly `rows` add up to, where those of `quarantined` are left out. */
export function conclusionOf(
  rows: readonly ExampleRow[],
  quarantined: readonly QuarantinedSource[] = [],
): Conclusion {
  const hasher = createRowHasher(ARENA, exampleSchema, { exclude: ['seq'] });
  const digests = hasher.digestBatch(exampleBatch(rows));
  const multiset = createMultisetHash();
  const ordered = createOrderedHash();
  multiset.add(digests);
  ordered.add(digests);
  hasher.release();
  const sources = [exampleSource(rows.length, multiset.hex())];
  const output = { rows: rows.length, multiset: multiset.hex(), ordered: ordered.hex() };
  const receipt = balanceReceipt(sources, output, quarantined);
  return {
    rowCount: rows.length,
    multiset: output.multiset,
    footer: receiptFooter({ receipt, sources, schemaVersion: 'v1' }),
  };
}

/** A source that holds rows of this multiset. */
export function exampleSource(rows: number, multiset: string, name = 'part-0.parquet'): SourceReceipt {
  return {
    name,
    size: rows * 20,
    sha256: createHash('sha256').update(`${name} ${multiset}`).digest('hex'),
    rows,
    multiset,
    sorted: true,
  };
}
