import type { ParquetSinkOptions } from '@ticklake/parquet';
import { columnValues, type ColumnStyle, type NullPattern } from '../peers/column-values.js';
import type { ColumnField, ColumnType, ScalarType } from '../peers/column-type.js';
import { kindsOf, scalarType } from '../peers/scalar-kinds.js';
import type { GeneratedColumns } from '../peers/write-duckdb.js';
import type { TicklakeWrite } from '../peers/write-ticklake.js';
import { createRandom, type Random } from '../spool/random.js';

/** A file for our sink: every type it has, in one shape, of one kind of values. */
export interface SinkFile extends GeneratedColumns {
  readonly how: TicklakeWrite;
}

/** A file by what it is for. */
export interface SinkCase {
  readonly name: string;
  make(): SinkFile;
}

/** A type around a scalar. */
const SHAPES: Readonly<Record<string, (child: ColumnField) => ColumnType>> = {
  flat: ({ type }) => type,
  struct: (child) => ({ shape: 'struct', children: [child, named('other', child)] }),
  list: (child) => listOf(child),
  map: (child) => ({ shape: 'map', children: [KEY, named('value', child)] }),
  'list of lists': (child) => listOf({ name: 'element', type: listOf(child), nullable: true }),
  'list of structs': (child) =>
    listOf({ name: 'element', type: { shape: 'struct', children: [child] }, nullable: true }),
};
/** Values that the sink stores by a dictionary, by deltas where it has them, and plain. */
const STYLES = {
  dictionary: { distinct: 7, rising: false, edges: 0.1, dictionaryBytesMax: 1 << 16 },
  delta: { distinct: 0, rising: true, edges: 0, dictionaryBytesMax: 1 << 16 },
  plain: { distinct: 0, rising: false, edges: 0.2, dictionaryBytesMax: 0 },
} as const;
const CODECS: readonly ParquetSinkOptions['compression'][] = ['none', 'snappy', 'zstd'];
/** `undefined` is a required column. */
const NULLS: readonly (NullPattern | undefined)[] = [undefined, 'none', 'half', 'all'];
/** Three row groups of several pages. */
const ROWS = { rowCount: 130, rowGroupRows: 50, pageRows: 9 };
const KEY: ColumnField = {
  name: 'key',
  type: { kind: 'utf8', data: { kind: 'utf8' }, form: 'usual' },
  nullable: false,
};

/** All cases: every shape × values × codec × nulls, each with two columns of every type. */
export function sinkCases(): readonly SinkCase[] {
  let seed = 0;
  return Object.entries(SHAPES).flatMap(([shape, shaped]) =>
    Object.entries(STYLES).flatMap(([style, values]) =>
      CODECS.flatMap((codec) =>
        NULLS.map((nulls): SinkCase => {
          const given = { shaped, values, codec, nulls, seed: seed++, nanPayloads: shape === 'flat' };
          const name = `${shape}, ${style}, ${codec}, ${nulls === undefined ? 'required' : `nulls: ${nulls}`}`;
          return { name, make: () => sinkFile(given) };
        }),
      ),
    ),
  );
}

function sinkFile({
  shaped,
  values,
  codec,
  nulls,
  seed,
  nanPayloads,
}: {
  shaped: (child: ColumnField) => ColumnType;
  values: (typeof STYLES)[keyof typeof STYLES];
  codec: ParquetSinkOptions['compression'];
  nulls: NullPattern | undefined;
  seed: number;
  nanPayloads: boolean;
}): SinkFile {
  const random = createRandom(seed);
  const { dictionaryBytesMax, ...style } = values;
  const columnStyle: ColumnStyle = { ...style, nulls: nulls ?? 'none', runMax: 1, nanPayloads };
  const nullable = nulls !== undefined;
  const fields = scalars(random).map((type, i): ColumnField => {
    return { name: `c${i}`, type: shaped({ name: 'element', type, nullable }), nullable };
  });
  const { rowCount, rowGroupRows, pageRows } = ROWS;
  return {
    fields,
    rowCount,
    columns: fields.map((field) => columnValues(field, { style: columnStyle, rowCount, random })),
    how: {
      options: {
        compression: codec,
        zstdLevel: 3,
        rowGroupRows,
        pageRows,
        dictionaryBytesMax,
        sortingColumns: [],
        createdBy: 'ticklake foreign readers',
      },
      batchRows: 37,
      kernels: 'wasm',
    },
  };
}

/** Twice, so that over the cases every unit, precision, size and time zone comes up. */
function scalars(random: Random): readonly ScalarType[] {
  return [...kindsOf('ticklake'), ...kindsOf('ticklake')].map((kind) => scalarType(kind, 'ticklake', random));
}

function named(name: string, child: ColumnField): ColumnField {
  return { ...child, name };
}

function listOf(element: ColumnField): ColumnType {
  return { shape: 'list', children: [named('element', element)] };
}
