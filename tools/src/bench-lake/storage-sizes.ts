import { valueAt } from '@ticklake/columnar';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { markdownTable } from '../bench/markdown-table.js';
import { madeTrades, type MadeRows } from './lake-rows.js';

/** Bytes of the same rows as CSV, and of that as gzip makes it at its usual level. */
export async function csvSizes(options: MadeRows): Promise<{ readonly csv: number; readonly gzip: number }> {
  const sizes = { csv: 0, gzip: 0 };
  await pipeline(Readable.from(csvPieces(options)), countBytes('csv'), createGzip(), async (pieces) => {
    for await (const piece of pieces as AsyncIterable<Uint8Array>) sizes.gzip += piece.length;
  });
  return sizes;

  function countBytes(name: 'csv') {
    return async function* (pieces: AsyncIterable<Uint8Array>) {
      for await (const piece of pieces) {
        sizes[name] += piece.length;
        yield piece;
      }
    };
  }
}

/** A line for each row, times in microseconds, as Tardis has them. */
function* csvPieces(options: MadeRows): Generator<Uint8Array> {
  let isFirst = true;
  for (const { schema, columns, rowCount } of madeTrades(options)) {
    const lines = isFirst ? [schema.fields.map(({ name }) => name).join()] : [];
    isFirst = false;
    for (let row = 0; row < rowCount; row++) {
      const cells = columns.map((column) => {
        const value = valueAt(column, row);
        return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : String(value);
      });
      lines.push(cells.join());
    }
    yield Buffer.from(`${lines.join('\n')}\n`);
  }
}

/** Sizes side by side, each as a share of the first. */
export function sizesTable(sizes: readonly (readonly [what: string, bytes: number])[]): string {
  const first = sizes[0]?.[1] ?? 0;
  const rows = sizes.map(([what, bytes]) => [what, String(bytes), (bytes / first).toFixed(2)]);
  return markdownTable(['stored as', 'bytes', 'of CSV'], rows);
}
