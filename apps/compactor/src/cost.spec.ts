import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { localStore, openStore, USUAL_REQUESTS } from '@ticklake/storage';
import { startObjectServer, type ServedRequest } from '@ticklake/storage/testing';
import { BBO_FILES, BBO, spool, TRADE, TRADE_FILES } from './testing/two-partitions.js';

// The program as it is installed: its workers are processes that make requests of their own.
const BIN = fileURLToPath(new URL('../bundle/main.js', import.meta.url));
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_REGION: 'us-east-1' };
const FILES = Object.keys(BBO_FILES).length + Object.keys(TRADE_FILES).length;

let root: string;
beforeAll(() => {
  if (!existsSync(BIN)) throw new Error('the program is not built: nx bundle @ticklake/compactor');
});
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'ticklake-cost-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function run(...args: string[]) {
  const env = { PATH: process.env['PATH'] ?? '', ...CREDENTIALS };
  const day = ['--date', '20260203', '--scratch', join(root, 'scratch'), '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, [BIN, 'run', ...args, ...day], { env });
  return JSON.parse(stdout);
}

interface Classes {
  readonly lists: number;
  readonly reads: number;
  readonly writes: number;
}

const LISTS: readonly ServedRequest['operation'][] = ['list'];
const READS: readonly ServedRequest['operation'][] = ['get', 'head'];
const WRITES: readonly ServedRequest['operation'][] = ['put', 'beginUpload', 'putPart', 'finishUpload'];

describe('what a run says it took', () => {
  it.each([['--isolate'], ['--no-isolate', '--workers', '2']])(
    'is what the service was asked for (%j)',
    async (...flags) => {
      const server = await startObjectServer({ dialect: 's3', buckets: ['raw', 'lake'] });
      try {
        const urlOf = (bucket: string) => `s3://${bucket}?endpoint=${server.endpoint}`;
        const { raw } = await spool();
        const seeded = openStore(urlOf('raw'), { env: CREDENTIALS, requests: USUAL_REQUESTS });
        for await (const { key } of raw.list('')) await seeded.put(key, (await raw.get(key)).bytes);
        const stores = ['--raw', urlOf('raw'), '--compact', urlOf('lake')];
        const plan = await run(...stores, ...flags, '--plan');
        const before = server.requests.length;
        const { actual, planned } = await run(...stores, ...flags);
        const served = server.requests.slice(before);
        const count = (bucket: string, operations: readonly ServedRequest['operation'][]) =>
          served.filter((each) => each.bucket === bucket && operations.includes(each.operation)).length;
        const countAll = (bucket: string): Classes => ({
          lists: count(bucket, LISTS),
          reads: count(bucket, READS),
          writes: count(bucket, WRITES),
        });
        const { rawRequests, compactRequests: own, probeRequests: probe } = actual;
        expect(rawRequests).toEqual(countAll('raw'));
        expect({
          lists: own.lists + probe.lists,
          reads: own.reads + probe.reads,
          writes: own.writes + probe.writes,
        }).toEqual(countAll('lake'));
        expect(rawRequests.reads).toBe(2 * FILES);
        expect(planned).toEqual(plan.total);
        // Two more: whether anything is published, or in quarantine, as there is no state.
        expect(actual.requests).toEqual({ ...planned.requests, lists: planned.requests.lists + 2 });
        expect(actual.fetchedBytes).toBeGreaterThan(planned.fetchedBytes);
        expect(actual.lostWorkers).toBe(0);
      } finally {
        await server.close();
      }
    },
    120_000,
  );

  it('on a local disk is no request, and the memory of all processes', async () => {
    const { raw } = await spool();
    const disk = localStore(join(root, 'raw'));
    for (const directory of [BBO, TRADE])
      for await (const { key } of raw.list(directory)) await disk.put(key, (await raw.get(key)).bytes);
    const stores = ['--raw', join(root, 'raw'), '--compact', join(root, 'lake')];
    const { actual, rows } = await run(...stores, '--isolate');
    expect(actual.requests).toEqual({ lists: 0, reads: 0, writes: 0 });
    expect(actual.dollars).toEqual({ s3: 0, r2: 0, gs: 0 });
    // Two processes, of which the smaller is a Node that has read Parquet.
    expect(actual.memoryBytes).toBeGreaterThan(100 * 2 ** 20);
    expect(actual.rowsPerSecond).toBe(Math.round((rows * 1000) / actual.tookMs));
  });
});
