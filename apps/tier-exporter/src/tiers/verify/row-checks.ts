import type { Field, NestedType } from '@ticklake/columnar';
import { startOfDayMs, type UtcDay } from '@ticklake/core';
import type { Finding } from '@ticklake/manifest';
import { ENTRY_SCHEMA_VERSION, TIER3_SCHEMA } from '../tier3/columns.js';

/** Columns that rows are judged by, as plain values. */
export const JUDGED_COLUMNS = ['symbol', 'meta', 'derived', 'futures_raw'] as const;

/** Values of one row, by column; a tier that does not have a column has no value. */
export type JudgedRow = Readonly<Partial<Record<(typeof JUDGED_COLUMNS)[number], unknown>>>;

/** Usual seconds of an entry; longer ones are cycles that took their time (VF-12). */
const DURATION_SEC = { min: 6000, max: 9000 } as const;

/** What is wrong with a row, for one check. */
interface RowRule {
  readonly check: string;
  readonly severity: Finding['severity'];
  readonly message: string;
  /** What is told of a row that breaks it; `undefined` for one that does not. */
  judge(row: JudgedRow, day: UtcDay | undefined): unknown;
}

const RULES: readonly RowRule[] = [
  {
    check: 'symbol',
    severity: 'error',
    message: 'an entry has no symbol',
    judge: ({ symbol }) => (symbol === '' ? '' : undefined),
  },
  {
    check: 'schema_version',
    severity: 'warning',
    message: 'an entry is of another version than its schema',
    judge: ({ meta }) => {
      const version = memberOf('meta', meta, 'schema_version');
      return `v${String(version)}` === ENTRY_SCHEMA_VERSION ? undefined : version;
    },
  },
  {
    check: 'added_ts',
    severity: 'warning',
    message: 'an entry does not say when it was added',
    judge: ({ meta }) => (memberOf('meta', meta, 'added_ts') === null ? null : undefined),
  },
  {
    check: 'added_other_day',
    severity: 'info',
    message: 'entries were added on another day than that of their folder, as expected',
    judge: ({ meta }, day) => {
      const us = memberOf('meta', meta, 'added_ts');
      if (typeof us !== 'bigint' || day === undefined) return undefined;
      const inDay = us / 1000n - BigInt(startOfDayMs(day));
      return inDay >= 0n && inDay < 86_400_000n ? undefined : us;
    },
  },
  {
    check: 'duration_sec',
    severity: 'warning',
    message: 'meta.duration_sec is outside 6000 to 9000',
    judge: ({ meta }) => {
      const seconds = memberOf('meta', meta, 'duration_sec');
      const isUsual =
        typeof seconds !== 'number' || (seconds >= DURATION_SEC.min && seconds <= DURATION_SEC.max);
      return isUsual ? undefined : seconds;
    },
  },
  {
    check: 'spread_bps',
    severity: 'warning',
    message: 'derived.spread_bps is negative',
    judge: ({ derived }) => {
      const spread = memberOf('derived', derived, 'spread_bps');
      return typeof spread === 'number' && spread < 0 ? spread : undefined;
    },
  },
  {
    check: 'futures',
    severity: 'error',
    message: 'a futures block has no contract, or an age or an open interest below 0',
    judge: ({ futures_raw: futures }) => {
      if (futures === null || futures === undefined) return undefined;
      const contract = memberOf('futures_raw', futures, 'contract');
      const age = memberOf('futures_raw', futures, 'age_sec');
      const interest = memberOf('futures_raw', futures, 'open_interest');
      if (contract === null || contract === '') return 'no contract';
      if (typeof age === 'bigint' && age < 0n) return `age_sec ${age}`;
      return typeof interest === 'number' && interest < 0 ? `open_interest ${interest}` : undefined;
    },
  },
];

/** Rows of which each finding tells. */
const TOLD_MAX = 5;

/** Where a row is. */
export interface RowPlace {
  /** Of the file, from 0. */
  readonly number: number;
  /** That of its folder in the archive; `undefined` where nothing says so. */
  readonly day: UtcDay | undefined;
}

/** Judges rows one by one (VF-09, VF-10, VF-12, VF-13). */
export interface RowJudge {
  add(row: JudgedRow, place: RowPlace): void;
  /** One finding for each check that rows broke, with how many did and which were the first. */
  findings(): readonly Finding[];
}

/** A judge of rows of any tier. */
export function createRowJudge(): RowJudge {
  const broken = new Map<RowRule, { rows: number; first: string[] }>();
  return {
    add(row, { number, day }) {
      for (const rule of RULES) {
        const told = rule.judge(row, day);
        if (told === undefined) continue;
        const so = broken.get(rule) ?? { rows: 0, first: [] };
        so.rows++;
        if (so.first.length < TOLD_MAX) so.first.push(`row ${number}: ${String(told)}`);
        broken.set(rule, so);
      }
    },
    findings: () =>
      RULES.flatMap((rule) => {
        const so = broken.get(rule);
        if (so === undefined) return [];
        const { check, severity, message } = rule;
        return [{ check, severity, message, details: { rows: so.rows, first: so.first.join('; ') } }];
      }),
  };
}

/** A field of a struct column, of a value as nested columns have it. */
function memberOf(column: string, value: unknown, name: string): unknown {
  if (!Array.isArray(value)) return null;
  return value[indexOf(column, name)] as unknown;
}

function indexOf(column: string, name: string): number {
  const { type } = TIER3_SCHEMA.fields.find((field) => field.name === column) as Field;
  return (type as NestedType).children.findIndex((child) => child.name === name);
}
