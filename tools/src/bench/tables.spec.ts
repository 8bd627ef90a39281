import type { Usage } from '../measure/run-measured.js';
import { quotesDay } from './jobs/job.js';
import { markdownTable } from './markdown-table.js';
import type { Measured } from './measure-rounds.js';
import { figuresTable, ratiosTable } from './tables.js';

const MIB = 2 ** 20;

function measured(name: string, usages: readonly Usage[]): Measured {
  const input = { spec: quotesDay(2_000_000), raw: '', partition: '', files: '', sizeBytes: 0, content: '' };
  return { name, input, usages, outputBytes: 3 * MIB, choice: undefined, othersShares: [] };
}

const runs = (wallMs: readonly number[], mib: number): Usage[] =>
  wallMs.map((ms) => ({ wallMs: ms, cpuMs: ms * 2, peakRssBytes: mib * MIB }));

const engine = measured('engine', runs([1000, 2000, 4000], 100));
const compactor = measured('compactor', runs([2000, 4000, 8000], 200));
const duckdb = measured('DuckDB', runs([6000, 10_000, 20_000], 1000));

describe('figuresTable', () => {
  it('shows medians', () => {
    expect(cellsOf(figuresTable([engine]))).toEqual([
      ['program', 'rows', 'files', 'wall s', 'cpu s', 'krows/s', 'peak MiB', 'output MiB'],
      ['engine', '2000000', '29', '2.00', '4.00', '1000', '100', '3'],
    ]);
  });
});

describe('ratiosTable', () => {
  it('holds the first of ours to the goal and shows the others', () => {
    const goals = [{ against: 'DuckDB', wallMin: 5, rssMin: 8 }];
    expect(cellsOf(ratiosTable([engine, compactor], { peers: [duckdb], goals })).slice(1)).toEqual([
      [
        'engine against DuckDB',
        '5.00 (5.00..6.00)',
        '5.00 (5.00..6.00)',
        '10.00 (10.00..10.00)',
        'wall ≥ 5, RSS ≥ 8: met',
      ],
      ['compactor against DuckDB', '2.50 (2.50..3.00)', '2.50 (2.50..3.00)', '5.00 (5.00..5.00)', ''],
    ]);
  });

  it.each([
    [5.1, undefined, 'wall ≥ 5.1: missed'],
    [5, undefined, 'wall ≥ 5: met'],
    [5, 11, 'wall ≥ 5, RSS ≥ 11: missed'],
  ])('says whether wall %s and RSS %s are reached', (wallMin, rssMin, expected) => {
    const table = ratiosTable([engine], { peers: [duckdb], goals: [{ against: 'DuckDB', wallMin, rssMin }] });
    expect(cellsOf(table)[1]?.[4]).toBe(expected);
  });
});

it('markdownTable is as wide as its widest cells', () => {
  expect(markdownTable(['a', 'longer'], [['1234', 'x']])).toBe(
    ['| a    | longer |', '| ---- | ------ |', '| 1234 | x      |'].join('\n'),
  );
});

/** Cells of all rows but the ruler. */
function cellsOf(table: string): string[][] {
  const lines = table.split('\n').filter((_, at) => at !== 1);
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
