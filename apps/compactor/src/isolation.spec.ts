import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseUtcDay, systemClock, type Clock } from '@ticklake/core';
import { readQuarantine } from '@ticklake/jobs';
import { localStore } from '@ticklake/storage';
import { compact, type CompactSummary } from './job.js';
import { quarantineDirectory } from './partition-key.js';
import type { OnCorrupt } from './settings.js';
import { testContext, testRequest, testSettings } from './testing/context.js';
import { contentsOf, expectedRows, publishedRows, putSpool } from './testing/spool.js';
import { readMeta, rowsFrom } from './testing/two-partitions.js';
import { createWorkers } from './workers.js';

// Workers in processes of their own, which read files that do what their names say. Both are as they are installed: built.
const SCRIPT = new URL('./spec-support/hostile-worker.mjs', import.meta.url);

const MIB = 2 ** 20;
/** Longer than any pause of a busy machine. */
const SILENCE_MS = 300_000;
const DAY = parseUtcDay('20260203');
const keyOf = (symbol: string) => ({ exchange: 'binance', stream: 'bbo', symbol, day: DAY });
const directoryOf = (symbol: string) => `exchange=binance/stream=bbo/symbol=${symbol}/date=20260203/`;
const GOOD = { 'part-1.parquet': rowsFrom(0, 40), 'part-3.parquet': rowsFrom(100, 40) };

let root: string;
let raw: string;
let lake: string;
let marks: string;

beforeAll(() => {
  if (!existsSync(new URL('../dist/serve-isolated.js', import.meta.url)))
    throw new Error('the program is not built: nx build @ticklake/compactor');
});
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ticklake-isolation-'));
  [raw, lake, marks] = [join(root, 'spool'), join(root, 'lake'), join(root, 'marks')];
  mkdirSync(marks);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** The worker that hangs at this moment. */
function hangingPid(): number | undefined {
  const path = join(marks, 'hanging');
  const pid = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
  return pid > 0 && exists(pid) ? pid : undefined;
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Time flies while a worker hangs, and passes as it does otherwise. */
const flyingClock: Clock = {
  nowMs: () => systemClock.nowMs(),
  sleep: (ms, signal) =>
    hangingPid() === undefined ? systemClock.sleep(ms, signal) : setImmediate(undefined),
};

async function putFiles(symbol: string, ...badNames: string[]): Promise<void> {
  const bad = Object.fromEntries(badNames.map((name) => [name, rowsFrom(50, 10)]));
  for (const [name, rows] of Object.entries({ ...GOOD, ...bad }))
    await putSpool(localStore(raw), directoryOf(symbol) + name, rows);
}

interface Ran {
  readonly summary: CompactSummary;
  /** What failed, by symbol. */
  readonly failures: Record<string, unknown>;
}

interface Run {
  readonly onCorrupt?: OnCorrupt;
  readonly signal?: AbortSignal;
  /** Awaited before every partition but the first. */
  between?(): Promise<void>;
}

async function run({
  onCorrupt = 'fail',
  signal = new AbortController().signal,
  between,
}: Run = {}): Promise<Ran> {
  const settings = testSettings({ scratch: join(root, 'scratch') });
  const workers = createWorkers({
    workers: 1,
    isolation: { silenceMs: SILENCE_MS, residentBytesMax: 512 * MIB, script: SCRIPT },
    ...{ raw, compact: lake, settings },
    env: { MARKS: marks },
    clock: flyingClock,
  });
  const stores = { raw: localStore(raw), compact: localStore(lake) };
  const context = testContext(stores, { today: '20260205', settings });
  const request = testRequest({ days: { mode: 'single', day: DAY }, onCorrupt });
  let partitions = 0;
  const execute: typeof workers.execute = async (task, executeContext) => {
    if (partitions++ > 0) await between?.();
    return workers.execute(task, executeContext);
  };
  try {
    const summary = await compact(request, { ...context, signal, execute });
    const failed = context.events.filter((event) => event.type === 'failed');
    const failures = failed.map(({ taskId, error, quarantined }) => [
      taskId.split('/')[2] ?? '',
      { error, quarantined },
    ]);
    return { summary, failures: Object.fromEntries(failures) as Ran['failures'] };
  } finally {
    await workers.close();
  }
}

const quarantined = async (symbol: string) =>
  (await readQuarantine(localStore(lake), quarantineDirectory(keyOf(symbol))))?.errors.map(
    ({ type, file }) => `${type} ${file.slice(file.lastIndexOf('/') + 1)}`,
  );
const isPublished = (symbol: string) => existsSync(join(lake, directoryOf(symbol), 'meta.json'));
const leftInScratch = () => (existsSync(join(root, 'scratch')) ? readdirSync(join(root, 'scratch')) : []);

describe('an isolated run', () => {
  it.each([
    ['hang', 'ISOLATION_TIMEOUT'],
    ['grow', 'ISOLATION_MEMORY'],
    ['crash', 'ISOLATION_CRASH'],
  ])('puts a file away over which its reader is lost (%s: %s), and goes on', async (what, code) => {
    const name = `part-2-${what}.parquet`;
    await putFiles('badusdt', name);
    await putFiles('goodusdt');
    const { summary, failures } = await run();
    expect(summary).toMatchObject({ done: 1, failed: 1, rows: 80 });
    expect(failures).toEqual({
      badusdt: { quarantined: true, error: expect.objectContaining({ kind: 'corrupt', code }) },
    });
    expect(await quarantined('badusdt')).toEqual([`${code} ${name}`]);
    expect([isPublished('badusdt'), isPublished('goodusdt')]).toEqual([false, true]);
    const contentOf = async (store: string) =>
      [...(await contentsOf(localStore(store)))]
        .filter(([key]) => key.endsWith(name))
        .map(([, text]) => text);
    expect(await contentOf(lake)).toEqual(await contentOf(raw));
    expect(leftInScratch()).toEqual([]);
    expect(hangingPid()).toBeUndefined();

    // Nobody is lost over it again; without it, the rest of the partition is published.
    expect(await run()).toMatchObject({ summary: { done: 0, skipped: 1, failed: 1 } });
    await localStore(raw).delete(directoryOf('badusdt') + name);
    expect(await run()).toMatchObject({ summary: { done: 1, skipped: 1, failed: 0 } });
    expect(await publishedRows(localStore(lake), `${directoryOf('badusdt')}data.parquet`)).toEqual(
      expectedRows(GOOD),
    );
  });

  it('finds every bad file of a partition, whatever is wrong with it', async () => {
    await putFiles('badusdt', 'part-0-crash.parquet', 'part-4-crash.parquet');
    await localStore(raw).put(`${directoryOf('badusdt')}part-5.parquet`, new Uint8Array(9));
    expect(await run()).toMatchObject({ summary: { done: 0, failed: 1 } });
    expect(await quarantined('badusdt')).toEqual([
      'ISOLATION_CRASH part-0-crash.parquet',
      'ISOLATION_CRASH part-4-crash.parquet',
      'BAD_MAGIC part-5.parquet',
    ]);
    // They are left out where that is wanted, and the receipt names each.
    expect(await run({ onCorrupt: 'skip' })).toMatchObject({
      summary: { done: 1, failed: 0, incomplete: 1 },
    });
    const { complete, receipt } = await readMeta(localStore(lake), directoryOf('badusdt'));
    expect(complete).toBe(false);
    expect(receipt.quarantined.map(({ name, code, rows }) => [name, code, rows])).toEqual([
      ['part-0-crash.parquet', 'ISOLATION_CRASH', null],
      ['part-4-crash.parquet', 'ISOLATION_CRASH', null],
      ['part-5.parquet', 'BAD_MAGIC', null],
    ]);
    expect(await publishedRows(localStore(lake), `${directoryOf('badusdt')}data.parquet`)).toEqual(
      expectedRows(GOOD),
    );
  });

  it('accuses no file over which its reader is lost only once', async () => {
    await putFiles('badusdt', 'part-2-pass.parquet');
    await putFiles('goodusdt');
    const { summary, failures } = await run();
    expect(summary).toMatchObject({ done: 1, failed: 1 });
    expect(failures).toEqual({
      badusdt: {
        quarantined: false,
        error: expect.objectContaining({ kind: 'corrupt', code: 'ISOLATION_CRASH' }),
      },
    });
    expect(await quarantined('badusdt')).toBeUndefined();
    expect(await run()).toMatchObject({ summary: { done: 1, skipped: 1, failed: 0 } });
  });

  it('fails a partition for which no file is to blame, and goes on', async () => {
    await putFiles('crash-when-published');
    await putFiles('zusdt');
    const { summary, failures } = await run();
    expect(summary).toMatchObject({ done: 1, failed: 1 });
    expect(failures).toMatchObject({
      'crash-when-published': { quarantined: false, error: { code: 'ISOLATION_CRASH' } },
    });
    expect(isPublished('zusdt')).toBe(true);
  });

  it('asks another worker after one was lost that had nothing to do', async () => {
    await putFiles('ausdt');
    await putFiles('zusdt');
    const pids: number[] = [];
    const between = async () => {
      const pid = Number(readFileSync(join(marks, 'worker'), 'utf8'));
      pids.push(pid);
      process.kill(pid, 'SIGKILL');
      while (exists(pid)) await systemClock.sleep(10);
    };
    expect(await run({ between })).toMatchObject({ summary: { done: 2, failed: 0 } });
    expect(pids).toEqual([expect.any(Number)]);
    expect(Number(readFileSync(join(marks, 'worker'), 'utf8'))).not.toBe(pids[0]);
  });

  it('that is told to stop does not wait for a reader that hangs', async () => {
    await putFiles('badusdt', 'part-2-hang.parquet');
    const stop = new AbortController();
    const running = run({ signal: stop.signal });
    while (hangingPid() === undefined) await systemClock.sleep(10);
    stop.abort();
    expect(await running).toMatchObject({ summary: { cancelled: 1, failed: 0 } });
    expect(hangingPid()).toBeUndefined();
    expect(isPublished('badusdt')).toBe(false);
    expect(await quarantined('badusdt')).toBeUndefined();
  });
});

it('a reader that hangs does not outlive a run that is killed', async () => {
  await putFiles('badusdt', 'part-2-hang.parquet');
  const sources = [];
  for await (const object of localStore(raw).list('')) sources.push(object);
  const task = { id: 'x', key: keyOf('badusdt'), sources, replace: false };
  const isolation = { silenceMs: SILENCE_MS, residentBytesMax: 512 * MIB };
  const settings = testSettings({ scratch: join(root, 'scratch') });
  const options = { workers: 1, isolation, raw, compact: lake, env: { MARKS: marks }, settings };
  const program = fileURLToPath(new URL('./spec-support/hostile-run.mjs', import.meta.url));
  const parent = spawn(process.execPath, [program, JSON.stringify({ options, task })], { stdio: 'inherit' });
  while (hangingPid() === undefined) await systemClock.sleep(10);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  // Ends with the time limit of tests if it does not end.
  while (hangingPid() !== undefined) await systemClock.sleep(10);
  expect(parent.signalCode).toBe('SIGKILL');
});
