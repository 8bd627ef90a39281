import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '@ticklake/cli-kit';
import { memoryHost } from '@ticklake/cli-kit/testing';
import { LakeError, parseUtcDay } from '@ticklake/core';
import { localStore, memoryStore, type ObjectStore } from '@ticklake/storage';
import { app } from './app.js';
import { STATE_KEY, type State } from './documents.js';
import { healthText, judgeHealth, judgeReadiness, TROUBLES, type HealthRequest } from './health.js';
import { localTime } from './local-time.js';
import { noonOf } from './testing/context.js';

const HOUR_MS = 3_600_000;
type Status = State['days'][string]['status'];

/** A state in which one partition a day stands as told, compacted up to `last`. */
function stateText(last: string | null, days: Readonly<Record<string, Status>>): string {
  const at = { updated_at: '2026-02-04T02:31:00.000Z' };
  const partitions = Object.entries(days).filter(([, status]) => status !== 'empty');
  return JSON.stringify({
    last_compacted_date: last,
    days: Object.fromEntries(Object.entries(days).map(([day, status]) => [day, { status, ...at }])),
    partitions: Object.fromEntries(
      partitions.map(([day, status]) => [`binance/bbo/btcusdt/${day}`, { status, ...at }]),
    ),
  });
}

async function lakeWith(text: string | undefined, store: ObjectStore = memoryStore()): Promise<ObjectStore> {
  if (text !== undefined) await store.put(STATE_KEY, new TextEncoder().encode(text));
  return store;
}

/** Looked at on noon of 2026-02-05, with 28 hours allowed. */
const request = (changes: Partial<HealthRequest> = {}): HealthRequest => ({
  failOn: TROUBLES,
  maxLagMs: 28 * HOUR_MS,
  nowMs: noonOf('2026-02-05').nowMs(),
  ...changes,
});

describe('judgeHealth', () => {
  it('is content with a lake that is fresh', async () => {
    const lake = await lakeWith(stateText('20260204', { '20260203': 'empty', '20260204': 'success' }));
    expect(await judgeHealth(lake, request())).toEqual({
      status: 'OK',
      reasons: [],
      lastCompactedDay: '2026-02-04',
      lagMs: 12 * HOUR_MS,
      maxLagMs: 28 * HOUR_MS,
      dueAt: '2026-02-06T04:00:00.000Z',
      partitions: { quarantine: 0, failed: 0, stale: 0 },
    });
  });

  it.each([
    [36 * HOUR_MS, 'OK'],
    [36 * HOUR_MS - 1, 'CRITICAL'],
  ])('measures from the end of the last compacted day: at most %d ms is %s', async (maxLagMs, status) => {
    const lake = await lakeWith(stateText('20260203', { '20260203': 'success' }));
    expect(await judgeHealth(lake, request({ maxLagMs }))).toMatchObject({ status, lagMs: 36 * HOUR_MS });
  });

  it('says which day holds the lake back, and why', async () => {
    const lake = await lakeWith(
      stateText('20260202', { '20260202': 'success', '20260203': 'failed', '20260204': 'success' }),
    );
    const health = await judgeHealth(lake, request());
    expect(health.reasons).toEqual([
      'the lag is longer than 28 h: 2026-02-03 is failed',
      '1 partition is failed',
    ]);
  });

  it('minds only the troubles that it is told to mind', async () => {
    const days = { '20260202': 'success', '20260203': 'quarantine', '20260204': 'stale' } as const;
    const lake = await lakeWith(stateText('20260202', days));
    const statusWith = async (failOn: HealthRequest['failOn']) => {
      const { status, lastCompactedDay, partitions } = await judgeHealth(lake, request({ failOn }));
      expect(partitions).toEqual({ quarantine: 1, failed: 0, stale: 1 });
      return [status, lastCompactedDay];
    };
    expect(await statusWith(TROUBLES)).toEqual(['CRITICAL', '2026-02-02']);
    expect(await statusWith(['stale'])).toEqual(['CRITICAL', '2026-02-03']);
    expect(await statusWith(['failed'])).toEqual(['OK', '2026-02-04']);
    expect(await statusWith([])).toEqual(['OK', '2026-02-04']);
  });

  it.each<[string, string | undefined, string]>([
    ['no state', undefined, 'there is no state document'],
    ['a state that is not JSON', '{', 'the state cannot be read'],
    ['a state of another shape', '{"partitions": 1}', 'the state cannot be read'],
    ['a state without a day', '{}', 'no day is compacted yet'],
    ['a first day that failed', stateText(null, { '20260204': 'failed' }), 'no day is compacted yet'],
    ['a day that is not over', stateText('20260205', { '20260205': 'success' }), 'not over yet'],
  ])('is critical with %s', async (_, text, reason) => {
    const { status, reasons } = await judgeHealth(await lakeWith(text), request());
    expect(status).toBe('CRITICAL');
    expect(reasons.join('; ')).toContain(reason);
  });

  it('is critical when the store cannot be reached, and throws what is a bug', async () => {
    const failing = (error: Error): ObjectStore => ({
      ...memoryStore(),
      get: () => Promise.reject(error),
      open: () => Promise.reject(error),
      head: () => Promise.reject(error),
    });
    const denied = failing(new LakeError('denied', 'the store denies access'));
    expect((await judgeHealth(denied, request())).reasons).toEqual([
      'the state cannot be read: the store denies access',
    ]);
    await expect(judgeHealth(failing(new TypeError('x')), request())).rejects.toThrow(TypeError);
  });
});

describe('judgeReadiness', () => {
  it.each<[string, string | undefined, string, string]>([
    ['20260202', stateText('20260203', {}), 'READY', 'compacted up to 20260203'],
    ['20260203', stateText('20260203', {}), 'READY', 'compacted up to 20260203'],
    ['20260204', stateText('20260203', {}), 'NOT_READY', 'compacted up to 20260203 only'],
    ['20260203', stateText(null, {}), 'FAILURE', 'no day is compacted yet'],
    ['20260203', undefined, 'FAILURE', 'there is no state document'],
    ['20260203', 'x', 'FAILURE', 'the state cannot be read'],
  ])('%s of %s is %s', async (target, text, status, reason) => {
    const readiness = await judgeReadiness(await lakeWith(text), parseUtcDay(target));
    expect(readiness).toMatchObject({ status, target_date: target });
    expect(readiness.reason).toContain(reason);
  });
});

describe('healthText', () => {
  it('is one line with the local time of the next day and the figures', async () => {
    const lake = await lakeWith(stateText('20260204', { '20260204': 'success' }));
    const health = await judgeHealth(lake, request());
    expect(healthText(health, 'Europe/Istanbul')).toBe(
      'OK last compacted day 2026-02-04, 12 h ago; 0 quarantine, 0 failed, 0 stale; next day due 2026-02-06T04:00Z (2026-02-06 07:00 Europe/Istanbul) | lag=43200s;;100800 quarantine=0 failed=0 stale=0',
    );
    expect(healthText(health, 'UTC')).toContain('next day due 2026-02-06T04:00Z | ');
  });

  it('has no figures where there are none, and no bar in a reason', async () => {
    const health = await judgeHealth(await lakeWith(undefined), request());
    expect(healthText({ ...health, reasons: ['a|b'] }, 'UTC')).toBe('CRITICAL a/b');
  });
});

it('localTime tells a summer from a winter', () => {
  expect(localTime(Date.UTC(2026, 0, 1, 2, 30), 'Europe/Berlin')).toBe('2026-01-01 03:30 Europe/Berlin');
  expect(localTime(Date.UTC(2026, 6, 1, 2, 30), 'Europe/Berlin')).toBe('2026-07-01 04:30 Europe/Berlin');
});

describe('the command', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'ticklake-health-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  /** Runs a command line on noon of 2026-02-05. */
  async function health(...argv: string[]) {
    const host = memoryHost({ argv: ['health', '--compact', root, ...argv], clock: noonOf('2026-02-05') });
    const code = await runCli(app, host);
    return { code, out: host.out(), err: host.err() };
  }

  it('exits 0 when the lake is fresh and 3 when it is not', async () => {
    await lakeWith(stateText('20260203', { '20260203': 'success' }), localStore(root));
    expect(await health('--max-lag', '36h')).toMatchObject({ code: 0, err: '' });
    const { code, out } = await health('--max-lag', '26h');
    expect([code, out.split('\n').length]).toEqual([3, 2]);
    expect(out).toMatch(/^CRITICAL the lag is longer than 26 h: 2026-02-04 is not compacted; /);
  });

  it('takes troubles that do not count', async () => {
    await lakeWith(stateText('20260203', { '20260203': 'success', '20260204': 'stale' }), localStore(root));
    expect((await health()).code).toBe(3);
    expect((await health('--fail-on', 'failed,quarantine')).code).toBe(0);
    expect((await health('--fail-on', 'none')).code).toBe(0);
    expect((await health('--fail-on', 'nonsense')).code).toBe(2);
  });

  it('tells whether a day is ready', async () => {
    await lakeWith(stateText('20260203', {}), localStore(root));
    expect(await health('--target', '2026-02-03')).toMatchObject({
      code: 0,
      out: 'READY 20260203: compacted up to 20260203\n',
    });
    const { code, out } = await health('--target', '20260204', '--json');
    expect([code, JSON.parse(out)]).toEqual([
      3,
      {
        status: 'NOT_READY',
        target_date: '20260204',
        last_compacted_date: '20260203',
        reason: 'compacted up to 20260203 only',
      },
    ]);
    expect((await health('--target', '20260203', '--metrics-file', join(root, 'a.prom'))).code).toBe(2);
  });

  it('writes figures, also when there is nothing to tell', async () => {
    const path = join(root, 'metrics', 'health.prom');
    expect((await health('--metrics-file', path)).code).toBe(3);
    expect(readFileSync(path, 'utf8')).toContain('ticklake_compactor_health_ok 0\n');
    await lakeWith(stateText('20260204', { '20260204': 'success' }), localStore(root));
    expect((await health('--metrics-file', path)).code).toBe(0);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain('ticklake_compactor_health_ok 1\n');
    expect(text).toContain('ticklake_compactor_health_lag_seconds 43200\n');
    expect(text).toContain('ticklake_compactor_health_partitions{status="stale"} 0\n');
  });
});
