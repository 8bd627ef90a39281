import type { ForeignStyleName } from '../../foreign/foreign-style.js';
import type { InputSpec } from '../inputs.js';
import type { Entrant, Measured } from '../measure-rounds.js';
import type { Program } from '../programs.js';

/** Something to measure, and what is to come out. */
export interface Job {
  readonly name: string;
  /** One sentence without a dot: what is done. */
  readonly about: string;
  /** As many as the goals are about. */
  readonly rows: number;
  readonly usesPolars: boolean;
  /** What runs for `rows`, in the order in which it runs. */
  entrants(rows: number, peers: Peers): readonly Entrant[];
  /** What came out, as Markdown. `measured` is in the order of `entrants`, with equal names. */
  report(measured: readonly Measured[]): string;
}

/** Programs that are not always there. */
export interface Peers {
  /** `undefined` where polars cannot be installed. */
  readonly polars: Program | undefined;
}

/** A day of quotes as a collector writes it: a file for every five minutes of 20 million rows. */
export function quotesDay(rows: number): InputSpec {
  return {
    stream: 'bbo',
    rows,
    files: filesFor(rows, { rows: 20_000_000, files: 288 }),
    shape: 'in-turn',
    overlapShare: 0.1,
    style: DICTIONARIES,
  };
}

/** snappy and dictionaries. */
export const DICTIONARIES: ForeignStyleName = 'duckdb-v1-dictionary';

/** As many files for `rows` as files of the same size give. */
export function filesFor(rows: number, of: { readonly rows: number; readonly files: number }): number {
  return Math.max(2, Math.round((rows * of.files) / of.rows));
}

/** The measured entrant of that name. @throws Error when there is none. */
export function named(measured: readonly Measured[], name: string): Measured {
  const found = measured.find((one) => one.name === name);
  if (found === undefined) throw new Error(`${name} was not measured`);
  return found;
}
