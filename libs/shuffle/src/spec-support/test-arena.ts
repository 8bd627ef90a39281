import { createArena } from '@ticklake/columnar';

/** The arena that specs of this package work in. */
export const ARENA = createArena({ bytesMax: 2 ** 28 });
