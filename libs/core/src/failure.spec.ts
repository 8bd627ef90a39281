import { LakeError } from './errors.js';
import { readFailure, writeFailure } from './failure.js';

describe('failures', () => {
  it('come back as the errors they were, with details that survive any way', () => {
    const error = new LakeError('corrupt', 'bad', {
      code: 'LIMIT',
      details: { a: 1, b: 'x', c: true, d: null, big: 2n, gone: undefined, list: [1, 2] },
    });
    const back = readFailure(structuredClone(writeFailure(error)));
    expect(back).toBeInstanceOf(LakeError);
    expect(back).toMatchObject({
      kind: 'corrupt',
      message: 'bad',
      code: 'LIMIT',
      details: { a: 1, b: 'x', c: true, d: null, big: '2', list: '1,2' },
      stack: error.stack,
    });
  });

  it('of bugs stay bugs', () => {
    const bug = new TypeError('oops');
    const back = readFailure(structuredClone(writeFailure(bug)));
    expect(back).not.toBeInstanceOf(LakeError);
    expect(back).toMatchObject({ message: 'oops', stack: bug.stack });
    expect(readFailure(writeFailure('text')).message).toBe('text');
  });
});
