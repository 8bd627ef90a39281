import fc from 'fast-check';
import { createExaminer } from './examine-rows.js';
import { createTally } from './tally.js';

const DAY = { start: 0, end: 86_400_000, step: undefined, now: 86_400_000 };

/** Ids that mostly rise by one, near places where halves of 64 bits wrap. */
const arbitraryIds = fc
  .tuple(
    fc.constantFrom(-3n, 0n, 2n ** 31n - 3n, 2n ** 32n - 3n, 2n ** 33n + 2n ** 31n - 3n, -(2n ** 32n) - 3n),
    fc.array(fc.constantFrom(1n, 1n, 1n, 1n, 0n, 2n, -1n, 2n ** 32n, 2n ** 32n + 1n), { maxLength: 40 }),
  )
  .map(([first, steps]) => {
    const ids = [first];
    for (const step of steps) ids.push((ids.at(-1) ?? 0n) + step);
    return ids;
  });

it('finds missing, repeated and falling ids of trades as a look at every one does, however they are cut', () => {
  fc.assert(
    fc.property(arbitraryIds, fc.integer({ min: 1, max: 9 }), (ids, batchRows) => {
      const tally = createTally();
      const examiner = createExaminer('aggtrades', DAY, tally);
      for (let start = 0; start < ids.length; start += batchRows) {
        const some = ids.slice(start, start + batchRows);
        const numbers = Float64Array.from(some, () => 1);
        examiner.add({
          times: Float64Array.from(some, (_, i) => start + i),
          values: {
            ...{ trade_price: numbers, trade_quantity: numbers, trade_is_buyer_maker: numbers },
            trade_id: BigInt64Array.from(some),
          },
        });
      }
      const { statistics } = examiner.finish();
      const steps = ids.slice(1).map((id, i) => id - (ids[i] as bigint));
      const expected = {
        duplicates: steps.filter((step) => step === 0n).length,
        trade_ids: steps.filter((step) => step > 1n).length,
        trade_id_order: steps.filter((step) => step < 0n).length,
      };
      const found = Object.fromEntries(tally.findings().map(({ check, count }) => [check, count]));
      expect({ duplicates: 0, trade_ids: 0, trade_id_order: 0, ...found }).toEqual(expected);
      const missing = steps.reduce((sum, step) => (step > 1n ? sum + step - 1n : sum), 0n);
      expect(statistics).toMatchObject({
        missing_trade_ids: String(missing),
        ...{ quantity: ids.length, buyer_maker_trades: ids.length, price_min: 1, price_max: 1 },
      });
    }),
  );
});
