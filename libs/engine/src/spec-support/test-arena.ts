import { createArena } from '@ticklake/columnar';

/** One for all tests of a file. */
export const ARENA = createArena({ bytesMax: 2 ** 30 });
