import { programStores } from '@ticklake/storage';
import { REQUESTS } from './limits.js';

/** Stores with the patience of this app. */
export const { openWritable, openReadOnly, requireProbed } = programStores(REQUESTS);
