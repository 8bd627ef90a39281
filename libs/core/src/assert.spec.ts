import { assert, unreachable } from './assert.js';
import { isLakeError } from './errors.js';

describe('assert', () => {
  it.each([[true], [1], ['x'], [{}], [0n === BigInt(0)]])('lets %p pass', (condition) => {
    expect(() => assert(condition, 'holds')).not.toThrow();
  });

  it.each([[false], [0], [''], [undefined], [null], [NaN], [0n]])('stops at %p', (condition) => {
    expect(() => assert(condition, 'rows are sorted')).toThrow('assertion failed: rows are sorted');
  });
});

it('a value the types rule out is named', () => {
  expect(() => unreachable('zip' as never)).toThrow('assertion failed: unexpected value zip');
});

it('a bug is no LakeError, so nobody handles it as bad input', () => {
  const thrown = (stop: () => void): unknown => {
    try {
      stop();
    } catch (error) {
      return error;
    }
    return undefined;
  };
  for (const error of [thrown(() => assert(false, 'x')), thrown(() => unreachable(0 as never))]) {
    expect(error).toBeInstanceOf(Error);
    expect(isLakeError(error)).toBe(false);
  }
});
