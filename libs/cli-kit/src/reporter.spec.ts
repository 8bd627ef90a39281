import { LakeError } from '@ticklake/core';
import { fakeClock } from '@ticklake/core/testing';
import type { JobEvent } from '@ticklake/jobs';
import { createHints } from './hints.js';
import { createReporter } from './reporter.js';
import { memoryHost } from './testing/index.js';

const done = {
  type: 'finished',
  taskId: 'binance/bbo/btcusdt/20260203',
  result: { status: 'done', rowCount: 1000, sizeBytes: 2_500_000 },
  tookMs: 1200,
} as const satisfies JobEvent;

function setUp(isTTY: boolean, { columns = 80, hasEmoji = false } = {}) {
  const clock = fakeClock(0);
  const host = memoryHost({ argv: [], clock, isTTY, columns });
  const reporter = createReporter({
    ...host,
    name: 'tool',
    redact: (text) => text,
    hintOf: createHints({ name: 'tool' }),
    hasEmoji,
  });
  return { clock, host, reporter };
}

describe('in a log', () => {
  it('is one JSON object per line', () => {
    const { clock, host, reporter } = setUp(false);
    reporter.event({ type: 'started', taskId: 'a' });
    clock.advance(1500);
    reporter.event(done);
    const error = new LakeError('corrupt', 'bad page', { code: 'CRC_MISMATCH', details: { offset: 5n } });
    reporter.event({ type: 'failed', taskId: 'b', error, quarantined: true });
    reporter.failure(new LakeError('busy', 'another run holds the lease', { cause: new Error('x') }));
    const lines = host.err().trimEnd().split('\n');
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
      { at: '1970-01-01T00:00:00.000Z', type: 'started', taskId: 'a', rssBytes: 2 ** 26 },
      { at: '1970-01-01T00:00:01.500Z', ...done, rssBytes: 2 ** 26 },
      {
        at: '1970-01-01T00:00:01.500Z',
        type: 'failed',
        taskId: 'b',
        quarantined: true,
        error: { message: 'bad page', kind: 'corrupt', code: 'CRC_MISMATCH', details: { offset: '5' } },
        hint: expect.stringContaining('restore it') as string,
        rssBytes: 2 ** 26,
      },
      {
        at: '1970-01-01T00:00:01.500Z',
        type: 'error',
        message: 'another run holds the lease',
        kind: 'busy',
        details: {},
        cause: 'x',
        hint: expect.stringContaining('wait for the other run') as string,
        rssBytes: 2 ** 26,
      },
    ]);
    expect(host.err()).not.toContain('\u001b');
  });

  it('tells the progress of a task every ten seconds at most', () => {
    const { clock, host, reporter } = setUp(false);
    for (let i = 0; i < 100; i++) {
      reporter.event({ type: 'progress', taskId: 'a', rowsDone: i });
      clock.advance(1000);
    }
    const lines = host.err().trimEnd().split('\n');
    expect(lines).toHaveLength(9);
    expect(JSON.parse(lines[3] ?? '')).toEqual({
      at: '1970-01-01T00:00:40.000Z',
      type: 'progress',
      taskId: 'a',
      rowsDone: 40,
      tasksDone: 0,
      tasksFailed: 0,
      tasksRunning: 1,
      rows: 40,
      rowsPerSecond: 1,
      rssBytes: 2 ** 26,
    });
  });
});

describe('on a terminal', () => {
  const CLEAR = '\r\u001b[2K';
  const [NO_WRAP, WRAP] = ['\u001b[?7l', '\u001b[?7h'];

  /** What a reader sees at the end: each line after its last clearing. */
  function screen(text: string): string[] {
    return text
      .split('\n')
      .map((line) => (line.split(CLEAR).at(-1) ?? '').replace(NO_WRAP, '').replace(WRAP, ''));
  }

  it('keeps what ended above one live line, and takes that away at the end', () => {
    const { clock, host, reporter } = setUp(true);
    reporter.event({ type: 'started', taskId: 'a' });
    clock.advance(200);
    reporter.event({ type: 'progress', taskId: 'a', rowsDone: 42 });
    expect(screen(host.err())).toEqual(['0 done · 42 rows · 64 MiB · 1 running: a']);
    clock.advance(200);
    reporter.event(done);
    reporter.event({
      type: 'failed',
      taskId: 'b',
      error: new LakeError('corrupt', 'bad'),
      quarantined: true,
    });
    reporter.event({ type: 'planned', taskCount: 3 });
    reporter.event({ type: 'note', severity: 'warning', message: 'late files', details: { count: 2 } });
    reporter.close();
    expect(screen(host.err())).toEqual([
      'done binance/bbo/btcusdt/20260203: 1000 rows, 2.5 MB, 1.2 s',
      'failed b (quarantined): bad',
      'hint: get the file from where it came once more, or restore it',
      'warning: late files count=2',
      '',
    ]);
  });

  it('begins lines with an emoji where that is wanted, one for each kind', () => {
    const { host, reporter } = setUp(true, { hasEmoji: true });
    const lost = new LakeError('corrupt', 'bad');
    const skipped = { status: 'skipped', reason: 'published already' } as const;
    reporter.event(done);
    reporter.event({ type: 'finished', taskId: 'a', result: skipped, tookMs: 1 });
    reporter.event({ type: 'failed', taskId: 'b', error: lost, quarantined: false });
    reporter.event({ type: 'cancelled', taskId: 'c' });
    for (const severity of ['info', 'warning'] as const)
      reporter.event({ type: 'note', severity, message: 'late files', details: {} });
    reporter.failure(lost);
    const lines = screen(host.err()).filter((line) => !line.startsWith('hint') && line !== '');
    expect(lines).toEqual([
      '✅ done binance/bbo/btcusdt/20260203: 1000 rows, 2.5 MB, 1.2 s',
      '💤 skipped a: published already',
      '❌ failed b: bad',
      '🛑 cancelled c',
      '📌 info: late files',
      '🚧 warning: late files',
      '❌ tool: bad',
    ]);
  });

  it('gives a hint once, however many fail for the same reason', () => {
    const { host, reporter } = setUp(true);
    for (const taskId of ['a', 'b', 'c']) {
      const error = new LakeError(taskId === 'c' ? 'denied' : 'corrupt', 'bad');
      reporter.event({ type: 'failed', taskId, error, quarantined: false });
    }
    reporter.failure(new LakeError('busy', 'no'));
    expect(screen(host.err()).map((line) => line.split(': ')[0])).toEqual([
      'failed a',
      'hint',
      'failed b',
      'failed c',
      'hint',
      'tool',
      'hint',
      '',
    ]);
  });

  it('redraws ten times a second at most, and never wider than the terminal', () => {
    const { clock, host, reporter } = setUp(true, { columns: 20 });
    for (let i = 0; i < 1000; i++) {
      reporter.event({ type: 'progress', taskId: 'a-long-name-of-a-task', rowsDone: i });
      clock.advance(1);
    }
    const frames = host.err().split(CLEAR).slice(1);
    expect(frames).toHaveLength(10);
    for (const frame of frames) {
      expect([frame.startsWith(NO_WRAP), frame.endsWith(WRAP)]).toEqual([true, true]);
      expect(frame.replace(NO_WRAP, '').replace(WRAP, '')).toHaveLength(19);
    }
  });

  it('follows a terminal that changes its width', () => {
    const { clock, host, reporter } = setUp(true, { columns: 20 });
    reporter.event({ type: 'started', taskId: 'a-long-name-of-a-task' });
    Object.assign(host.stderr, { columns: 10 });
    clock.advance(100);
    reporter.event({ type: 'planned', taskCount: 1 });
    expect(screen(host.err())).toEqual(['0/1 done ']);
    reporter.close();
  });

  it('shows the speed, the time that is left and the memory', () => {
    const { clock, host, reporter } = setUp(true, { columns: 200 });
    reporter.event({ type: 'started', taskId: 'a' });
    clock.advance(10_000);
    reporter.event({ type: 'finished', taskId: 'a', result: done.result, tookMs: 10_000 });
    reporter.event({ type: 'started', taskId: 'b' });
    clock.advance(1000);
    reporter.event({ type: 'planned', taskCount: 20 });
    expect(screen(host.err()).at(-1)).toBe(
      '1/20 done · 1,000 rows · 91 rows/s · ETA 3m29s · 64 MiB · 1 running: b',
    );
    reporter.close();
  });

  it('obeys no command that stands in a name', () => {
    const { host, reporter } = setUp(true);
    reporter.event({ type: 'cancelled', taskId: 'a\u001b]0;title\u0007\u009b2J' });
    reporter.close();
    expect(screen(host.err())).toEqual(['cancelled a\ufffd]0;title\ufffd\ufffd2J', '']);
  });
});
