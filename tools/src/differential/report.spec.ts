import { addEntries, count, tallyEntries, type Tally } from '../peers/tally.js';
import { missing, reportText } from './report.js';

it('misses everything in nothing, and what is there no more', () => {
  const all = missing(new Map());
  expect(all).toEqual(
    expect.arrayContaining([
      'types: int96 by hyparquet-writer',
      'codecs: BROTLI by duckdb',
      'nulls: all null',
      'encodings: DELTA_BYTE_ARRAY',
    ]),
  );
  const tally: Tally = new Map();
  for (const one of all) {
    const [group = '', name = ''] = one.split(': ');
    count(tally, [group, group === 'encodings' ? `${name} of utf8` : name]);
  }
  expect(missing(tally)).toEqual([]);
});

it('shows what was counted, in whichever process', () => {
  const tally: Tally = new Map();
  count(tally, ['compared with duckdb', 'columns'], 1234);
  count(tally, ['not compared', 'because'], 2);
  const both: Tally = new Map();
  addEntries(both, tallyEntries(tally));
  addEntries(both, tallyEntries(tally));
  expect(reportText(both)).toMatch(/duckdb +2,468 +0/);
  expect(reportText(both)).toContain('not compared, 4 columns: because');
});
