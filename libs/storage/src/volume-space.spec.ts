import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { volumeSpace } from './volume-space.js';

it('tells what is left, which is less than there is', async () => {
  const space = await volumeSpace(tmpdir());
  expect(space.totalBytes).toBeGreaterThan(0);
  expect(space.freeBytes).toBeLessThanOrEqual(space.totalBytes);
});

it('fails as missing where nothing is', async () => {
  await expect(volumeSpace(join(tmpdir(), 'ticklake-nowhere', 'x'))).rejects.toMatchObject({
    kind: 'missing',
  });
});
