import { createArena } from '@ticklake/columnar';
import { groupsAtOnce } from './groups-at-once.js';
import { SCHEMA } from './spec-support/test-rows.js';

const MIB = 1024 * 1024;

describe('row groups read at once', () => {
  it.each([
    { name: 'one of a few sources, which have many rows of each', overlap: 16, groups: 1 },
    { name: 'more where many sources have a few rows of each', overlap: 256, groups: 5 },
    { name: 'as many as there is memory for', overlap: 256, bytesMax: 256 * MIB, groups: 1 },
    { name: 'one where row groups are as large', overlap: 256, rowGroupRows: 1_000_000, groups: 1 },
  ])('are $name', ({ overlap, bytesMax = 2048 * MIB, rowGroupRows = 100_000, groups }) => {
    const arena = createArena({ bytesMax });
    expect(groupsAtOnce({ arena, schema: SCHEMA, rowGroupRows }, overlap)).toBe(groups);
  });
});
