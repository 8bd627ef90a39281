import { isDeepStrictEqual } from 'node:util';
import { fingerprintSchema } from '@ticklake/columnar';
import { isLakeError } from '@ticklake/core';
import { openParquet, type ParquetLimits, type ParquetReader, type ReaderTools } from '@ticklake/parquet';
import { codecsOf } from './codecs-of.js';
import type { FileFacts } from './facts.js';
import type { Located } from './locate-published.js';
import type { FilePublication } from './publication.js';
import { readReceiptFooter } from './receipt-footer.js';
import type { ProvenFile } from './write-verified.js';

/**
 * The facts of what is published, if it holds the same rows in the same order, of the same sources, as our `file`;
 * `undefined` if it does not, or its data is damaged. Equal bytes are equal. Other bytes with the same multiset hash
 * are asked for the receipt in their footer: the same rows may have been compressed differently, by an older version
 * say. The sources count too: a late file without a row still belongs into the receipt. So do those that were left out:
 * rows that are all there are another thing to say than rows without those of a damaged file.
 */
export async function publishedFacts<M>(
  { arena, limits }: FilePublication<M>,
  { place, data }: Located<M>,
  { facts: ours, source }: ProvenFile,
): Promise<FileFacts | undefined> {
  if (data === undefined) return undefined;
  if (place.sha256 === ours.sha256) return ours;
  if (place.multiset !== ours.content.multiset) return undefined;
  try {
    const published = await footerOf({ arena, source: data }, limits);
    const theirs = readReceiptFooter(published.metadata);
    const mine = readReceiptFooter((await footerOf({ arena, source }, limits)).metadata);
    const isSame =
      theirs?.receipt.output.ordered === ours.content.ordered &&
      theirs.receipt.output.multiset === ours.content.multiset &&
      theirs.sourcesSha256 === mine?.sourcesSha256 &&
      isDeepStrictEqual(theirs.receipt.quarantined, mine.receipt.quarantined) &&
      published.rowCount === ours.rowCount &&
      fingerprintSchema(published.schema) === ours.schemaFingerprint;
    if (!isSame) return undefined;
    return { ...ours, sha256: place.sha256, sizeBytes: place.sizeBytes, codecs: codecsOf(published) };
  } catch (failure) {
    // Published bytes that cannot be read are not the same as ours, and replacing them is the cure.
    if (isLakeError(failure, 'corrupt')) return undefined;
    throw failure;
  }
}

/** What a file's footer tells. */
async function footerOf(tools: ReaderTools, limits: ParquetLimits): Promise<ParquetReader> {
  const reader = await openParquet(tools, limits);
  reader.close();
  return reader;
}
