import { createHash } from 'node:crypto';
import { fingerprintSchema, type Schema } from '@ticklake/columnar';
import { z } from 'zod';
import type { FileFacts } from './facts.js';
import type { DataPlace, PublishedPlace } from './publication.js';
import { receiptSchema, sourceReceiptSchema, type Receipt, type SourceReceipt } from './receipt.js';
import { contentSchema, sha256Hex, siblingName } from './wire.js';

/** The last keys of a manifest, in their order: what proves its rows, and where its data lies. `period` is a day, say, or a week. */
export function proofShape(words: {
  readonly period: string;
  readonly inputs: string;
  readonly source: string;
}) {
  return {
    schema_sha256: sha256Hex.describe(`fingerprint of the columns, the same every ${words.period}`),
    content: contentSchema.describe('what the rows hash to'),
    receipt: receiptSchema.describe(`that the ${words.inputs} add up to the rows`),
    sources: z.array(sourceReceiptSchema).describe(words.source),
    data: siblingName.describe('name of the data object'),
    generation: z.int().min(1).describe('1, and one more with every replacement'),
    etag: z.string().describe("the store's version of the data object"),
    writer: z.string().describe('what made it'),
    manifest_sha256: sha256Hex.describe('of this document without this key, as JSON without spaces'),
  };
}

/** What proves the rows of a manifest, and where its data lies. */
export interface Proof {
  readonly schema: Schema;
  readonly facts: FileFacts;
  readonly receipt: Receipt;
  readonly sources: readonly SourceReceipt[];
  readonly place: DataPlace;
  readonly writer: string;
}

/** `claims` with the keys of {@link proofShape}. */
export function prove<Claims extends object>(claims: Claims, proof: Proof) {
  const { schema, facts, receipt, sources, place, writer } = proof;
  const manifest = {
    ...claims,
    schema_sha256: fingerprintSchema(schema),
    content: { ...facts.content },
    receipt,
    sources: [...sources],
    ...{ data: place.data, generation: place.generation, etag: place.etag },
    writer,
  };
  return { ...manifest, manifest_sha256: manifestDigest(manifest) };
}

/**
 * SHA-256 of a manifest without its own `manifest_sha256`, in the order of its keys: nothing else covers what no file and no receipt
 * repeats.
 *
 * @param document - As it was parsed, or is to be written.
 */
export function manifestDigest(document: object): string {
  const { manifest_sha256: _, ...rest } = JSON.parse(JSON.stringify(document)) as Record<string, unknown>;
  return createHash('sha256').update(JSON.stringify(rest)).digest('hex');
}

/** Of a manifest, what says where its data lies. */
export interface StatedPlace extends DataPlace {
  readonly parquet_sha256: string;
  readonly parquet_size_bytes: number;
  readonly content: { readonly multiset: string };
}

/** Where the data of a manifest lies, for the publication protocol. */
export function placeOf(manifest: StatedPlace): PublishedPlace {
  const { data, generation, parquet_sha256, parquet_size_bytes, content, etag } = manifest;
  return {
    data,
    generation,
    etag,
    sha256: parquet_sha256,
    sizeBytes: parquet_size_bytes,
    multiset: content.multiset,
  };
}
