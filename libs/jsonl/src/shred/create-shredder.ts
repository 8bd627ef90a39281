import {
  leavesOf,
  shapeOf,
  textColumn,
  type Column,
  type Field,
  type NestedShape,
  type Schema,
  type StripedLeaf,
  type StripedRows,
} from '@ticklake/columnar';
import { assert, isLakeError, LakeError } from '@ticklake/core';
import type { Line } from '../read-lines.js';
import { JsonCursor } from './json-cursor.js';
import { createNode, type JsonNode } from './json-node.js';
import type { LeafSlots } from './leaf-slots.js';
import { UnknownKeys } from './unknown-keys.js';

/** What the objects of lines are read as. */
export interface ShredOptions {
  /**
   * Columns by key. Types: utf8, bool, int64, float64, timestamp[us,utc], and structs, lists and maps of those; the keys
   * of a map are utf8 and its values flat.
   */
  readonly schema: Schema;
  /** The nullable utf8 column of the schema that keeps what no column is there for. It is not a key of its own. */
  readonly restColumn: string;
  /** Keys that are always null or `{}`, for which there is no column; anything else they hold is kept as unknown. */
  readonly emptyKeys: readonly string[];
}

/** A column of what was shredded: flat, or striped. */
export type ShreddedColumn =
  | { readonly kind: 'flat'; readonly column: Column }
  | { readonly kind: 'nested'; readonly rows: StripedRows };

/** Some rows, until the next line is added. */
export interface ShreddedRows {
  readonly rowCount: number;
  /** One for each field of the schema. */
  readonly columns: readonly ShreddedColumn[];
}

/** Turns lines of JSON into columns. */
export interface Shredder {
  /**
   * Adds the object of one line as a row. What was added before is lost when it fails, and so is the shredder.
   *
   * @throws LakeError `corrupt` with `line` and `offset` in the line, and `path` where that is known: `JSON_SYNTAX`,
   *   `JSON_NUMBER`, `JSON_TEXT`, `DUPLICATE_KEY`, `SCHEMA_MISMATCH`, `LIMIT`.
   */
  add(line: Line): void;
  /** Rows that were added since they were last taken. */
  readonly rowCount: number;
  /** Those rows. */
  take(): ShreddedRows;
  /** How often each key was met that the schema does not have, by path, over all rows: `meta.new`, `spot_prices[].volume`. */
  readonly unknownKeys: ReadonlyMap<string, number>;
}

/** Lists in lists of a schema; more need a larger stack of indexes than there is. */
const LISTS_MAX = 16;

/**
 * A shredder, which has seen nothing yet.
 *
 * `{}` is null where a struct or a map may be, and `[]` an empty list; a missing key is null. Integers are exact or
 * refused. Numbers with a fraction become the nearest double.
 *
 * @throws LakeError `invalid` when the schema has a type that JSON is not read as, or not the column for the rest.
 */
export function createShredder(options: ShredOptions): Shredder {
  return new LineShredder(options);
}

class LineShredder implements Shredder {
  private added = 0;
  private readonly cursor = new JsonCursor();
  private readonly unknown: UnknownKeys;
  private readonly leaves: LeafSlots[] = [];
  /** Fields with their shapes; none for the rest. */
  private readonly columns: readonly (NestedShape | undefined)[];
  private readonly entry: JsonNode;
  private rest: (string | null)[] = [];
  private isTaken = false;

  constructor({ schema: { fields }, restColumn, emptyKeys }: ShredOptions) {
    const rest = fields.find(({ name }) => name === restColumn);
    if (rest?.type.kind !== 'utf8' || !rest.nullable) {
      throw new LakeError('invalid', 'there is no nullable text column for unknown keys', {
        details: { column: restColumn },
      });
    }
    this.unknown = new UnknownKeys(new Set(emptyKeys));
    this.columns = fields.map((field) => (field === rest ? undefined : shapeOf(field)));
    const children = fields.filter((field) => field !== rest);
    const field: Field = { name: '', nullable: false, type: { kind: 'nested', shape: 'struct', children } };
    const site = { leaves: this.leaves, unknown: this.unknown, indexes: new Uint32Array(LISTS_MAX) };
    this.entry = createNode(site, { field, shape: shapeOf(field), path: [], lists: 0 });
  }

  get rowCount(): number {
    return this.isTaken ? 0 : this.added;
  }

  get unknownKeys(): ReadonlyMap<string, number> {
    return this.unknown.counts;
  }

  add({ bytes, number }: Line): void {
    if (this.isTaken) this.clear();
    const { cursor } = this;
    cursor.open(bytes);
    try {
      this.entry.read(cursor, 0);
      cursor.finish();
    } catch (error) {
      if (!isLakeError(error, 'corrupt')) throw error;
      const { code, message, details, cause } = error;
      throw new LakeError('corrupt', message, { code, details: { line: number, ...details }, cause });
    }
    this.rest.push(this.unknown.take() ?? null);
    this.added++;
  }

  take(): ShreddedRows {
    if (this.isTaken) this.clear();
    const rowCount = this.added;
    this.isTaken = true;
    let next = 0;
    const columns = this.columns.map((shape): ShreddedColumn => {
      if (shape === undefined) return { kind: 'flat', column: textColumn(this.rest) };
      const leaves = leavesOf(shape).map(() => (this.leaves[next++] as LeafSlots).view());
      if (shape.shape !== 'leaf') return { kind: 'nested', rows: { shape, rowCount, leaves } };
      return { kind: 'flat', column: spread(leaves[0] as StripedLeaf, rowCount) };
    });
    return { rowCount, columns };
  }

  private clear(): void {
    this.isTaken = false;
    this.added = 0;
    this.rest = [];
    for (const leaf of this.leaves) leaf.clear();
  }
}

/** Present values at their rows; the level of a flat column is its validity. */
function spread({ values, definitions: validity }: StripedLeaf, rowCount: number): Column {
  if (validity === undefined) return values;
  const codes = new Uint32Array(rowCount);
  for (let row = 0, next = 0; row < rowCount; row++) codes[row] = validity[row] === 1 ? next++ : 0;
  assert(values.layout === 'bytes' || values.layout === 'fixed', 'what is shredded is bytes or fixed');
  return { layout: 'dictionary', codes, dictionary: values.values, validity };
}
