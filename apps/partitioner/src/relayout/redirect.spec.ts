import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLake } from '../reader/open-lake.js';
import { suiteDirectory } from '../testing/context.js';
import { rowsOf } from '../testing/rows.js';
import { runApp } from '../testing/run-app.js';
import { writeSampleLake, writeSampleSources } from '../testing/sample-lake.js';

const directory = suiteDirectory();
const sources = join(directory, 'sources');
/** A tier moves from one to the next. */
const [first, second, third] = ['first', 'second', 'third'].map((name) => join(directory, name)) as [
  string,
  string,
  string,
];

const move = (from: string, to: string, layout: string) =>
  runApp(['relayout', 'execution', '--lake', from, '--output', to, '--to', layout, '--redirect']);

const read = (lake: string) =>
  rowsOf(openLake(lake).readExecutionData({ date: '2023-05-23', dataType: 'trades' }));

const layoutOf = async (lake: string) => (await openLake(lake).tier('execution')).layout.document.layout;

const partition = (lake: string, layout: string) =>
  runApp([
    ...['partition', 'execution', '--input', join(sources, 'ticks'), '--output', lake],
    ...['--layout', layout, '--copies', 'all'],
  ]);

beforeAll(async () => {
  writeSampleSources(sources);
  await writeSampleLake(sources, first, { layout: 'dash-code' });
});

it('readers follow a tier that moved twice, from wherever they begin', async () => {
  const before = await read(first);
  expect(before).toHaveLength(15);
  expect((await move(first, second, 'dash-diagram')).code).toBe(0);
  expect([await layoutOf(first), await read(first)]).toEqual(['dash-diagram', before]);
  // From the first place, where it is no longer: what moves is the tier, and its second place says so.
  expect((await move(first, third, 'hive')).code).toBe(0);
  for (const lake of [first, second, third])
    expect([await layoutOf(lake), await read(lake)]).toEqual(['hive', before]);
});

it('a tier without partitions moves too', async () => {
  const [empty, to] = [join(directory, 'empty'), join(directory, 'empty-hive')];
  mkdirSync(join(empty, 'execution_data'), { recursive: true });
  copyFileSync(join(third, 'execution_data/_layout.json'), join(empty, 'execution_data/_layout.json'));
  expect((await move(empty, to, 'dash-code')).code).toBe(0);
  expect([await layoutOf(empty), await read(empty)]).toEqual(['dash-code', []]);
});

it.each([
  ['first', first, 'dash-code'],
  ['second', second, 'dash-diagram'],
])('nothing is published in the %s place any more, for readers would not see it', async (_, lake, layout) => {
  const { code, err } = await partition(lake, layout);
  expect(code).toBe(15);
  expect(err).toContain('"code":"MOVED"');
});

it('nor does it move back there, which would lead readers in a circle', async () => {
  const { code, err } = await move(third, first, 'dash-code');
  expect(code).toBe(15);
  expect(err).toContain('the tier moved');
  expect(await read(first)).toHaveLength(15);
});

it('rows that are published where it is now are seen from everywhere', async () => {
  const ms = Date.UTC(2023, 4, 25) * 1000;
  const header = 'exchange,symbol,timestamp,local_timestamp,id,side,price,amount';
  writeFileSync(
    join(sources, 'ticks', 'more_trades.csv'),
    `${header}\nbinance,BTCUSDT,${ms},${ms},1,buy,7,8\n`,
  );
  expect((await partition(third, 'hive')).code).toBe(0);
  for (const lake of [first, second, third]) {
    const added = openLake(lake).readExecutionData({ date: '2023-05-25', columns: ['price', 'data_type'] });
    expect(await rowsOf(added)).toEqual([[7, 'trades']]);
  }
});
