import { LakeError } from '@ticklake/core';
import { createHints, withHint } from './hints.js';

const hintOf = createHints({ name: 'tool', hints: { STATE: 'of the app', MEMORY: 'of the app, too' } });

describe('createHints', () => {
  it.each<[string, LakeError, string | undefined]>([
    ['of the app', new LakeError('invalid', 'x', { code: 'STATE' }), 'of the app'],
    [
      'of the app over that of a library',
      new LakeError('invalid', 'x', { code: 'MEMORY' }),
      'of the app, too',
    ],
    ['of a library', new LakeError('invalid', 'x', { code: 'URL' }), 'a store is a path'],
    ['with the name of the program', new LakeError('invalid', 'x', { code: 'USAGE' }), 'tool --help'],
    ['of the kind', new LakeError('denied', 'x', { code: 'SOMETHING' }), 'check the credentials'],
    [
      'of the kind, whatever the code is called',
      new LakeError('busy', 'x', { code: 'toString' }),
      'wait for',
    ],
    ['none for an argument', new LakeError('invalid', 'x'), undefined],
    ['none for a signal', new LakeError('cancelled', 'x'), undefined],
  ])('has one %s', (_, error, hint) => {
    if (hint === undefined) expect(hintOf(error)).toBeUndefined();
    else expect(hintOf(error)).toContain(hint);
  });

  it('has none for a bug', () => expect(hintOf(new TypeError('x'))).toBeUndefined());
});

it('withHint adds a line where there is something to say', () => {
  expect(withHint('a', 'b')).toBe('a\nhint: b');
  expect(withHint('a', undefined)).toBe('a');
});
