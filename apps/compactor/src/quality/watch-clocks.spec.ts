import fc from 'fast-check';
import { watchClocks, type ClockLimits } from './watch-clocks.js';

const LIMITS: ClockLimits = { perMs: 1, backMs: 1000, forwardMs: 10_000, farMs: 300_000, stepsMax: 100 };

type Row = readonly [event: bigint, received: bigint];

function summarize(pieces: readonly (readonly Row[])[], limits = LIMITS) {
  const watch = watchClocks(limits);
  for (const rows of pieces) {
    const events = BigInt64Array.from(rows, ([event]) => event);
    watch.add(
      events,
      BigInt64Array.from(rows, ([, received]) => received),
      undefined,
    );
  }
  return watch.finish();
}

/** With bigints throughout. */
function naive(rows: readonly Row[]) {
  const latencies = rows.map(([event, received]) => Number(received - event));
  const steps = rows.slice(1).flatMap(([event, received], i) => {
    const [eventBefore, receivedBefore] = rows[i] as Row;
    const moved = Number(received - receivedBefore);
    const grown = moved - Number(event - eventBefore);
    if (moved <= -LIMITS.backMs) return [{ from: event, byMs: moved }];
    return grown >= LIMITS.forwardMs ? [{ from: event, byMs: grown }] : [];
  });
  return {
    rowCount: rows.length,
    negative: latencies.filter((latency) => latency < 0).length,
    far: latencies.filter((latency) => Math.abs(latency) > LIMITS.farMs).length,
    stepsBack: steps.filter(({ byMs }) => byMs < 0).length,
    stepsForward: steps.filter(({ byMs }) => byMs > 0).length,
  };
}

const time = fc.bigInt({ min: 1_770_000_000_000n, max: 1_770_000_900_000n });
const someRows = fc
  .array(fc.tuple(time, time), { maxLength: 80 })
  .map((rows) => rows.sort(([a], [b]) => Number(a - b)));

it('counts what exact arithmetic counts, however the rows come', () => {
  fc.assert(
    fc.property(someRows, fc.nat({ max: 80 }), (rows, cut) => {
      expect(summarize([rows.slice(0, cut), rows.slice(cut)])).toMatchObject(naive(rows));
    }),
  );
});

it('tells latency to within 3 %', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -2000, max: 5000 }), { minLength: 1 }), (latencies) => {
      const sorted = latencies.toSorted((a, b) => a - b);
      const { p50Ms = NaN, p99Ms = NaN } = summarize([latencies.map((latency) => [0n, BigInt(latency)])]);
      const isNear = (value: number, share: number) => {
        const exact = sorted[Math.ceil(share * sorted.length) - 1] as number;
        expect(Math.abs(value - exact)).toBeLessThanOrEqual(Math.max(1, Math.abs(exact) * 0.03));
      };
      isNear(p50Ms, 0.5);
      isNear(p99Ms, 0.99);
    }),
  );
});

it('a clock that is set back is a step; a row without a time of arrival is passed over', () => {
  const watch = watchClocks(LIMITS);
  const events = BigInt64Array.from([0n, 100n, 200n]);
  watch.add(events, BigInt64Array.from([50n, -7n, -4750n]), Uint8Array.from([1, 0, 1]));
  expect(watch.finish()).toMatchObject({ rowCount: 2, stepsBack: 1, steps: [{ from: 200n, byMs: -4800 }] });
});

it('nanoseconds are told in milliseconds', () => {
  const start = 1_770_076_800_000_000_000n;
  const rows: Row[] = [
    [start, start + 1_000_000n],
    [start + 5_000_000n, start + 20_006_000_000n],
  ];
  const { stepsForward, steps } = summarize([rows], { ...LIMITS, perMs: 1_000_000 });
  expect(stepsForward).toBe(1);
  expect(steps[0]?.byMs).toBeCloseTo(20_000);
});

it('keeps the largest steps where there are too many', () => {
  const rows: Row[] = [0n, 20_000n, 0n, 90_000n, 0n].map((received, i) => [BigInt(i), received]);
  const { stepsBack, stepsForward, steps } = summarize([rows], { ...LIMITS, stepsMax: 2 });
  expect([stepsBack, stepsForward]).toEqual([2, 2]);
  expect(steps.map(({ byMs }) => byMs)).toEqual([89_999, -90_000]);
});

it('no row has no latency', () => {
  expect(summarize([])).toMatchObject({ rowCount: 0, p50Ms: undefined, p99Ms: undefined });
});
