import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { localStore } from '@ticklake/storage';
import { contentsOf, putSpool, type SpoolRow } from './testing/spool.js';

// The program in few files, as it is installed, beside the one of which it was made.
const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
const MODULES = join(REPOSITORY, 'apps/compactor/dist/main.js');
const BUNDLE = join(REPOSITORY, 'apps/compactor/bundle/main.js');

const DAY = ['--mode', 'single', '--date', '20240203'];
const NOON_MS = 1_706_961_600_000n;

let root: string;
beforeAll(() => {
  if (!existsSync(BUNDLE)) throw new Error('the program is not built: nx bundle @ticklake/compactor');
});
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'ticklake-bundle-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function run(script: string, ...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(process.execPath, [script, ...args])).stdout;
}

/** {@link run}, in a process that may have so many files open. */
async function runLimited(filesMax: number, ...args: readonly string[]): Promise<string> {
  const command = ['-c', `ulimit -n ${filesMax} && exec "$@"`, 'sh', process.execPath, BUNDLE, ...args];
  return (await promisify(execFile)('sh', command)).stdout;
}

it('publishes what the modules publish, in threads and in isolated processes too', async () => {
  const rows = Array.from({ length: 70 }, (_, i): SpoolRow => [NOON_MS + BigInt(i >> 1), i / 8, 'A']);
  const raw = join(root, 'spool');
  for (const symbol of ['btcusdt', 'ethusdt']) {
    const key = `exchange=binance/stream=bbo/symbol=${symbol}/2024-02-03_12-00-00.parquet`;
    await putSpool(localStore(raw), key, rows);
  }
  const publish = async (program: string, name: string, ...flags: string[]) => {
    const lake = join(root, name);
    await run(program, 'run', '--raw', raw, '--compact', lake, ...DAY, ...flags);
    return new Map([...(await contentsOf(localStore(lake)))].filter(([key]) => key.endsWith('data.parquet')));
  };
  const expected = await publish(MODULES, 'modules', '--no-isolate');
  expect(expected.size).toBe(2);
  const ways = [['--no-isolate'], ['--no-isolate', '--workers', '2'], ['--isolate']];
  for (const [i, flags] of ways.entries()) {
    expect(await publish(BUNDLE, `bundle-${i}`, ...flags)).toEqual(expected);
  }
});

it('compacts more files than it may have open, each with rows of the whole day', async () => {
  const raw = join(root, 'spool');
  for (let file = 0; file < 150; file++) {
    const name = `2024-02-03_12-${String(file % 60).padStart(2, '0')}-0${Math.floor(file / 60)}.parquet`;
    const rows = Array.from({ length: 20 }, (_, i): SpoolRow => [NOON_MS + BigInt(i * 150 + file), i, 'A']);
    await putSpool(localStore(raw), `exchange=binance/stream=bbo/symbol=btcusdt/${name}`, rows);
  }
  for (const way of ['--no-isolate', '--isolate']) {
    const stores = ['--raw', raw, '--compact', join(root, way)];
    expect(await runLimited(64, 'run', ...stores, ...DAY, way)).toContain('1 compacted (3000 rows)');
    expect(await runLimited(64, 'verify', ...stores, '--against-sources')).toContain('0 with errors');
  }
});

describe('what V8 makes of the program', () => {
  const folder = join(BUNDLE, '..');
  const { version, platform, arch } = process;
  const madeHere = `-${version}-${platform}-${arch}.cache`;
  const cacheOf = (script: string) => {
    const names = readdirSync(folder).filter(
      (file) => file.startsWith(`${script}-`) && file.endsWith(madeHere),
    );
    expect(names).toHaveLength(1);
    return names[0] as string;
  };
  const isRefused = (script: string) => `
    const { readFileSync } = require('node:fs');
    const { Script } = require('node:vm');
    const cachedData = readFileSync(${JSON.stringify(join(folder, cacheOf(script)))});
    const text = readFileSync(${JSON.stringify(join(folder, `${script}.cjs`))}, 'latin1');
    process.stdout.write(String(new Script(text, { cachedData }).cachedDataRejected));`;

  it.each([
    ['is used by the Node that bundled it', [], 'false'],
    ['is not used by a V8 of other flags, which runs the program all the same', ['--no-opt'], 'true'],
  ])('%s', async (_, flags, refused) => {
    const node = async (...args: string[]) =>
      (await promisify(execFile)(process.execPath, [...flags, ...args])).stdout.trim();
    for (const script of ['main', 'worker-process', 'worker-thread']) {
      expect(await node('-e', isRefused(script))).toBe(refused);
    }
    expect(await node(BUNDLE, '--version')).toBe(await run(MODULES, '--version').then((text) => text.trim()));
  });

  it('is not used where it was damaged: V8 would not see that', async () => {
    // Where packages of others are found.
    const parent = join(REPOSITORY, 'apps/compactor/tmp');
    mkdirSync(parent, { recursive: true });
    const copy = mkdtempSync(join(parent, 'bundle-'));
    try {
      cpSync(folder, copy, { recursive: true });
      const name = cacheOf('main');
      const whole = readFileSync(join(copy, name));
      const expected = await run(BUNDLE, '--version');
      for (let part = 1; part < 16; part++) {
        const damaged = Buffer.from(whole);
        const at = Math.floor((damaged.length * part) / 16);
        damaged[at] = (damaged[at] as number) ^ 0xff;
        writeFileSync(join(copy, name), damaged);
        expect(await run(join(copy, 'main.js'), '--version')).toBe(expected);
      }
    } finally {
      rmSync(copy, { recursive: true });
    }
  });
});

it('tells the licences of what others wrote of it', () => {
  expect(readFileSync(join(BUNDLE, '../THIRD-PARTY-NOTICES.txt'), 'utf8')).toMatch(/^zod 4.*\n\nMIT License/);
});

it('has what it starts threads and processes with beside it, and nothing that others would', () => {
  const scripts = readdirSync(join(BUNDLE, '..')).filter((name) => name.endsWith('.js'));
  expect(scripts.sort()).toEqual(['main.js', 'worker-process.js', 'worker-thread.js']);
});
