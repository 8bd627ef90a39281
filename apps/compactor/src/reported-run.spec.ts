import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '@ticklake/cli-kit';
import { memoryHost, parseExposition } from '@ticklake/cli-kit/testing';
import { LakeError, parseUtcDay, startOfDayMs } from '@ticklake/core';
import { localStore } from '@ticklake/storage';
import { app } from './app.js';
import { runMetrics } from './run-metrics.js';
import { createRunTally } from './run-report.js';
import { noonOf } from './testing/context.js';
import { HOOK_CANARY, startHookServer, type HookServer } from './testing/hook-server.js';
import { putSpool } from './testing/spool.js';
import { BBO, rowsFrom } from './testing/two-partitions.js';
import { webhookBody } from './webhook-body.js';

let root: string;
let hook: HookServer;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'ticklake-reported-'));
  hook = await startHookServer();
  await putSpool(localStore(join(root, 'raw')), `${BBO}2026-02-03_10-00-00.parquet`, rowsFrom(0, 10));
});
afterEach(async () => {
  await hook.close();
  rmSync(root, { recursive: true, force: true });
});

interface Changes {
  readonly signal?: AbortSignal;
  readonly today?: string;
}

/** Runs a command line, on noon of 2026-02-04 unless told otherwise, and holds whatever it says to hold no secret. */
async function run(argv: readonly string[], { signal, today = '2026-02-04' }: Changes = {}) {
  const env = { TICKLAKE_ISOLATE: 'false', TICKLAKE_WEBHOOK: hook.url };
  const stores = ['--raw', join(root, 'raw'), '--compact', join(root, 'lake')];
  const host = memoryHost({
    argv: ['run', ...stores, ...argv],
    env,
    clock: noonOf(today),
    ...(signal && { signal }),
  });
  const code = await runCli(app, host);
  expect(host.out() + host.err()).not.toContain(HOOK_CANARY);
  return { code, out: host.out(), err: host.err() };
}

const metricsPath = () => join(root, 'textfile', 'compactor.prom');

/** The figures by name, those with labels by name and label. */
function metrics(): Record<string, number> {
  const found = parseExposition(readFileSync(metricsPath(), 'utf8'));
  return Object.fromEntries(
    found.flatMap(({ name, samples }) =>
      samples.map(({ labels, value }) => [
        [name.replace('ticklake_compactor_', ''), ...Object.values(labels)].join(' '),
        value,
      ]),
    ),
  );
}

const damage = () =>
  localStore(join(root, 'raw')).put(`${BBO}2026-02-03_11-00-00.parquet`, new Uint8Array([1, 2, 3]));
const noonSeconds = (day: string) => startOfDayMs(parseUtcDay(day)) / 1000 + 12 * 3600;

describe('--metrics-file', () => {
  it('tells of a run that went well', async () => {
    expect((await run(['--metrics-file', metricsPath()])).code).toBe(0);
    expect(metrics()).toEqual({
      last_run_timestamp_seconds: noonSeconds('2026-02-04'),
      last_success_timestamp_seconds: noonSeconds('2026-02-04'),
      last_compacted_day_timestamp_seconds: noonSeconds('2026-02-03') - 12 * 3600,
      exit_code: 0,
      duration_seconds: 0,
      rows: 10,
      list_requests: expect.any(Number) as number,
      unplaced_files: 0,
      'partitions done': 1,
      'partitions skipped': 0,
      'partitions quarantined': 0,
      'partitions failed': 0,
      'partitions cancelled': 0,
    });
    expect(readdirSync(join(root, 'textfile'))).toEqual(['compactor.prom']);
  });

  it('keeps when the last success was, through runs that fail in part or as a whole', async () => {
    await run(['--metrics-file', metricsPath()]);
    const success = noonSeconds('2026-02-04');
    await damage();
    const partly = ['--metrics-file', metricsPath(), '--overwrite', '--date', '20260203'];
    expect((await run(partly, { today: '2026-02-05' })).code).toBe(3);
    expect(metrics()).toMatchObject({
      exit_code: 3,
      'partitions quarantined': 1,
      last_run_timestamp_seconds: noonSeconds('2026-02-05'),
      last_success_timestamp_seconds: success,
    });
    const day = metrics()['last_compacted_day_timestamp_seconds'];
    writeFileSync(join(root, 'lake', 'compacted', '_state.json'), '{');
    expect((await run(['--metrics-file', metricsPath()], { today: '2026-02-06' })).code).toBe(2);
    expect(metrics()).toMatchObject({
      exit_code: 2,
      'partitions done': 0,
      last_run_timestamp_seconds: noonSeconds('2026-02-06'),
      last_success_timestamp_seconds: success,
      last_compacted_day_timestamp_seconds: day,
    });
    expect(metrics()).not.toHaveProperty('list_requests');
  });

  it('is a warning where it cannot be written, and the run is as it was', async () => {
    mkdirSync(metricsPath(), { recursive: true });
    const { code, out, err } = await run(['--metrics-file', metricsPath()]);
    expect(code).toBe(0);
    expect(out).toContain('1 compacted (10 rows)');
    expect(err).toContain('the metrics file was not written');
  });

  it('is not written for a plan', async () => {
    expect((await run(['--plan', '--metrics-file', metricsPath()])).code).toBe(0);
    expect(existsSync(metricsPath())).toBe(false);
  });
});

describe('--webhook', () => {
  it('is not told of a success, unless always', async () => {
    expect((await run([])).code).toBe(0);
    expect(hook.bodies).toEqual([]);
    expect((await run(['--webhook-on', 'always'])).code).toBe(0);
    expect(hook.bodies).toMatchObject([{ exit_code: 0, outcome: 'success', failures: [] }]);
  });

  it('is told of partitions that failed', async () => {
    await damage();
    expect((await run([])).code).toBe(3);
    expect(hook.bodies).toEqual([
      {
        text: `ticklake-compactor 0.1.0 on ${hostname()}: failures (exit 3), 1 quarantined, binance/bbo/btcusdt/20260203: damaged spool files; the partition is not published`,
        app: 'ticklake-compactor 0.1.0',
        host: hostname(),
        exit_code: 3,
        outcome: 'failures',
        summary: {
          partitions: { done: 0, skipped: 0, quarantined: 1, failed: 0, cancelled: 0 },
          rows: 0,
          unplaced_files: 0,
          last_compacted_date: null,
        },
        failures: [
          {
            partition: 'binance/bbo/btcusdt/20260203',
            code: 'BAD_MAGIC',
            message: 'damaged spool files; the partition is not published',
          },
        ],
        started_at: '2026-02-04T12:00:00.000Z',
        ended_at: '2026-02-04T12:00:00.000Z',
      },
    ]);
    const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(files.length).toBeGreaterThan(2);
    for (const { parentPath, name } of files) {
      expect(readFileSync(join(parentPath, name), 'latin1')).not.toContain(HOOK_CANARY);
    }
  });

  it('is told of a run that could not begin', async () => {
    mkdirSync(join(root, 'lake', 'compacted'), { recursive: true });
    writeFileSync(join(root, 'lake', 'compacted', '_state.json'), '{');
    expect((await run([])).code).toBe(2);
    expect(hook.bodies).toMatchObject([
      { exit_code: 2, outcome: 'invalid', failures: [{ partition: null, code: 'STATE' }] },
    ]);
  });

  it('is not told of a run that a signal stopped', async () => {
    expect((await run(['--webhook-on', 'always'], { signal: AbortSignal.abort() })).code).toBe(130);
    expect(hook.bodies).toEqual([]);
  });

  it.each([
    [500, 2],
    [404, 1],
  ])('that answers %d is asked %d times, and the run ends as it was', async (status, times) => {
    hook.answer(status);
    await damage();
    const { code, err } = await run([]);
    expect([code, hook.bodies.length]).toEqual([3, times]);
    expect(err).toContain('the webhook was not told');
  });

  it.each(['http://hooks.example/x', 'https://169.254.169.254/x', 'nonsense'])(
    'is refused before anything is done where it is %s',
    async (url) => {
      const { code, out } = await run(['--webhook', url]);
      expect([code, out]).toEqual([2, '']);
      expect(existsSync(join(root, 'lake'))).toBe(false);
    },
  );

  it('is not shown by --print-config', async () => {
    const { code, out } = await run(['--print-config']);
    expect(code).toBe(0);
    expect(out).toMatch(/^webhook +\*\*\* +TICKLAKE_WEBHOOK$/m);
  });
});

describe('a report', () => {
  const end = { startedAtMs: 0, endedAtMs: 5000, summary: undefined, signal: new AbortController().signal };

  it('counts every failure, tells twenty, and that of the run first', () => {
    const tally = createRunTally();
    for (let i = 0; i < 30; i++) {
      const error = new LakeError('unavailable', `no ${i}`);
      tally.event({ type: 'failed', taskId: `t${i}`, error, quarantined: false });
    }
    const report = tally.report({ ...end, end: { error: new TypeError('x is not a function') } });
    expect(report).toMatchObject({ exitCode: 1, outcome: 'bug', partitions: { failed: 30 } });
    expect(report.failures).toHaveLength(20);
    expect(report.failures.slice(0, 2)).toEqual([
      { partition: null, code: 'BUG', message: 'x is not a function' },
      { partition: 't0', code: 'unavailable', message: 'no 0' },
    ]);
  });

  it('tells a webhook nothing that is secret', () => {
    const report = createRunTally().report({ ...end, end: { error: new LakeError('denied', 'no canary') } });
    const redact = (text: string) => text.replaceAll('canary', '***');
    expect(JSON.stringify(webhookBody(report, { app: 'a', host: 'h', redact }))).not.toContain('canary');
  });

  it('forgets the last compacted day when the run knows that there is none', () => {
    const before = new Map([['ticklake_compactor_last_compacted_day_timestamp_seconds', 1]]);
    const report = createRunTally().report({ ...end, end: { outcome: 'success' } });
    const has = (lastCompactedDay: string | null | undefined) =>
      runMetrics({ ...report, lastCompactedDay }, before).some(
        ({ name, samples }) => name.includes('last_compacted_day') && samples.length > 0,
      );
    expect([has(undefined), has(null), has('20260203')]).toEqual([true, false, true]);
  });
});
