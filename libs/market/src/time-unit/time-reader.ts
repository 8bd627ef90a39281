import { LakeError } from '@ticklake/core';

/** Units of whole numbers since 1970. */
export type EpochUnit = 's' | 'ms' | 'us' | 'ns';

/** Units that columns have: doubles hold every time in them exactly. */
export type ColumnUnit = 'ms' | 'us';

/** How the times of a file become those of a column. */
export interface TimeRule {
  /** The unit that the file is said to have; `undefined` where the size of its numbers tells, which only milliseconds and microseconds may. */
  readonly sourceUnit: EpochUnit | undefined;
  /** The unit of the column; `undefined` keeps milliseconds and microseconds, and makes milliseconds of seconds, microseconds of nanoseconds. */
  readonly targetUnit: ColumnUnit | undefined;
}

/** Where a row stands, for messages. */
export type RowPlace = (row: number) => Readonly<Record<string, unknown>>;

const PER_SECOND: Readonly<Record<EpochUnit, number>> = { s: 1, ms: 1e3, us: 1e6, ns: 1e9 };
const KEPT: Readonly<Record<EpochUnit, ColumnUnit>> = { s: 'ms', ms: 'ms', us: 'us', ns: 'us' };
const UNITS = Object.keys(PER_SECOND) as readonly EpochUnit[];

const WORD = 2 ** 32;

/** 1990 to 2100, in seconds: in no unit do they overlap with those of another. */
const FIRST_S = 631_152_000;
const LAST_S = 4_102_444_800;

/**
 * Finds the unit of the times of one file, holds all of them to it, and converts them, exactly or not at all (C-36, UC-12). The unit is
 * never that of the largest number: every row is looked at.
 */
export class TimeReader {
  private unit: EpochUnit | undefined;

  constructor(private readonly rule: TimeRule) {
    this.unit = rule.sourceUnit;
  }

  /** That of the rows so far; `undefined` before the first. */
  get sourceUnit(): EpochUnit | undefined {
    return this.unit;
  }

  /** That of what {@link TimeReader.convert} makes; `undefined` before the first row. */
  get targetUnit(): ColumnUnit | undefined {
    return this.rule.targetUnit ?? (this.unit && KEPT[this.unit]);
  }

  /**
   * Converts in place.
   *
   * @param validity - Rows that have no time are passed over.
   * @throws LakeError `corrupt`, with the place of the row: `TIME_RANGE` outside 1990 to 2100, and for seconds and nanoseconds that
   *   nobody said there would be; `TIME_UNIT_MIXED` for a row of another unit than those before; `TIME_INEXACT` for a time that the
   *   unit of the column cannot tell.
   */
  convert(values: BigInt64Array, validity: Uint8Array | undefined, placeOf: RowPlace): void {
    const halves = halvesOf(values);
    const isPresent = (row: number) => validity === undefined || validity[row] === 1;
    if (this.unit === undefined) {
      const first = values.findIndex((_, row) => isPresent(row));
      if (first < 0) return;
      this.unit = detected(timeAt(halves, first), () => placeOf(first));
    }
    const { unit, targetUnit = unit } = this;
    // Decided before the loop, as V8 compiles that while it runs for the first time, and leaves its code where it has not seen what comes.
    const isRescaled = targetUnit !== unit;
    const least = FIRST_S * PER_SECOND[unit];
    const most = LAST_S * PER_SECOND[unit];
    const leastHigh = Math.floor(least / WORD);
    const mostHigh = Math.floor(most / WORD);
    for (let row = 0; row < values.length; row++) {
      const high = halves[2 * row + 1] as number;
      // Between these the low half does not matter, and whole numbers are compared in a fifth of the time.
      if (high > leastHigh && high < mostHigh) continue;
      const time = timeAt(halves, row);
      if (time >= least && time < most) continue;
      if (isPresent(row)) throw outside(values[row] as bigint, unit, placeOf(row));
    }
    if (isRescaled) rescale(values, validity, { unit, targetUnit, placeOf });
  }
}

/** Times as low and high halves in turn: a bigint for each would be an object for each. */
function halvesOf({ buffer, byteOffset, length }: BigInt64Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length * 2);
}

function timeAt(halves: Int32Array, row: number): number {
  return (halves[2 * row + 1] as number) * WORD + ((halves[2 * row] as number) >>> 0);
}

function detected(value: number, placeOf: () => Readonly<Record<string, unknown>>): EpochUnit {
  const unit = unitOf(value);
  if (unit === 'ms' || unit === 'us') return unit;
  throw timeFailure('TIME_RANGE', 'a time is not in milliseconds or microseconds between 1990 and 2100', {
    ...placeOf(),
    value,
    ...(unit === undefined ? {} : { looksLike: unit }),
  });
}

function unitOf(value: number): EpochUnit | undefined {
  return UNITS.find((unit) => value >= FIRST_S * PER_SECOND[unit] && value < LAST_S * PER_SECOND[unit]);
}

function outside(value: bigint, unit: EpochUnit, place: Readonly<Record<string, unknown>>): LakeError {
  const other = unitOf(Number(value));
  if (other === undefined)
    return timeFailure('TIME_RANGE', 'a time is not between 1990 and 2100', { ...place, value, unit });
  return timeFailure('TIME_UNIT_MIXED', 'a time has another unit than those before', {
    ...place,
    value,
    unit,
    found: other,
  });
}

function rescale(
  values: BigInt64Array,
  validity: Uint8Array | undefined,
  {
    unit,
    targetUnit,
    placeOf,
  }: { readonly unit: EpochUnit; readonly targetUnit: EpochUnit; readonly placeOf: RowPlace },
): void {
  const [from, to] = [PER_SECOND[unit], PER_SECOND[targetUnit]];
  const factor = BigInt(Math.max(1, to / from));
  const divisor = BigInt(Math.max(1, from / to));
  for (let row = 0; row < values.length; row++) {
    if (validity !== undefined && validity[row] === 0) continue;
    const value = values[row] as bigint;
    if (value % divisor !== 0n) {
      throw timeFailure('TIME_INEXACT', 'a time is not a whole number of the unit of its column', {
        ...placeOf(row),
        ...{ value, unit, targetUnit },
      });
    }
    values[row] = (value / divisor) * factor;
  }
}

function timeFailure(code: string, message: string, details: Readonly<Record<string, unknown>>): LakeError {
  return new LakeError('corrupt', message, { code, details });
}
