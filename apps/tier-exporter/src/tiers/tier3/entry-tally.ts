import type { Column, Field } from '@ticklake/columnar';
import { assert, startOfDayMs, type UtcDay } from '@ticklake/core';
import type { ShreddedColumn, ShreddedRows } from '@ticklake/jsonl';
import { nullRowsOfLevels, nullRowsOfValidity, presentLevel } from '../null-rows.js';
import { TIER3_SCHEMA } from './columns.js';

/** What a manifest says about the entries of a day beside their number. */
export interface EntryFacts {
  /** Of `meta.schema_version`, ascending. */
  readonly schemaVersions: readonly number[];
  /** Of `meta.added_ts`, in microseconds since 1970. */
  readonly addedMinUs: bigint | undefined;
  readonly addedMaxUs: bigint | undefined;
  /** Entries that were added on another day than that of their folder, which is as it should be (VF-13). */
  readonly addedOtherDayRows: number;
  /** In how many entries each column is null that may be. */
  readonly nullCounts: ReadonlyMap<string, number>;
}

/** Counts entries as they pass. */
export interface EntryTally {
  add(rows: ShreddedRows): void;
  facts(): EntryFacts;
}

const META = TIER3_SCHEMA.fields.findIndex(({ name }) => name === 'meta');

/** A tally of the entries of `day`. */
export function createEntryTally(day: UtcDay): EntryTally {
  const versions = new Set<number>();
  const dayStartUs = BigInt(startOfDayMs(day)) * 1000n;
  const dayEndUs = dayStartUs + 86_400_000_000n;
  let addedMinUs: bigint | undefined;
  let addedMaxUs: bigint | undefined;
  let addedOtherDayRows = 0;
  const nullable = TIER3_SCHEMA.fields.map((field) => (field.nullable ? presentLevel(field) : undefined));
  const nulls = nullable.map(() => 0);
  return {
    add(rows) {
      for (const [i, presentFrom] of nullable.entries()) {
        const column = rows.columns[i];
        if (presentFrom !== undefined && column !== undefined)
          nulls[i] = (nulls[i] as number) + nullRows(column, presentFrom);
      }
      for (const version of metaIntegers(rows, 'schema_version')) versions.add(Number(version));
      for (const us of metaIntegers(rows, 'added_ts')) {
        if (addedMinUs === undefined || us < addedMinUs) addedMinUs = us;
        if (addedMaxUs === undefined || us > addedMaxUs) addedMaxUs = us;
        if (us < dayStartUs || us >= dayEndUs) addedOtherDayRows++;
      }
    },
    facts: () => ({
      schemaVersions: [...versions].sort((a, b) => a - b),
      addedMinUs,
      addedMaxUs,
      addedOtherDayRows,
      nullCounts: new Map(
        TIER3_SCHEMA.fields.flatMap(({ name, nullable: may }, i) =>
          may ? [[name, nulls[i] as number] as const] : [],
        ),
      ),
    }),
  };
}

function nullRows(column: ShreddedColumn, presentFrom: number): number {
  if (column.kind === 'nested') {
    const [first] = column.rows.leaves;
    return first === undefined ? 0 : nullRowsOfLevels(first, presentFrom);
  }
  assert(column.column.layout !== 'nested', 'nested rows come striped');
  return nullRowsOfValidity(column.column.validity);
}

/** Present values of a field of `meta`, which has flat ones only: a leaf for each. */
function metaIntegers({ columns }: ShreddedRows, name: string): BigInt64Array {
  const { type } = TIER3_SCHEMA.fields[META] as Field;
  const meta = columns[META];
  assert(type.kind === 'nested' && meta?.kind === 'nested', 'meta is a struct');
  const column: Column | undefined =
    meta.rows.leaves[type.children.findIndex((child) => child.name === name)]?.values;
  assert(column?.layout === 'fixed' && column.values instanceof BigInt64Array, 'it has integers of 64 bits');
  return column.values;
}
