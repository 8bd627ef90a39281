/** What a check of `doctor` came to: `warn` will do for now, with `fail` a run fails or its result cannot be relied on. */
export interface Diagnosis {
  readonly check: string;
  readonly state: 'ok' | 'warn' | 'fail';
  /** What was found, for people. */
  readonly found: string;
  /** What to type or to change; `undefined` where nothing is wrong. */
  readonly fix: string | undefined;
}

/** Nothing is wrong. */
export function ok(check: string, found: string): Diagnosis {
  return { check, state: 'ok', found, fix: undefined };
}

/** It works, but should not stay so. */
export function warn(check: string, found: string, fix: string): Diagnosis {
  return { check, state: 'warn', found, fix };
}

/** A run fails, or its result cannot be relied on. */
export function fail(check: string, found: string, fix: string): Diagnosis {
  return { check, state: 'fail', found, fix };
}

/** A size for people: `1.5 GiB`. */
export function sizeOf(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${Math.round((bytes / 2 ** (10 * power)) * 10) / 10} ${units[power]}`;
}
