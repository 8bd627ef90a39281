import { suiteDirectory, testLake } from '../testing/context.js';
import { bars, derive, FIRST, manifestOf, pathOf, put } from '../testing/derived-bars.js';
import { dayMs } from '../testing/rows.js';
import { daysOfPeriod } from '../partitions/partition-period.js';
import { validatePartition } from './validate-partition.js';

const directory = suiteDirectory();

describe('validation of derived bars', () => {
  it('tells which bars are incomplete, and where bars are missing', async () => {
    const lake = testLake(directory);
    await put(
      lake,
      FIRST,
      bars(FIRST, (minute) => minute === 7 || minute === 13 || (minute >= 60 && minute < 120)),
    );
    const { validation } = await derive(lake, [FIRST], { resample: ['5m', '1h'] });
    const ms = (minute: number) => String(dayMs(FIRST) + minute * 60_000);
    const reportOf = (frame: string) => {
      const report = validation?.datasets[`klines/binance_BTCUSDT_${frame}`];
      return { ...report, partition: report?.partitions[pathOf(frame, 1)] };
    };
    expect(reportOf('5m')).toMatchObject({
      status: 'WARN',
      findings: { gaps: 1, incomplete: 1 },
      partition: {
        gaps: [{ from: ms(60), to: ms(115), bars: 12 }],
        incomplete: [{ from: ms(5), to: ms(10), bars: 2 }],
      },
    });
    expect(reportOf('1h').partition).toMatchObject({
      gaps: [{ from: ms(60), to: ms(60), bars: 1 }],
      incomplete: [{ from: ms(0), to: ms(0), bars: 1 }],
    });
    expect((await manifestOf(lake, '5m', 1)).derived_from?.incomplete_bars).toBe(2);
  });

  it('finds bars that are not what their source comes to, or were made of another one', async () => {
    const [lake, other] = [testLake(directory), testLake(directory)];
    await put(lake, FIRST);
    await put(
      other,
      FIRST,
      bars(FIRST, (minute) => minute === 0),
    );
    for (const one of [lake, other]) await derive(one, [FIRST], { resample: ['5m'] });
    // The bars of the other lake, under a manifest that says they were made of the bars of this one.
    const [data, key] = [`${pathOf('5m', 1)}data.parquet`, `${pathOf('5m', 1)}_manifest.json`];
    const { etag } = await lake.output.put(data, (await other.output.get(data)).bytes);
    const theirs = await manifestOf(other, '5m', 1);
    const ours = await manifestOf(lake, '5m', 1);
    const validate = async (derivedFrom: typeof ours.derived_from) => {
      const manifest = { ...theirs, etag, derived_from: derivedFrom };
      await lake.output.put(key, Buffer.from(JSON.stringify(manifest)));
      const { arena, clock } = lake.context;
      return validatePartition(
        { store: lake.output, path: pathOf('5m', 1), ...daysOfPeriod(FIRST) },
        { arena, nowMs: clock.nowMs() },
      );
    };
    expect((await validate(ours.derived_from))?.findings).toEqual([
      expect.objectContaining({ check: 'derived', severity: 'error', count: 1, first: String(dayMs(FIRST)) }),
    ]);
    expect((await validate(theirs.derived_from))?.findings).toEqual([
      expect.objectContaining({
        check: 'derived',
        severity: 'error',
        message: expect.stringContaining('something else'),
      }),
    ]);
  });
});
