import type { ParquetReader } from '@ticklake/parquet';
import type { FileFacts } from './facts.js';

/** What the footer of a file, open or closed, says of its codecs. Internal. */
export function codecsOf({ rowGroups }: Pick<ParquetReader, 'rowGroups'>): FileFacts['codecs'] {
  const found = new Map<string, Set<string>>();
  for (const { columns } of rowGroups) {
    for (const { name, codec } of columns) {
      const codecs = found.get(name);
      if (codecs === undefined) found.set(name, new Set([codec]));
      else codecs.add(codec);
    }
  }
  return Object.fromEntries([...found].map(([name, codecs]) => [name, [...codecs].sort().join('+')]));
}
