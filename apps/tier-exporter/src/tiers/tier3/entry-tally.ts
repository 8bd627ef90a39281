import type { Column, Field } from '@ticklake/columnar';
import { assert, startOfDayMs, type UtcDay } from '@ticklake/core';
import type { ShreddedRows } from '@ticklake/jsonl';
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
  return {
    add(rows) {
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
    }),
  };
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
