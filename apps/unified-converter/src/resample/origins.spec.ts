import { METADATA_NAME } from '../documents/metadata.js';
import { suiteDirectory, testLake } from '../testing/context.js';
import { derive, entryOf, FIRST, manifestOf, put, SECOND } from '../testing/derived-bars.js';
import { dayMs } from '../testing/rows.js';

const directory = suiteDirectory();

const failure = (code: string) => expect.objectContaining({ name: 'LakeError', kind: 'conflict', code });

describe('bars of sources and derived ones', () => {
  const FIVE = 'klines_binance_BTCUSDT_5m_consolidated.csv';
  const fives = (...days: readonly string[]) =>
    [
      'timestamp,open,high,low,close,volume',
      ...days.flatMap((day) => [0, 1].map((bar) => `${dayMs(day) + bar * 300_000},2,3,1,2,1`)),
      '',
    ].join('\n');

  it('do not mix: what has sources of its own is not derived', async () => {
    const lake = testLake(directory);
    await lake.put(FIVE, fives(FIRST));
    await lake.convert({ timeframe: '5m' });
    const before = await lake.published();
    await put(lake, FIRST);
    for (const forceRerun of [false, true])
      await expect(derive(lake, [FIRST], { forceRerun })).rejects.toEqual(failure('NOT_DERIVED'));
    // Not a day of it, and nothing of the run at all.
    expect(await lake.published()).toEqual(before);
  });

  it('do not mix: what was derived of one timeframe is not derived of another', async () => {
    const lake = testLake(directory);
    await put(lake, FIRST);
    await derive(lake, [FIRST], { resample: ['1h'] });
    await lake.put(FIVE, fives(FIRST));
    await expect(lake.convert({ timeframe: '5m', resample: ['1h'] })).rejects.toEqual(failure('NOT_DERIVED'));
  });

  it('do not mix: sources replace derived ones only where they are told to, and have all of their days', async () => {
    const lake = testLake(directory);
    for (const day of [FIRST, SECOND]) await put(lake, day);
    await derive(lake, [FIRST, SECOND], { resample: ['5m', '1h'] });
    const before = await lake.published();
    await lake.put(FIVE, fives(FIRST));
    await expect(lake.convert({ timeframe: '5m' })).rejects.toEqual(failure('DERIVED'));
    await expect(lake.convert({ timeframe: '5m', forceRerun: true })).rejects.toEqual(failure('DERIVED'));
    expect(await lake.published()).toEqual(before);
    await lake.put(FIVE, fives(FIRST, SECOND));
    expect(await lake.convert({ timeframe: '5m', forceRerun: true })).toMatchObject({
      failed: 0,
      derived: [],
    });
    const entry = await entryOf(lake, '5m');
    expect(entry).toMatchObject({ source_kind: 'consolidated-csv', rows: 4 });
    expect(entry?.derived_from).toBeUndefined();
    expect((await manifestOf(lake, '5m', 2)).derived_from).toBeUndefined();
    // From now on it is none of the timeframes that are kept up to date.
    expect((await derive(lake, [FIRST, SECOND], { resample: [] })).derived.map(({ path }) => path)).toEqual([
      'klines/binance_BTCUSDT_1h',
    ]);
  });

  it('do not mix where a run died before the metadata said anything', async () => {
    const [lake, other] = [testLake(directory), testLake(directory)];
    await put(lake, FIRST);
    await derive(lake, [FIRST], { resample: ['5m'] });
    await lake.output.delete(METADATA_NAME);
    await lake.put(FIVE, fives(FIRST));
    await expect(lake.convert({ timeframe: '5m' })).rejects.toEqual(failure('DERIVED'));

    await other.put(FIVE, fives(FIRST));
    await other.convert({ timeframe: '5m' });
    await other.output.delete(METADATA_NAME);
    await put(other, FIRST);
    await expect(derive(other, [FIRST])).rejects.toEqual(failure('NOT_DERIVED'));
  });
});
