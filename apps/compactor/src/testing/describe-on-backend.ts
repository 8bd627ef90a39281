import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { localStore, openStore, USUAL_REQUESTS, type ObjectStore } from '@ticklake/storage';
import { compact } from '../job.js';
import { testContext, testRequest } from './context.js';
import { contentsOf, openStoresWith } from './spool.js';
import { BBO, spool, TRADE } from './two-partitions.js';

// The program as it is installed: built, and started by Node in a process of its own.
const BIN = fileURLToPath(new URL('../../bundle/main.js', import.meta.url));

/** Where the suites of the compactor run. */
export interface TestedBackend {
  /** The URL of something empty below the bucket, with what it needs to be opened. */
  urlOf(name: string): string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The compactor's suites with raw and compact on another backend, unchanged; that it publishes the very bytes that it publishes on a local
 * disk; and the program itself, which reads such stores in processes of its own.
 */
export async function describeOnBackend(name: string, { urlOf, env }: TestedBackend): Promise<void> {
  let opened = 0;
  const open = (url: string) => openStore(url, { env, requests: USUAL_REQUESTS });
  openStoresWith(() => open(urlOf(`store-${++opened}`)));
  await import('../job.spec.js');
  await import('../state.spec.js');
  await import('../verify-partition.spec.js');
  await import('../meta-claims.spec.js');
  await import('../find-damage.spec.js');

  describe(`on ${name}`, () => {
    const DATA = [BBO, TRADE].map((directory) => `${directory}date=20260203/data.parquet`);
    let root: string;
    beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'ticklake-backend-'))));
    afterEach(() => rmSync(root, { recursive: true }));

    /** Every published data object, by key. */
    const dataOf = async (store: ObjectStore) => {
      const contents = await contentsOf(store);
      return DATA.map((key) => contents.get(key));
    };
    const copied = async (from: ObjectStore, to: ObjectStore) => {
      for await (const { key } of from.list('')) await to.put(key, (await from.get(key)).bytes);
    };

    it('publishes the bytes that are published on a local disk', async () => {
      const stores = await spool();
      await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
      const local = { raw: localStore(join(root, 'raw')), compact: localStore(join(root, 'lake')) };
      await copied(stores.raw, local.raw);
      await compact(testRequest(), testContext(local, { today: '2026-02-04' }));
      const published = await dataOf(stores.compact);
      expect(published.every((data) => data !== undefined)).toBe(true);
      expect(published).toEqual(await dataOf(local.compact));
    });

    it('is compacted, verified and probed by the program', async () => {
      const { raw } = await spool();
      const [rawUrl, lakeUrl] = [urlOf(`store-${opened - 1}`), urlOf('of-the-program')];
      await copied(raw, localStore(join(root, 'raw')));
      const program = async (...args: string[]) =>
        (await promisify(execFile)(process.execPath, [BIN, ...args], { env })).stdout;
      const day = ['--date', '20260203'];
      const scratch = ['--scratch', join(root, 'scratch')];
      expect(await program('probe', lakeUrl)).not.toContain('NO');
      expect(await program('run', '--raw', rawUrl, '--compact', lakeUrl, ...day, ...scratch)).toContain(
        '2026-02-03: 2 compacted (300 rows), 0 skipped, 0 failed',
      );
      const verified = await program('verify', '--compact', lakeUrl, '--raw', rawUrl, '--against-sources');
      expect(verified).toMatch(/^2 partitions, \d+ bytes verified, 0 with errors/m);
      await program('run', '--raw', join(root, 'raw'), '--compact', join(root, 'lake'), ...day);
      expect(await dataOf(open(lakeUrl))).toEqual(await dataOf(localStore(join(root, 'lake'))));
    });
  });
}
