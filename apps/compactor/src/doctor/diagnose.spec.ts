import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli } from '@ticklake/cli-kit';
import { memoryHost } from '@ticklake/cli-kit/testing';
import { LakeError, systemClock, type Clock } from '@ticklake/core';
import { nodeFileSystem } from '@ticklake/storage';
import { startObjectServer } from '@ticklake/storage/testing';
import { app } from '../app.js';
import { examineIn, expectFoundIn, makePlaces, type Case, type Places } from '../testing/examine.js';
import { NODE_MIN } from './check-process.js';

const GIB = 1024 ** 3;

let places: Places;
beforeEach(() => void (places = makePlaces()));
afterEach(() => rmSync(places.base, { recursive: true }));

const examine = (change?: Case) => examineIn(places, change);
const expectFound = (check: string, state: string, pattern: RegExp, change: Case) =>
  expectFoundIn(places, [check, state, pattern], change);

describe('a machine that has all it needs', () => {
  it('fails no check, and nothing is left behind', async () => {
    const found = await examine();
    const failures = [...found.values()].filter(({ state }) => state !== 'ok');
    expect(failures.map(({ check, state }) => [check, state])).toEqual([['state', 'warn']]);
    expect([...found.keys()]).toEqual(
      expect.arrayContaining([
        'writing to --compact',
        'hard links',
        'clock of --compact',
        'units',
        'leftovers',
      ]),
    );
    expect(readdirSync(places.compact)).toEqual([]);
  });

  it('is only looked at with --no-probe', async () => {
    const writes: string[] = [];
    const refuse = (name: string) => () => {
      writes.push(name);
      return Promise.reject(new LakeError('denied', 'read only'));
    };
    const fileSystem = {
      ...nodeFileSystem,
      link: refuse('link'),
      mkdir: refuse('mkdir'),
      rename: refuse('rename'),
    };
    const found = await examine({ config: { probe: false }, facts: { fileSystem } });
    expect(found.has('writing to --compact')).toBe(false);
    expect(found.has('hard links')).toBe(false);
    expect(writes).toEqual([]);
    expect(readdirSync(places.compact)).toEqual([]);
  });

  it('gets no lake that is not there yet', async () => {
    rmSync(places.compact, { recursive: true });
    const found = await examine();
    expect(found.get('access to --compact')).toMatchObject({ state: 'ok' });
    expect(readdirSync(places.base)).toEqual(['spool']);
  });

  it('is told the daily run in its own time', () =>
    expectFound(
      'time zone',
      'ok',
      /^Europe\/Istanbul; .*02:30 UTC is 2\d{3}-\d\d-\d\d 05:30 Europe\/Istanbul$/,
      {},
    ));
});

describe('the process', () => {
  it.each<[string, string, string, RegExp, Case]>([
    ['an old Node', 'node', 'fail', /v18\.20\.0 is older/, { facts: { nodeVersion: 'v18.20.0' } }],
    ['an old Node 20', 'node', 'fail', /v20\.18\.9 is older/, { facts: { nodeVersion: 'v20.18.9' } }],
    ['the oldest Node', 'node', 'ok', /v20\.19\.0/, { facts: { nodeVersion: 'v20.19.0' } }],
    [
      'few open files',
      'open files',
      'warn',
      /limit 64, --open-max 500/,
      { texts: { '/proc/self/limits': 'Max open files            64   64  files\n' } },
    ],
    [
      'few open files that do',
      'open files',
      'ok',
      /limit 256/,
      { texts: { '/proc/self/limits': 'Max open files   256 256 files\n' }, config: { openMax: 100 } },
    ],
    [
      'threads that share them',
      'open files',
      'warn',
      /may take 2128/,
      { config: { isolate: false, workers: 4 } },
    ],
    [
      'no /proc',
      'open files',
      'ok',
      /cannot be read here/,
      { facts: { readText: () => Promise.resolve(undefined) } },
    ],
    [
      'a small limit above',
      'memory',
      'fail',
      /limit of its control group is 512 MiB/,
      {
        texts: {
          '/sys/fs/cgroup/system.slice/memory.max': '536870912\n',
          '/sys/fs/cgroup/system.slice/ticklake-compactor.service/memory.max': 'max\n',
        },
      },
    ],
    [
      'a tight limit',
      'memory',
      'warn',
      /is 1\.5 GiB/,
      { texts: { '/sys/fs/cgroup/system.slice/ticklake-compactor.service/memory.max': '1610612736\n' } },
    ],
    [
      'a machine that is full',
      'memory',
      'warn',
      /976\.6 MiB are free/,
      { texts: { '/proc/meminfo': 'MemAvailable:   1000000 kB\n' } },
    ],
  ])('of %s', (_, check, state, pattern, change) => expectFound(check, state, pattern, change));

  it('is held to the Node that the package asks for', () => {
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(manifest.engines.node).toBe(`>=${NODE_MIN}`);
  });
});

describe('the clock', () => {
  const at = (ms: number, stepMs = 0): Clock => {
    let asked = 0;
    return { nowMs: () => ms + (asked++ === 0 ? 0 : stepMs), sleep: () => Promise.resolve() };
  };

  it('of a machine that forgot the time is wrong', () =>
    expectFound('clock', 'fail', /it says 1970-/, { clock: at(0) }));

  it('that steps is noticed', () =>
    expectFound('clock', 'warn', /it moved by 5\d\d\d ms/, { clock: at(Date.UTC(2026, 5, 1), 5500) }));

  it('far from that of the store is noticed', async () => {
    const ahead = (ms: number): Clock => ({ ...systemClock, nowMs: () => Date.now() + ms });
    await expectFound('clock of --compact', 'fail', /7\d\d s behind/, { clock: ahead(720_000) });
    await expectFound('clock of --compact', 'warn', /1[12]\d s ahead/, { clock: ahead(-120_000) });
  });
});

describe('the places', () => {
  it('have to be told', async () => {
    const found = await examine({ config: { raw: undefined, compact: undefined } });
    expect(found.get('places')).toMatchObject({
      state: 'fail',
      fix: expect.stringContaining('TICKLAKE_COMPACT'),
    });
  });

  it('have to be apart', () =>
    expectFound('places', 'fail', /--compact lies in --raw/, {
      config: { compact: join(places.raw, 'lake'), probe: false },
    }));

  it('may be empty, which is suspicious of a spool', async () => {
    rmSync(join(places.raw, 'a.parquet'));
    await expectFound('access to --raw', 'warn', /is empty/, {});
  });

  it('without credentials are denied, with words for each service', async () => {
    const found = await examine({
      config: { raw: 's3://raw?endpoint=https://127.0.0.1:1', compact: 's3://x?credentials=LAKE' },
    });
    expect(found.get('--compact')).toMatchObject({ state: 'fail' });
    expect(found.get('access to --raw')).toMatchObject({
      state: 'fail',
      fix: expect.stringContaining('AWS_ACCESS_KEY_ID'),
    });
  });

  it('over the network are tried as a run would try them', async () => {
    const server = await startObjectServer({ dialect: 'gcs', buckets: ['lake'] });
    const config = { compact: `gs://lake/x?endpoint=${server.endpoint}` };
    try {
      await expectFound('writing to --compact', 'ok', /keeps all 12 promises/, { config });
      server.injectFaults(() => ({ kind: 'ignoredConditions' }));
      await expectFound('writing to --compact', 'fail', /does not refuse to create what is there/, {
        config,
      });
    } finally {
      await server.close();
    }
  });
});

describe('the disk', () => {
  const space = (freeBytes: number, freeInodes = 1e6) => ({
    facts: {
      volumeSpace: () => Promise.resolve({ freeBytes, totalBytes: 200 * GIB, freeInodes, totalInodes: 2e6 }),
    },
  });

  it.each<[string, string, Case]>([
    ['with room', 'ok', space(10 * GIB)],
    ['that fills up', 'warn', space(9 * GIB)],
    ['that is full', 'fail', space(GIB / 2)],
    ['with few inodes', 'warn', space(50 * GIB, 9_999)],
    ['with no inodes', 'fail', space(50 * GIB, 9)],
  ])('%s', (_, state, change) => expectFound('disk of the lake', state, / free at /, change));

  it('without hard links takes no lake', async () => {
    const link = () =>
      Promise.reject(Object.assign(new Error('EPERM: link'), { code: 'EPERM', syscall: 'link' }));
    await expectFound('hard links', 'fail', /EPERM/, { facts: { fileSystem: { ...nodeFileSystem, link } } });
    expect(readdirSync(places.compact)).toEqual([]);
  });

  it('keeps unfinished files of runs that died', async () => {
    const scratch = join(places.base, 'scratch');
    mkdirSync(scratch);
    await expectFound('leftovers', 'ok', /none in/, { config: { scratch } });
    for (const [name, ageS] of [
      ['.tmp-old', 90_000],
      ['.tmp-new', 60],
      ['mine', 90_000],
    ] as const) {
      const path = join(scratch, name);
      writeFileSync(path, 'x');
      const time = Date.now() / 1000 - ageS;
      utimesSync(path, time, time);
    }
    await expectFound('leftovers', 'warn', /^1 unfinished files/, { config: { scratch } });
    await expectFound('unfinished files', 'ok', /can be written/, { config: { scratch } });
    expect(readdirSync(scratch).sort()).toEqual(['.tmp-new', '.tmp-old', 'mine']);
  });
});

describe('the command', () => {
  async function run(...argv: string[]) {
    const host = memoryHost({ argv: ['doctor', '--units-dir', join(places.base, 'units'), ...argv] });
    return { code: await runCli(app, host), out: host.out() };
  }

  it('exits 0 with a line for each check, and says what to do below', async () => {
    const { code, out } = await run('--raw', places.raw, '--compact', places.compact, '--free-min', '1');
    expect(code).toBe(0);
    expect(out).toMatch(/^ok +node +v/m);
    expect(out).toMatch(/^warn +state .*\n +→ ticklake-compactor run$/m);
    expect(out).toMatch(/\d+ ok, \d+ warnings, 0 failures\n$/);
  });

  it('exits 4 when a check fails, as JSON too', async () => {
    const { code, out } = await run('--json');
    expect(code).toBe(4);
    expect(JSON.parse(out).diagnoses).toContainEqual(
      expect.objectContaining({ check: 'places', state: 'fail' }),
    );
  });
});
