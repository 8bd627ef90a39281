import { LakeError } from '@ticklake/core';
import { diskError } from './errno.js';

const failure = (code: string) => Object.assign(new Error(code), { code, syscall: 'open' });

describe('diskError', () => {
  it.each([
    ['ENOENT', 'missing'],
    ['ENOTDIR', 'missing'],
    ['EACCES', 'denied'],
    ['EPERM', 'denied'],
    ['EROFS', 'denied'],
    ['ELOOP', 'corrupt'],
    ['ENAMETOOLONG', 'invalid'],
    ['ENOSPC', 'unavailable'],
    ['EDQUOT', 'unavailable'],
    ['EIO', 'unavailable'],
    ['EMFILE', 'unavailable'],
    ['ENFILE', 'unavailable'],
    ['ESTALE', 'unavailable'],
    ['EFBIG', 'unavailable'],
  ])('tells %s as %s', (errno, kind) => {
    const cause = failure(errno);
    expect(diskError(cause, { key: 'k' })).toMatchObject({ kind, details: { key: 'k', errno }, cause });
  });

  it('leaves LakeErrors and bugs as they are', () => {
    for (const error of [new LakeError('busy', 'x'), new TypeError('x'), 'text', undefined]) {
      expect(diskError(error, {})).toBe(error);
    }
  });
});
