import { classifySpoolName, type SpoolName } from './classify-spool-name.js';

const input = (day: string): SpoolName => ({ kind: 'input', day }) as SpoolName;
const ignored = (reason: 'temporary' | 'hidden' | 'foreign'): SpoolName => ({ kind: 'ignored', reason });
const unplaced: SpoolName = { kind: 'unplaced' };

describe('classifySpoolName', () => {
  it.each<[string, SpoolName]>([
    ['2026-02-03_14-30-00.parquet', input('2026-02-03')],
    ['2024-08-08_23-55-15.01-truncated-half.parquet', input('2024-08-08')],
    ['2024-08-08_23-55-15_001.parquet', input('2024-08-08')],
    ['2024-08-08_23-55-15-b.parquet', input('2024-08-08')],
    ['2024-02-29_00-00-00.parquet', input('2024-02-29')],
    ['2024-08-08_23-55-15.16-inprogress.parquet.tmp', ignored('temporary')],
    ['._2024-08-08_23-55-15.parquet', ignored('hidden')],
    ['_2024-08-08_23-55-15.parquet', ignored('hidden')],
    ['2024-08-08_23-55-15.csv', ignored('foreign')],
    ['2024-08-08_23-55-15.PARQUET', ignored('foreign')],
    ['x/2024-08-08_23-55-15.parquet', ignored('foreign')],
    ['', ignored('foreign')],
    ['2026-02-30_14-30-00.parquet', unplaced],
    ['2026-02-03_24-00-00.parquet', unplaced],
    ['2026-02-03_23-60-00.parquet', unplaced],
    ['2026-02-03_23-59-60.parquet', unplaced],
    ['2026-02-03_14-30-00x.parquet', unplaced],
    ['2026-02-03.parquet', unplaced],
    ['20260203_143000.parquet', unplaced],
    ['part-1723161630-000000.parquet', unplaced],
    ['x2026-02-03_14-30-00.parquet', unplaced],
  ])('without a date directory: %s', (name, expected) => {
    expect(classifySpoolName(name, { dated: false })).toEqual(expected);
  });

  it.each<[string, SpoolName]>([
    ['part-1723161630-000000.parquet', { kind: 'input', day: undefined }],
    ['2026-02-03_14-30-00.parquet', { kind: 'input', day: undefined }],
    ['part-1723161630-000000.parquet.tmp', ignored('temporary')],
    ['.part.parquet', ignored('hidden')],
    ['_SUCCESS', ignored('hidden')],
    ['meta.json', ignored('foreign')],
  ])('in a date directory: %s', (name, expected) => {
    expect(classifySpoolName(name, { dated: true })).toEqual(expected);
  });
});
