import type { ParquetReader } from '@ticklake/parquet';
import type { FileFacts } from './facts.js';

/** What the footer of a file, open or closed, says of its codecs. Internal. */
export function codecsOf({ codecs }: Pick<ParquetReader, 'codecs'>): FileFacts['codecs'] {
  return Object.fromEntries([...codecs].map(([name, found]) => [name, [...found].sort().join('+')]));
}
