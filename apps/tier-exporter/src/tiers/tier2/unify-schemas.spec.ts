import type { DataType, Field, Schema } from '@ticklake/columnar';
import { isLakeError, parseUtcDay } from '@ticklake/core';
import { unifySchemas } from './unify-schemas.js';

const text: DataType = { kind: 'utf8' };
const int: DataType = { kind: 'int', bits: 64, signed: true };
const double: DataType = { kind: 'float', bits: 64 };
const open = (name: string, type: DataType): Field => ({ name, type, nullable: true });
const struct = (...children: readonly Field[]): DataType => ({ kind: 'nested', shape: 'struct', children });
const list = (type: DataType): DataType => ({
  kind: 'nested',
  shape: 'list',
  children: [open('element', type)],
});
const schema = (...fields: readonly Field[]): Schema => ({ fields });

const DECLARED = schema(
  { name: 'symbol', type: text, nullable: false },
  open('meta', struct(open('a', text), open('b', struct(open('x', int), open('y', double))))),
  open('tags', list(struct(open('k', int)))),
);
const [symbol, meta, tags] = DECLARED.fields as [Field, Field, Field];
const [FIRST, SECOND] = ['2025-12-22', '2025-12-23'].map(parseUtcDay);

function unify(...schemas: readonly Schema[]): Schema {
  return unifySchemas(
    DECLARED,
    schemas.map((one, i) => ({ day: [FIRST, SECOND][i]!, schema: one })),
  );
}

function differencesOf(...schemas: readonly Schema[]): unknown {
  try {
    unify(...schemas);
  } catch (error) {
    if (!isLakeError(error, 'corrupt')) throw error;
    expect(error.code).toBe('SCHEMA_MISMATCH');
    return error.details;
  }
  return undefined;
}

describe('columns of days', () => {
  it('are the declared ones where days have those, and whatever else', () => {
    const more = schema(open('other', text), tags, meta, symbol);
    expect(unify(DECLARED, more)).toEqual(DECLARED);
  });

  it('go by the names of their fields, in any order, and follow the declared ones where they are new', () => {
    const other = struct(
      { name: 'new', type: int, nullable: false },
      open('b', struct(open('z', text), open('y', double))),
      open('a', text),
    );
    const unified = unify(DECLARED, schema(symbol, open('meta', other), tags));
    expect(unified.fields[1]).toEqual(
      open(
        'meta',
        struct(
          open('a', text),
          open('b', struct(open('x', int), open('y', double), open('z', text))),
          open('new', int),
        ),
      ),
    );
  });

  it('are as nullable as they are declared', () => {
    const nullable = schema({ ...symbol, nullable: true }, { ...meta, nullable: false }, tags);
    expect(unify(nullable)).toEqual(DECLARED);
  });

  it('do not go together where a type is another: path, type and day of both', () => {
    const other = schema(
      symbol,
      open('meta', struct(open('a', int), open('b', struct(open('x', double))))),
      open('tags', list(struct(open('k', text)))),
    );
    expect(differencesOf(DECLARED, other)).toEqual({
      days: '2025-12-23',
      columns: [
        'meta.a: utf8 in 2025-12-22, int64 in 2025-12-23',
        'meta.b.x: int64 in 2025-12-22, float64 in 2025-12-23',
        'tags.element.k: int64 in 2025-12-22, utf8 in 2025-12-23',
      ].join('; '),
    });
  });

  it('do not go together where a field is new in two of them, and of two types', () => {
    const withNew = (type: DataType) => schema(symbol, open('meta', struct(open('new', type))), tags);
    expect(differencesOf(withNew(int), withNew(text))).toEqual({
      days: '2025-12-23',
      columns: 'meta.new: int64 in 2025-12-22, utf8 in 2025-12-23',
    });
  });

  it('do not go together where a column is missing, or is nested otherwise, even in all days', () => {
    const other = schema(symbol, open('tags', struct(open('k', int))));
    expect(differencesOf(other, other)).toEqual({
      days: '2025-12-22,2025-12-23',
      columns: [
        'meta: struct in tier 2, none in 2025-12-22',
        'tags: list in tier 2, struct in 2025-12-22',
        'meta: struct in tier 2, none in 2025-12-23',
        'tags: list in tier 2, struct in 2025-12-23',
      ].join('; '),
    });
  });
});
