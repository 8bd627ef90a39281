import { createColumnBuffer } from '@ticklake/columnar';
import type { KernelChoice } from '@ticklake/kernels';
import {
  createParquetSink,
  openParquet,
  openRowGroupEncoder,
  type ParquetReader,
  type ParquetSinkOptions,
} from '@ticklake/parquet';
import { fileSource, memorySink } from '@ticklake/parquet/testing';
import { PARQUET_LIMITS } from './read-ticklake.js';
import { withArena } from './with-arena.js';

/** The codecs of pages that our sink writes, and so can take over as they are stored. */
const CODECS: Readonly<Record<string, ParquetSinkOptions['compression']>> = {
  UNCOMPRESSED: 'none',
  SNAPPY: 'snappy',
  ZSTD: 'zstd',
};

/**
 * A file of the row groups of another, made as a merge makes them where no rows come between: pages are kept as they are stored where
 * our sink could have stored them so.
 */
export function copyTicklake(
  bytes: Uint8Array,
  { kernels }: { readonly kernels: KernelChoice },
): Promise<Uint8Array> {
  return withArena(kernels, async (arena) => {
    const reader = await openParquet({ source: fileSource(bytes), arena }, PARQUET_LIMITS);
    const { schema } = reader;
    const options = copyOptions(reader);
    const encoder = await openRowGroupEncoder(arena, schema, options);
    const columns = schema.fields.map(({ type }) => createColumnBuffer(arena, type));
    const target = memorySink();
    const sink = createParquetSink({ target, arena }, schema, options);
    try {
      for (const [rowGroup, { rowCount }] of reader.rowGroups.entries()) {
        const stored = schema.fields.map(({ name }, i) => {
          const into = columns[i];
          if (into === undefined) throw new Error('every field has a column');
          return { layout: 'stored', reader, rowGroup, name, into } as const;
        });
        if (rowCount > 0) await sink.writeRowGroup((await encoder.encode(stored, rowCount)).flat(), rowCount);
      }
      await sink.finish({});
    } finally {
      sink.close();
      encoder.release();
      for (const column of columns) column.release();
      reader.close();
    }
    return target.bytes();
  });
}

/** The codec of the file itself, where our sink has it. */
function copyOptions({ rowGroups }: ParquetReader): ParquetSinkOptions {
  const codecs = rowGroups.flatMap(({ columns }) => columns.map(({ codec }) => CODECS[codec]));
  return {
    compression: codecs.find((codec) => codec !== undefined) ?? 'snappy',
    zstdLevel: 1,
    rowGroupRows: 100_000,
    pageRows: 100,
    dictionaryBytesMax: 1000,
    sortingColumns: [],
    createdBy: 'ticklake differential',
  };
}
