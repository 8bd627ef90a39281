import { textColumn, type Column } from '@ticklake/columnar';
import fc from 'fast-check';
import { spanOf, timesOf } from './times.js';

const timeColumn = (...times: readonly bigint[]): Column => ({
  layout: 'fixed',
  values: BigInt64Array.from(times),
});

describe('times', () => {
  it('are doubles, exact to 2^53', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeInteger(), { minLength: 1 }), (times) => {
        const columns = [timeColumn(...times.map(BigInt))];
        expect([...timesOf(columns)]).toEqual(times);
        const sorted = times.every((time, i) => i === 0 || (times[i - 1] as number) <= time);
        expect(spanOf(columns)).toEqual({
          firstTime: times[0],
          lastTime: times.at(-1),
          timeMin: Math.min(...times),
          timeMax: Math.max(...times),
          isSorted: sorted,
        });
      }),
    );
  });

  const limit = 2n ** 53n;
  it.each([limit, limit + 1n, -limit, -limit - 1n, 2n ** 63n - 1n, -(2n ** 63n)])('end before %s', (time) => {
    expect(() => spanOf([timeColumn(0n, time, 1n)])).toThrow('assertion failed: times are between');
  });

  it.each<[string, readonly Column[]]>([
    ['no column', []],
    ['text', [textColumn(['1'])]],
    ['doubles', [{ layout: 'fixed', values: Float64Array.of(1) }]],
    ['a null', [{ layout: 'fixed', values: BigInt64Array.of(1n), validity: Uint8Array.of(0) }]],
    ['no rows', [timeColumn()]],
  ])('are not %s', (_, columns) => {
    expect(() => spanOf(columns)).toThrow('assertion failed');
  });
});
