// `npm run test-data`: makes test-data/ anew.
import { localStore } from '@ticklake/storage';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TEST_DATA_FOLDERS, writeTestData } from './write-test-data.js';

const directory = fileURLToPath(new URL('../../../test-data', import.meta.url));
for (const folder of TEST_DATA_FOLDERS) await rm(join(directory, folder), { recursive: true, force: true });
await writeTestData(localStore(directory));
