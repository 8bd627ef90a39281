import fc from 'fast-check';
import { createArena } from '../arena/arena.js';
import { createMultisetHash } from '../content-hash/multiset-hash.js';
import { createRowHasher } from '../content-hash/row-hasher.js';
import { createColumnBuffer, type ColumnBuffer } from '../placed/column-buffer.js';
import type { NestedColumnBuffer } from '../placed/nested-buffer.js';
import { columnAt } from '../placed/placed-column.js';
import type { Field, NestedType } from '../schema.js';
import { arbitraryNestedValue, arbitrarySchema, equalBatches, stripeRows } from '../testing/index.js';
import { leavesOf, shapeOf } from './nested-shape.js';
import { plainRows } from './plain-rows.js';
import type { StripedRows } from './striped-rows.js';

const arena = createArena({ bytesMax: 2 ** 28 });

/** A nested field and rows of it. */
const nestedRows = arbitrarySchema()
  .map(({ fields }) => fields.find(({ type }) => type.kind === 'nested'))
  .filter((field) => field !== undefined)
  .chain((field: Field) => {
    const value = arbitraryNestedValue(field.type as NestedType);
    const rows = fc.array(field.nullable ? fc.option(value, { freq: 4 }) : value, { maxLength: 6 });
    return fc.tuple(fc.constant(field), rows);
  });

function expectRows(field: Field, found: readonly unknown[], rows: readonly unknown[]): void {
  const batch = (values: readonly unknown[]) => ({
    schema: { fields: [field] },
    rowCount: rows.length,
    columns: [{ layout: 'nested', values } as const],
  });
  expect(equalBatches(batch(found), batch(rows))).toBeUndefined();
}

function hashOf(field: Field, buffer: ColumnBuffer): string {
  const hasher = createRowHasher(arena, { fields: [field] }, { exclude: [] });
  const hash = createMultisetHash();
  hash.add(hasher.digest([buffer.placed()], { start: 0, end: buffer.rowCount }));
  hasher.release();
  return hash.hex();
}

function nestedBuffer(field: Field): NestedColumnBuffer {
  return createColumnBuffer(arena, field.type) as NestedColumnBuffer;
}

describe('striped rows', () => {
  it('are the rows they were made of', () => {
    fc.assert(
      fc.property(nestedRows, ([field, rows]) => {
        expectRows(field, plainRows(stripeRows(field, rows)), rows);
      }),
    );
  });

  it('stand in a buffer as what they are, put there in one piece or in two, and hash as the plain rows do', () => {
    fc.assert(
      fc.property(nestedRows, fc.nat({ max: 6 }), ([field, rows], cut) => {
        const [striped, plain] = [nestedBuffer(field), nestedBuffer(field)];
        const shape = shapeOf(field);
        for (const part of [rows.slice(0, cut), rows.slice(cut)]) {
          striped.putStriped({ ...stripeRows(field, part), shape });
        }
        plain.putValues(rows);
        expect(striped.placed().layout).toBe(rows.length > 0 ? 'striped' : 'nested');
        expect(hashOf(field, striped)).toBe(hashOf(field, plain));
        const column = columnAt(arena, field.type, striped.placed());
        expectRows(field, column.layout === 'nested' ? column.values : [], rows);
        for (const one of [striped, plain]) one.release();
      }),
    );
    expect(arena.usedBytes).toBe(0);
  });

  it('become plain beside plain rows, beside rows of another shape, and where they are gathered', () => {
    fc.assert(
      fc.property(nestedRows, ([field, rows]) => {
        const buffer = nestedBuffer(field);
        buffer.putStriped(stripeRows(field, rows));
        buffer.putValues(rows);
        buffer.putStriped(stripeRows(field, rows));
        expectRows(field, buffer.plain(), [...rows, ...rows, ...rows]);
        const others = nestedBuffer(field);
        others.putStriped(stripeRows(field, rows));
        others.putStriped(stripeRows({ ...field, nullable: true }, rows));
        expectRows(field, others.plain(), [...rows, ...rows]);
        const taken = nestedBuffer(field);
        const numbers = arena.alloc(64);
        arena.view(Uint32Array, numbers, 2).set([rows.length - 1, 0]);
        if (rows.length > 0) taken.gather(others, numbers, 2);
        expectRows(field, taken.plain(), rows.length > 0 ? [rows.at(-1), rows[0]] : []);
        arena.free(numbers);
        for (const one of [buffer, others, taken]) one.release();
      }),
    );
    expect(arena.usedBytes).toBe(0);
  });

  it('may be put where others were before', () => {
    const [list, struct] = ['list', 'struct'].map(
      (shape): Field => ({
        name: 'x',
        nullable: true,
        type: {
          kind: 'nested',
          shape: shape as 'list' | 'struct',
          children: [{ name: 'element', type: { kind: 'utf8' }, nullable: true }],
        },
      }),
    ) as [Field, Field];
    const buffer = nestedBuffer(list);
    buffer.putStriped(stripeRows(list, [['a', null], null, []]));
    expect(buffer.plain()).toEqual([['a', null], null, []]);
    buffer.clear();
    buffer.putStriped(stripeRows(struct, [['b'], null]));
    expect(buffer.placed().layout).toBe('striped');
    expect(buffer.plain()).toEqual([['b'], null]);
    buffer.release();
  });
});

it('a shape counts levels as Parquet does', () => {
  const field: Field = {
    name: 'book',
    nullable: true,
    type: {
      kind: 'nested',
      shape: 'struct',
      children: [
        { name: 'at', nullable: false, type: { kind: 'date' } },
        {
          name: 'levels',
          nullable: true,
          type: {
            kind: 'nested',
            shape: 'list',
            children: [
              {
                name: 'element',
                nullable: false,
                type: {
                  kind: 'nested',
                  shape: 'map',
                  children: [
                    { name: 'key', nullable: false, type: { kind: 'utf8' } },
                    { name: 'value', nullable: true, type: { kind: 'bool' } },
                  ],
                },
              },
            ],
          },
        },
      ],
    },
  };
  expect(leavesOf(shapeOf(field)).map(({ leaf, definition }) => [leaf, definition])).toEqual([
    [0, 1],
    [1, 4],
    [2, 5],
  ]);
  const rows = [
    [1, null],
    [2, []],
    [
      3,
      [
        [],
        [
          ['a', null],
          ['b', true],
        ],
      ],
    ],
    null,
  ];
  const { leaves }: StripedRows = stripeRows(field, rows);
  expect(leaves[2]?.definitions).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 0));
  expect(leaves[2]?.repetitions).toEqual(Uint8Array.of(0, 0, 0, 1, 2, 0));
});
