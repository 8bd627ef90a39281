import { CALLS_A_TURN, createCallHere, POOLED_CALLS } from './call-here.js';

/** Calls that take as long as they are told, and where each was made: `h`ere, in the next `t`urn, or in the `p`ool. */
function caller() {
  let ms = 0;
  let hasTurned = false;
  const nextTurn = () => Promise.resolve(void (hasTurned = true));
  const callHere = createCallHere({ nowMs: () => ms, nextTurn });
  return async (tookMs: readonly number[]): Promise<string> => {
    const places: string[] = [];
    for (const took of tookMs) {
      const here = () => {
        ms += took;
        return hasTurned ? 't' : 'h';
      };
      hasTurned = false;
      places.push(await callHere(here, () => Promise.resolve('p')));
    }
    return places.join('');
  };
}

const fast = (count: number) => new Array<number>(count).fill(0.01);

describe('calls', () => {
  it('are made here, one of 64 after others had their turn', async () => {
    const call = caller();
    const turn = `${'h'.repeat(CALLS_A_TURN - 1)}t`;
    expect(await call(fast(2 * CALLS_A_TURN))).toBe(turn + turn);
  });

  it('go to the pool after two in a row that waited, and are tried here again', async () => {
    const call = caller();
    expect(await call([0.1, 5, 0.1, 5, 0.1])).toBe('hhhhh');
    expect(await call([5, 5])).toBe('hh');
    expect(await call(fast(POOLED_CALLS))).toBe('p'.repeat(POOLED_CALLS));
    expect(await call([0.1, 5, 5, 0.1])).toBe('hhhp');
  });

  it('throw what they throw, wherever they are made', async () => {
    let ms = 0;
    const callHere = createCallHere({ nowMs: () => (ms += 5), nextTurn: () => Promise.resolve() });
    const wait = () =>
      callHere(
        () => undefined,
        () => Promise.resolve(undefined),
      );
    for (const isPooled of [false, true]) {
      const made = callHere(
        () => {
          throw new Error('here');
        },
        () => Promise.reject(new Error('pool')),
      );
      await expect(made).rejects.toThrow(isPooled ? 'pool' : 'here');
      await wait();
      await wait();
    }
  });
});
