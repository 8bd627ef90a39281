import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { memoryStore } from '../backends/memory/memory-store.js';
import { localStore } from '../backends/local/local-store.js';
import { defaultScratch } from './default-scratch.js';

describe('defaultScratch', () => {
  it('is on the disk of a local store, whatever its path is spelled like', () => {
    const root = join(tmpdir(), 'a lake 100%');
    expect(defaultScratch(localStore(root))).toBe(join(root, '.tmp-scratch'));
    expect(defaultScratch({ url: pathToFileURL(root).href })).toBe(join(root, '.tmp-scratch'));
  });

  it('is on the disk of the machine for any other store', () => {
    expect(defaultScratch(memoryStore())).toBe(join(tmpdir(), 'ticklake'));
    expect(defaultScratch({ url: 's3://bucket/lake' })).toBe(join(tmpdir(), 'ticklake'));
  });
});
