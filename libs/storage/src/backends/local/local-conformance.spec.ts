import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeObjectStore } from '../../conformance/index.js';
import { localStore } from './local-store.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ticklake-conformance-'));
});
afterAll(() => rm(root, { recursive: true }));

let stores = 0;
describeObjectStore('local', () => Promise.resolve(localStore(join(root, String(stores++)))));
