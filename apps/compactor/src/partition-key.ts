import { compactDay, LakeError, type UtcDay } from '@ticklake/core';
import { compactScheme } from '@ticklake/partition';

/** One stream of one symbol on one exchange for one UTC day of arrival (spec row CM-02). */
export interface PartitionKey {
  readonly exchange: string;
  readonly stream: string;
  readonly symbol: string;
  readonly day: UtcDay;
}

/** What the data of a partition is called, where nothing is under way. */
export const DATA_NAME = 'data.parquet';

/** What the document is called that publishes it (spec row MF-03). */
export const MANIFEST_NAME = 'meta.json';

/** `exchange/stream/symbol/YYYYMMDD`, the key of the state document and the id of a task. */
export function partitionId({ exchange, stream, symbol, day }: PartitionKey): string {
  return [exchange, stream, symbol, compactDay(day)].join('/');
}

/** `exchange=…/stream=…/symbol=…/date=YYYYMMDD/` in the compact store. */
export function partitionDirectory(key: PartitionKey): string {
  return compactScheme.format(key);
}

/** Where the `meta.json` of a partition is. */
export function metaKey(key: PartitionKey): string {
  return partitionDirectory(key) + MANIFEST_NAME;
}

/** Where the damaged inputs of a partition are kept (spec row MF-09). */
export function quarantineDirectory(key: PartitionKey): string {
  return `QUARANTINE/${partitionDirectory(key)}`;
}

/** Where the leases of partitions are. */
export const LEASES_PREFIX = 'compacted/locks/';

/** What whoever works on a partition holds meanwhile (spec row CM-23). */
export function leaseKey(key: PartitionKey): string {
  return `${LEASES_PREFIX}${partitionId(key)}.lock`;
}

/**
 * The partition that a person names, by its id or its directory.
 *
 * @throws LakeError `invalid` (`NAME`) when it is neither.
 */
export function parsePartition(text: string): PartitionKey {
  const [exchange, stream, symbol, date, ...more] = text.split('/');
  const isId = date !== undefined && more.length === 0 && !date.startsWith('date=');
  const directory = isId ? `exchange=${exchange}/stream=${stream}/symbol=${symbol}/date=${date}` : text;
  const key = compactScheme.parse(directory.endsWith('/') ? directory : `${directory}/`);
  if (key !== undefined) return key;
  throw new LakeError(
    'invalid',
    'a partition is named exchange/stream/symbol/YYYYMMDD, or by its directory',
    {
      code: 'NAME',
      details: { partition: text },
    },
  );
}
