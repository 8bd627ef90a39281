import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { localStore } from '@ticklake/storage';
import { contentsOf, parquetBytes, putSpool, spoolBatch, type SpoolRow } from './testing/spool.js';

// The program as it is installed: built, and started by Node in a process of its own.
const BIN = fileURLToPath(new URL('../bundle/main.js', import.meta.url));

const DAY = ['--date', '20240203'];
const NOON_MS = 1_706_961_600_000n;
const directoryOf = (symbol: string) => `exchange=binance/stream=bbo/symbol=${symbol}/`;
const partitionOf = (symbol: string) => `${directoryOf(symbol)}date=20240203/`;

let root: string;
let raw: string;
let lake: string;

beforeAll(() => {
  if (!existsSync(BIN)) throw new Error('the program is not built: nx bundle @ticklake/compactor');
});
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ticklake-bin-'));
  raw = join(root, 'spool');
  lake = join(root, 'lake');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

interface Ended {
  /** The exit code, or the name of the signal that killed it. */
  readonly code: number | string | null;
  readonly out: string;
  readonly err: string;
}

/** Starts the program; `watch` sees the child, and everything on stderr so far, whenever more comes. */
function start(
  args: readonly string[],
  {
    env = {},
    watch,
  }: { env?: Record<string, string>; watch?: (child: ChildProcess, err: string) => void } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [BIN, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (piece: Buffer) => (out += piece.toString('utf8')));
  child.stderr.on('data', (piece: Buffer) => {
    err += piece.toString('utf8');
    watch?.(child, err);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? signal, out, err }));
  });
}

const compact = (...flags: string[]) => start(['run', '--raw', raw, '--compact', lake, ...DAY, ...flags]);
const verify = (...flags: string[]) => start(['verify', '--compact', lake, '--raw', raw, ...flags]);

function rowsFrom(startMs: bigint, count: number): SpoolRow[] {
  return Array.from({ length: count }, (_, i) => [startMs + BigInt(i >> 1), i / 8, i % 3 === 0 ? null : 'A']);
}

/** Two files that overlap and tie, for each of `symbols`. */
async function makeSpool(...symbols: string[]): Promise<void> {
  for (const [i, symbol] of symbols.entries()) {
    const startMs = NOON_MS + BigInt(i);
    await putSpool(
      localStore(raw),
      `${directoryOf(symbol)}2024-02-03_12-00-00.parquet`,
      rowsFrom(startMs, 70),
    );
    await putSpool(
      localStore(raw),
      `${directoryOf(symbol)}2024-02-03_12-00-30.parquet`,
      rowsFrom(startMs + 20n, 70),
    );
  }
}

function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('exit codes', () => {
  it('0 when everything was published, and when it is good', async () => {
    await makeSpool('btcusdt');
    const { code, out } = await compact();
    expect(out).toContain('2024-02-03: 1 compacted (140 rows), 0 skipped, 0 failed');
    expect(code).toBe(0);
    expect(await verify('--against-sources')).toMatchObject({ code: 0 });
    expect(await compact()).toMatchObject({ code: 0, out: expect.stringContaining('1 skipped') });
  });

  it('2 when a flag is wrong, with nothing on stdout', async () => {
    expect(await compact('--wrokers', '2')).toMatchObject({ code: 2, out: '' });
    expect(await start(['run', '--raw', raw, '--compact', lake, '--date', '20240230'])).toMatchObject({
      code: 2,
      out: '',
    });
    expect(existsSync(lake)).toBe(false);
  });

  it('3 when a file is damaged; the other partition is published', async () => {
    await makeSpool('btcusdt', 'ethusdt');
    await localStore(raw).put(`${directoryOf('ethusdt')}2024-02-03_13-00-00.parquet`, new Uint8Array(9));
    expect(await compact()).toMatchObject({ code: 3, out: expect.stringContaining('1 compacted') });
    expect([...(await contentsOf(localStore(lake))).keys()].filter(isPublished)).toEqual([
      `${partitionOf('btcusdt')}data.parquet`,
      `${partitionOf('btcusdt')}meta.json`,
    ]);
  });

  it('4 when a published byte has changed', async () => {
    await makeSpool('btcusdt');
    await compact();
    const data = join(lake, partitionOf('btcusdt'), 'data.parquet');
    const bytes = readFileSync(data);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
    writeFileSync(data, bytes);
    expect(await verify()).toMatchObject({ code: 4, out: expect.stringContaining('BAD') });
  });
});

/** Everything in this process, in threads, in a process of its own, in several. */
const PLACES = [
  ['--no-isolate', '--workers', '1'],
  ['--no-isolate', '--workers', '2'],
  ['--isolate', '--workers', '1'],
  ['--isolate', '--workers', '2'],
] as const;

describe('--workers and --isolate', () => {
  it('publish the same bytes, wherever the work is done', async () => {
    await makeSpool('btcusdt', 'ethusdt', 'solusdt');
    const published: Map<string, string>[] = [];
    for (const place of PLACES) {
      expect(await compact(...place)).toMatchObject({ code: 0 });
      published.push(await publishedData());
      expect(await verify('--against-sources')).toMatchObject({ code: 0 });
      rmSync(lake, { recursive: true });
    }
    const [alone] = published;
    expect(alone?.size).toBe(3);
    expect(published).toEqual(PLACES.map(() => alone));
  });

  it('put the same files away for the same reasons', async () => {
    await makeSpool('btcusdt', 'ethusdt');
    const good = await parquetBytes(spoolBatch(rowsFrom(NOON_MS, 70)));
    const bad = good.slice();
    bad.fill(0, 40, 60);
    await localStore(raw).put(`${directoryOf('ethusdt')}2024-02-03_13-00-00.parquet`, bad);
    await localStore(raw).put(`${directoryOf('ethusdt')}2024-02-03_13-00-01.parquet`, new Uint8Array(9));
    const quarantines: unknown[] = [];
    for (const place of PLACES) {
      expect(await compact(...place)).toMatchObject({ code: 3 });
      const kept = [...(await contentsOf(localStore(lake)))].filter(([key]) => key.startsWith('QUARANTINE/'));
      quarantines.push(kept.map(([key, text]) => [key, text.replace(/"when": "[^"]*"/g, '')]));
      rmSync(lake, { recursive: true });
    }
    expect(quarantines[0]).toHaveLength(3);
    expect(quarantines).toEqual(PLACES.map(() => quarantines[0]));
  });
});

describe('a signal', () => {
  /** Enough files that the run is still at its beginning when it says that it has begun. */
  const FILES = 400;

  const SIGNALS = [
    ['SIGTERM', 130],
    ['SIGKILL', 'SIGKILL'],
  ] as const;

  it.each(
    SIGNALS.flatMap(([signal, code]) => PLACES.slice(0, 3).map((place) => [signal, code, place] as const)),
  )(
    '%s ends it with %s, with %j; nothing is half published and the next run does it all',
    async (signal, code, place) => {
      const bytes = await parquetBytes(spoolBatch(rowsFrom(NOON_MS, 500)));
      for (let i = 0; i < FILES; i++) {
        const time = `${String(Math.floor(i / 60)).padStart(2, '0')}-${String(i % 60).padStart(2, '0')}-00`;
        await localStore(raw).put(`${directoryOf('btcusdt')}2024-02-03_${time}.parquet`, bytes);
      }
      const args = ['run', '--raw', raw, '--compact', lake, ...DAY, ...place];
      let isSent = false;
      const stopped = await start(args, {
        watch(child, err) {
          // Once: a second signal does not wait for anything.
          if (!isSent && err.includes('"type":"started"')) isSent = child.kill(signal);
        },
      });
      expect(stopped.code).toBe(code);
      expect([...(await contentsOf(localStore(lake))).keys()].filter(isPublished)).toEqual([]);
      if (signal === 'SIGTERM') expect(leftovers(lake)).toEqual([]);

      // The lease of the killed run is taken over at once, and what it left is swept.
      expect(await start(args)).toMatchObject({
        code: 0,
        out: expect.stringContaining(`(${FILES * 500} rows)`),
      });
      expect(leftovers(lake)).toEqual([]);
      const resumed = await publishedData();
      rmSync(lake, { recursive: true });
      expect(await start(args)).toMatchObject({ code: 0 });
      expect(await publishedData()).toEqual(resumed);
    },
  );
});

describe('what is printed', () => {
  it('is a result on stdout and one JSON object a line on stderr, which is no terminal', async () => {
    await makeSpool('btcusdt');
    const { out, err } = await compact('--json');
    expect(JSON.parse(out)).toMatchObject({ done: 1, failed: 0, rows: 140 });
    const events = jsonLines(err);
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['planned', 'started', 'finished']),
    );
    for (const { at } of events) expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/);
  });

  it('has no secret in it with --print-config', async () => {
    const { code, out, err } = await start(
      ['run', '--print-config', '--compact', 'https://me:pa55word@host/lake'],
      {
        env: {
          TICKLAKE_RAW: 'https://host/spool?X-Amz-Signature=5ignature',
          AWS_SECRET_ACCESS_KEY: '5ecretKey',
          TICKLAKE_SCRATCH: '/scratch/5ecretKey',
        },
      },
    );
    expect(code).toBe(0);
    expect(out).toContain('https://***@host/lake');
    expect(out).toContain('X-Amz-Signature=***');
    expect(out).toContain('TICKLAKE_RAW');
    expect(out + err).not.toMatch(/pa55word|5ignature|5ecretKey/);
  });

  it('is the version of the package with --version', async () => {
    const { version } = JSON.parse(readFileSync(join(BIN, '../../package.json'), 'utf8')) as {
      version: string;
    };
    expect(await start(['--version'])).toMatchObject({ code: 0, out: expect.stringContaining(version) });
  });
});

function isPublished(key: string): boolean {
  return key.startsWith('exchange=');
}

async function publishedData(): Promise<Map<string, string>> {
  const contents = await contentsOf(localStore(lake));
  return new Map([...contents].filter(([key]) => key.endsWith('/data.parquet')));
}

/** Temporary files that were not taken away. */
function leftovers(directory: string): string[] {
  if (!existsSync(directory)) return [];
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && entry.name.startsWith('.tmp-')).map(({ name }) => name);
}
