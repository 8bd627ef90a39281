import { resultsTable } from './results-table.js';

const usage = (wallMs: number, peakRssBytes: number) => ({ wallMs, cpuMs: wallMs * 2, peakRssBytes });

describe('resultsTable', () => {
  it('shows medians, and ratios taken round by round', () => {
    const table = resultsTable([
      {
        job: { name: 'a', rows: 1000, files: 3 },
        rowCount: 999,
        ours: [usage(1000, 2 ** 20), usage(2000, 2 ** 20), usage(4000, 2 ** 20)],
        duckdb: [usage(4000, 2 ** 22), usage(1000, 2 ** 22), usage(4000, 2 ** 22)],
        oursSizeBytes: 3 * 2 ** 20,
        duckdbSizeBytes: 5 * 2 ** 20,
      },
    ]);
    const [head, , row] = table.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    const shown = Object.fromEntries((head ?? []).map((name, at) => [`${name} ${at}`, row?.[at]]));
    expect(shown).toMatchObject({
      'rows 2': '999',
      'rounds 4': '3',
      'ours: wall s 5': '2.00',
      'peak MiB 8': '1',
      'output MiB 9': '3',
      'DuckDB: wall s 10': '4.00',
      'output MiB 14': '5',
      // 4, 0.5 and 1: not 4.00 / 2.00.
      'rows/s ratio 15': '1.00',
      'RSS ratio 17': '4.00',
    });
  });
});
