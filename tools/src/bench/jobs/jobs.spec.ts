import type { Input } from '../inputs.js';
import type { Measured } from '../measure-rounds.js';
import { growth, growthOf, nsPerFurtherRow } from './growth.js';
import { JOBS } from './index.js';
import { quotesDay } from './job.js';
import { extraPercent } from './receipts.js';
import { msPerFile, smallFiles } from './small-files.js';
import { sharesOfMiddle, styles } from './styles.js';
import { wall } from '../tables.js';

const WALL_MS = 1000;

function measured(
  name: string,
  { rows = 1000, files = 1, wallMs = [WALL_MS], cpuMs = wallMs, rss = 1 }: Partial<Given>,
): Measured {
  const spec = { ...quotesDay(rows), files };
  const input: Input = { spec, raw: '', partition: '', files: '', sizeBytes: 0, content: '' };
  const usages = wallMs.map((ms, at) => ({ wallMs: ms, cpuMs: cpuMs[at] ?? ms, peakRssBytes: rss }));
  return { name, input, usages, outputBytes: 0, choice: undefined, othersShares: [] };
}

interface Given {
  rows: number;
  files: number;
  wallMs: number[];
  cpuMs: number[];
  rss: number;
}

const polars = { variant: undefined, run: () => Promise.reject(new Error('not run')) };

describe.each(JOBS)('$name', (job) => {
  const entrants = job.entrants(job.rows, { polars });

  it('has entrants of different names, each with files of enough rows', () => {
    expect(new Set(entrants.map(({ name }) => name)).size).toBe(entrants.length);
    for (const { input } of entrants) expect(input.rows / input.files).toBeGreaterThanOrEqual(1000);
  });

  it('runs both of our programs', () => {
    const names = entrants.map(({ name }) => name);
    for (const program of ['engine', 'compactor']) {
      expect(names.some((name) => name === program || name.startsWith(`${program} `))).toBe(true);
    }
  });

  it('asks for polars only where it says so', () => {
    expect(entrants.some(({ name }) => name === 'polars')).toBe(job.usesPolars);
    const without = job.entrants(job.rows, { polars: undefined });
    expect(without.map(({ name }) => name)).toEqual(
      entrants.map(({ name }) => name).filter((name) => name !== 'polars'),
    );
  });

  it('is smaller with fewer rows, and reports on them', () => {
    const few = job.entrants(100_000, { polars });
    expect(few.map(({ name }) => name.replaceAll(/\d/g, ''))).toEqual(
      entrants.map(({ name }) => name.replaceAll(/\d/g, '')),
    );
    const found = few.map(({ name, input }) =>
      measured(name, { ...input, wallMs: [input.rows + input.files] }),
    );
    expect(job.report(found)).toMatch(/^\| program|^\| style/);
  });
});

describe('small-files', () => {
  it('has as many rows in either shape', () => {
    const shapes = smallFiles.entrants(3_000_000, { polars }).map(({ input }) => [input.rows, input.files]);
    expect(new Set(shapes.map(String))).toEqual(new Set(['3000000,3000', '3000000,43']));
  });

  it('tells what a further file takes, round by round', () => {
    const many = measured('', { files: 103, wallMs: [1000, 2000, 4000] });
    const few = measured('', { files: 3, wallMs: [800, 1900, 3700] });
    expect(msPerFile({ many, few }, wall)).toEqual({ median: 2, min: 1, max: 3 });
  });
});

describe('growth', () => {
  const [one, five, twenty, eighty] = [1, 5, 20, 80].map((size) =>
    // 300 ms before the first row, then 1 µs a row, and 1.2 µs beyond 20,000.
    measured('', {
      rows: size * 1000,
      wallMs: [300 + size + Math.max(0, size - 20) * 0.2],
      rss: 100 + (size > 1 ? 10 : 0) + (size > 20 ? 11 : 0),
    }),
  ) as [Measured, Measured, Measured, Measured];

  it('grows from 1 to 80 million rows', () => {
    const rows = growth.entrants(20_000_000, { polars }).map(({ input }) => input.rows);
    expect([...new Set(rows)]).toEqual([1_000_000, 5_000_000, 20_000_000, 80_000_000]);
  });

  it('leaves out what a process costs before its first row', () => {
    expect(nsPerFurtherRow({ before: one, after: five }, wall).median).toBeCloseTo(1000);
    expect(nsPerFurtherRow({ before: twenty, after: eighty }, wall).median).toBeCloseTo(1200);
  });

  it('compares the largest size with the second', () => {
    const { costGrowth, rssGrowth } = growthOf([one, five, twenty, eighty]);
    expect(costGrowth).toBeCloseTo(1.2);
    expect(rssGrowth).toBeCloseTo(1.1);
    expect(() => growthOf([])).toThrow('sizes');
  });
});

it('receipts are told in percent of a run without, round by round', () => {
  const [one, other] = [measured('', { wallMs: [110, 240, 130] }), measured('', { wallMs: [100, 200, 100] })];
  const extra = extraPercent({ one, other }, wall);
  expect(extra.median).toBeCloseTo(20);
  expect(extra.max).toBeCloseTo(30);
});

describe('styles', () => {
  it('are all of one size', () => {
    expect(new Set(styles.entrants(1_000_000, { polars }).map(({ input }) => input.files))).toEqual(
      new Set([16]),
    );
  });

  it('are compared with the middle one of their round', () => {
    const shares = sharesOfMiddle([
      measured('', { cpuMs: [1, 10], wallMs: [0, 0] }),
      measured('', { cpuMs: [2, 20], wallMs: [0, 0] }),
      measured('', { cpuMs: [8, 80], wallMs: [0, 0] }),
    ]);
    expect(shares).toEqual([0.5, 1, 4]);
  });
});
