import { createCallHere, POOLED_CALLS } from './call-here.js';

/** Calls that take as long as they are told, and where each was made: `h`ere or in the `p`ool. */
function caller() {
  let ms = 0;
  const callHere = createCallHere({ nowMs: () => ms });
  return async (tookMs: readonly number[]): Promise<string> => {
    const places: string[] = [];
    for (const took of tookMs) {
      const here = () => {
        ms += took;
        return 'h';
      };
      places.push(await callHere(here, () => Promise.resolve('p')));
    }
    return places.join('');
  };
}

const fast = (count: number) => new Array<number>(count).fill(0.01);

describe('calls', () => {
  it('are made here, but for one of 64', async () => {
    const call = caller();
    const turn = `${'h'.repeat(POOLED_CALLS - 1)}p`;
    expect(await call(fast(2 * POOLED_CALLS))).toBe(turn + turn);
  });

  it('go to the pool after two in a row that waited, and are tried here again', async () => {
    const call = caller();
    expect(await call([0.1, 5, 0.1, 5, 0.1])).toBe('hhhhh');
    expect(await call([5, 5])).toBe('hh');
    expect(await call(fast(POOLED_CALLS))).toBe('p'.repeat(POOLED_CALLS));
    expect(await call([0.1, 5, 5, 0.1])).toBe('hhhp');
  });

  it('throw what they throw, wherever they are made', async () => {
    const callHere = createCallHere({ nowMs: () => 0 });
    for (let i = 0; i < POOLED_CALLS; i++) {
      const isPooled = i === POOLED_CALLS - 1;
      const made = callHere(
        () => {
          throw new Error('here');
        },
        () => Promise.reject(new Error('pool')),
      );
      await expect(made).rejects.toThrow(isPooled ? 'pool' : 'here');
    }
  });
});
