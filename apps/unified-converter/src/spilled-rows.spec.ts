import { open } from 'node:fs/promises';
import type { PublishRequest } from './lanes/lane-work.js';
import { suiteDirectory, testLake } from './testing/context.js';
import { binanceKlines, dayMs } from './testing/rows.js';

const directory = suiteDirectory();
const DAY = '2024-01-01';

/** A trade of Binance's public data, all of which are of one millisecond. */
const trade = (id: number) => `${id},${40_000 + id}.5,0.${id},${id},${id},${dayMs(DAY)},True,True\n`;

/** What becomes of trades of two files, in whose partition `change` is done between reading and publishing. */
async function failureAfter(change: (request: PublishRequest) => Promise<PublishRequest>) {
  const lake = testLake(directory);
  await lake.put(`BTCUSDT-1m-${DAY}.csv`, binanceKlines(DAY, { bars: 5 }));
  await lake.put(`BTCUSDT-aggTrades-${DAY}.csv`, trade(1));
  await lake.put('BTCUSDT-aggTrades-2024-01-02.csv', trade(2));
  const { lanes } = lake.context;
  const run = lanes.run.bind(lanes);
  lanes.run = async (request, given) =>
    request.type === 'publish' && request.routed.dataset === 'aggtrades'
      ? run((await change(request)) as typeof request, given)
      : run(request, given);
  const { datasets } = await lake.convert();
  const keys = [...(await lake.published()).keys()].filter((key) => key.startsWith('aggtrades'));
  const [failure] = datasets.find(({ path }) => path.startsWith('aggtrades'))?.failures.values() ?? [];
  return { failure, keys };
}

it('rows that nobody has touched are published', async () => {
  const { failure, keys } = await failureAfter((request) => Promise.resolve(request));
  expect(failure).toBeUndefined();
  expect(keys).toHaveLength(1);
});

it.each<[string, (request: PublishRequest) => Promise<PublishRequest>]>([
  [
    'are not those that were read',
    async (request) => {
      const file = await open(request.routed.spillPath, 'r+');
      const price = 24;
      await file.write(Uint8Array.of(1), 0, 1, (request.partition.parts[0]?.offset ?? 0) + price);
      await file.close();
      return request;
    },
  ],
  [
    'have changed places within a millisecond',
    ({ partition, ...request }) =>
      Promise.resolve({ ...request, partition: { ...partition, parts: [...partition.parts].reverse() } }),
  ],
])('rows that %s on their way over the disk are not published', async (_, change) => {
  const { failure, keys } = await failureAfter(change);
  expect(failure).toMatchObject({ kind: 'corrupt', code: 'RECEIPT' });
  expect(keys).toEqual([]);
});
