import type { InputSpec } from '../inputs.js';
import type { EngineTask } from '../engine-task.js';
import { compactor, duckdb, engine } from '../programs.js';
import { figuresTable, ratiosTable, type Goal } from '../tables.js';
import { DICTIONARIES, filesFor, quotesDay, type Job } from './job.js';

/** A job whose goal is to be so many times faster than others. */
export interface Race {
  readonly name: string;
  readonly about: string;
  readonly rows: number;
  readonly input: (rows: number) => InputSpec;
  readonly pages: EngineTask['pages'];
  readonly goals: readonly Goal[];
}

/** Ours, both programs, against the peers that goals are about. */
export function race({ name, about, rows, input, pages, goals }: Race): Job {
  const isPeer = (peer: string) => goals.some(({ against }) => against === peer);
  return {
    name,
    about,
    rows,
    usesPolars: isPeer('polars'),
    entrants: (count, { polars }) => {
      const spec = input(count);
      return [
        { name: 'engine', input: spec, programs: [engine({ pages, receipts: true })] },
        { name: 'compactor', input: spec, programs: [compactor(pages)] },
        { name: 'DuckDB', input: spec, programs: duckdb },
        ...(polars !== undefined && isPeer('polars')
          ? [{ name: 'polars', input: spec, programs: [polars] as const }]
          : []),
      ];
    },
    report: (measured) => {
      const isOurs = (one: string) => one === 'engine' || one === 'compactor';
      const ours = measured.filter((one) => isOurs(one.name));
      const peers = measured.filter((one) => !isOurs(one.name));
      return `${figuresTable(measured)}\n\n${ratiosTable(ours, { peers, goals })}`;
    },
  };
}

/** See the README for what each of them is about. */
export const RACES: readonly Job[] = [
  race({
    name: 'bbo',
    about:
      'A day of quotes, snappy and dictionaries, a tenth of the file boundaries overlapping; encoded anew',
    rows: 20_000_000,
    input: quotesDay,
    pages: 'encode',
    goals: [
      { against: 'DuckDB', wallMin: 5, rssMin: 8 },
      { against: 'polars', wallMin: 2.5, rssMin: undefined },
    ],
  }),
  race({
    name: 'bbo-passthrough',
    about: 'The day of `bbo`, codec kept, pages copied where one run of the merge covers them',
    rows: 20_000_000,
    input: quotesDay,
    pages: 'copy',
    goals: [{ against: 'DuckDB', wallMin: 8, rssMin: undefined }],
  }),
  race({
    name: 'interleaved',
    about: '256 files, each with rows of the whole day',
    rows: 20_000_000,
    input: (rows) => ({ ...quotesDay(rows), files: 256, shape: 'interleaved', overlapShare: 0 }),
    pages: 'encode',
    goals: [{ against: 'DuckDB', wallMin: 4, rssMin: undefined }],
  }),
  race({
    name: 'trades',
    about: 'A day of trades, each with an id of its own as text',
    rows: 5_000_000,
    input: (rows) => ({
      stream: 'trade',
      rows,
      files: filesFor(rows, { rows: 5_000_000, files: 288 }),
      shape: 'in-turn',
      overlapShare: 0.1,
      style: DICTIONARIES,
    }),
    pages: 'encode',
    goals: [{ against: 'DuckDB', wallMin: 4, rssMin: undefined }],
  }),
];
