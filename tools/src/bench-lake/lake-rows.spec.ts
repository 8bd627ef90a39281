import { equalBatches } from '@ticklake/columnar/testing';
import { valueAt } from '@ticklake/columnar';
import { parseUtcDay } from '@ticklake/core';
import { madeCandles, madeInstruments, madeTrades } from './lake-rows.js';

const DAY = parseUtcDay('2024-03-02');
const OPTIONS = { seed: 1, rows: 60_000, day: DAY };

it('makes the same trades for the same seed, and others for another', () => {
  const [first, again] = [[...madeTrades(OPTIONS)], [...madeTrades(OPTIONS)]];
  const [other] = madeTrades({ ...OPTIONS, seed: 2 });
  expect(first.map(({ rowCount }) => rowCount)).toEqual([50_000, 10_000]);
  first.forEach((batch, i) => expect(equalBatches(batch, again[i]!)).toBeUndefined());
  expect(equalBatches(first[0]!, other!)).toBeDefined();
});

it('makes trades in order of time, all of a day, with ids of their own', () => {
  const times: bigint[] = [];
  const ids = new Set<string>();
  for (const { columns, rowCount } of madeTrades(OPTIONS)) {
    for (let row = 0; row < rowCount; row++) {
      times.push(valueAt(columns[2]!, row) as bigint);
      ids.add(Buffer.from(valueAt(columns[4]!, row) as Uint8Array).toString());
    }
  }
  const startUs = BigInt(Date.UTC(2024, 2, 2)) * 1000n;
  expect(ids.size).toBe(60_000);
  expect(times.every((time, i) => time >= (times[i - 1] ?? startUs))).toBe(true);
  expect(times.at(-1)).toBeLessThan(startUs + 86_400_000_000n);
});

it('makes a candle every minute, and instruments that are different ones', () => {
  const { columns } = madeCandles({ seed: 1, rows: 1440, day: DAY });
  expect(valueAt(columns[0]!, 1439)).toBe(BigInt(Date.UTC(2024, 2, 2, 23, 59)) * 1000n);
  const { columns: facts, rowCount } = madeInstruments(5000);
  const ids = Array.from({ length: rowCount }, (_, row) =>
    Buffer.from(valueAt(facts[0]!, row) as Uint8Array).toString(),
  );
  expect(new Set(ids).size).toBe(5000);
});
