import { slug } from '../codecs/slug.js';
import { definePartitionScheme, type PartitionScheme } from '../define-partition-scheme.js';

/** One stream of one symbol on one exchange, as named in paths. */
export interface SpoolPartition {
  readonly exchange: string;
  readonly stream: string;
  readonly symbol: string;
}

/**
 * Where a collector spools (CM-03). The day of a file comes from its name here, and from one more directory in the
 * other grammar, which is `compactScheme`; one partition may use both.
 */
export const spoolScheme: PartitionScheme<SpoolPartition> = definePartitionScheme(
  'exchange={exchange}/stream={stream}/symbol={symbol}/',
  { exchange: slug, stream: slug, symbol: slug },
);
