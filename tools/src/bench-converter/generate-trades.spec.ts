import { generateTrades } from './generate-trades.js';

const OPTIONS = { seed: 1, trades: 25_000, startMs: 1_704_067_200_000, spacingMs: 50 };
const textOf = (options = OPTIONS) => [...generateTrades(options)].join('');

it('makes the same trades for the same seed, and others for another', () => {
  expect(textOf()).toBe(textOf());
  expect(textOf({ ...OPTIONS, seed: 2 })).not.toBe(textOf());
});

it('makes so many trades in order of time, with ids one after another', () => {
  const [header, ...rows] = textOf().trimEnd().split('\n');
  expect(header).toBe('timestamp,price,quantity,is_buyer_maker,agg_trade_id');
  expect(rows).toHaveLength(25_000);
  const fields = rows.map((row) => row.split(','));
  const times = fields.map(([time]) => Number(time));
  expect(times.every((time, i) => i === 0 || (times[i - 1] as number) <= time)).toBe(true);
  expect(fields.every(([, price, , , id], i) => Number(price) > 0 && Number(id) === 3_000_000_000 + i)).toBe(
    true,
  );
});
