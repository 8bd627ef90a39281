import { errorText, isLakeError, LakeError } from './errors.js';

describe('LakeError', () => {
  it('carries kind, code, details and cause', () => {
    const cause = new Error('EIO');
    const error = new LakeError('corrupt', 'bad page', { code: 'CRC_MISMATCH', details: { page: 3 }, cause });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'LakeError',
      kind: 'corrupt',
      message: 'bad page',
      code: 'CRC_MISMATCH',
      details: { page: 3 },
    });
    expect(error.cause).toBe(cause);
    expect(String(error)).toBe('LakeError: bad page');
  });

  it('needs no more than kind and message', () => {
    const error = new LakeError('missing', 'no such object');
    expect(error.code).toBeUndefined();
    expect(error.details).toEqual({});
    expect('cause' in error).toBe(false);
  });
});

describe('isLakeError', () => {
  it.each([
    [new LakeError('busy', 'x'), undefined, true],
    [new LakeError('busy', 'x'), 'busy', true],
    [new LakeError('busy', 'x'), 'conflict', false],
    [new Error('x'), undefined, false],
    [Object.assign(new Error('x'), { name: 'LakeError', kind: 'busy' }), 'busy', false],
    [{ kind: 'busy', message: 'x' }, 'busy', false],
    ['busy', undefined, false],
    [undefined, undefined, false],
  ] as const)('of %p and kind %p is %p', (error, kind, expected) => {
    expect(isLakeError(error, kind)).toBe(expected);
  });
});

describe('errorText', () => {
  it.each([
    [new LakeError('invalid', 'not a day of the calendar'), 'not a day of the calendar'],
    [
      new LakeError('corrupt', 'bad page', { code: 'X', details: { page: 3, column: 'price', rows: 10n } }),
      'bad page page=3 column=price rows=10',
    ],
    [
      new LakeError('corrupt', 'no statistics', { details: { min: undefined } }),
      'no statistics min=undefined',
    ],
    [new TypeError('x is not a function'), 'x is not a function'],
    [Object.assign(new Error('EIO'), { details: { path: 'a' } }), 'EIO'],
    ['a thrown text', 'a thrown text'],
    [undefined, 'undefined'],
  ])('case %#: %p', (error, expected) => {
    expect(errorText(error)).toBe(expected);
  });
});
