import { LakeError } from '@ticklake/core';
import { fakeClock } from '@ticklake/core/testing';
import type { JobEvent } from '@ticklake/jobs';
import { createReporter } from './reporter.js';
import { memoryHost } from './testing/index.js';

const done: JobEvent = {
  type: 'finished',
  taskId: 'binance/bbo/btcusdt/20260203',
  result: { status: 'done', rowCount: 1000, sizeBytes: 2_500_000 },
  tookMs: 1200,
};

function setUp(isTTY: boolean, columns = 80) {
  const clock = fakeClock(0);
  const host = memoryHost({ argv: [], clock, isTTY, columns });
  const reporter = createReporter({ name: 'tool', stderr: host.stderr, clock, redact: (text) => text });
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
      { at: '1970-01-01T00:00:00.000Z', type: 'started', taskId: 'a' },
      { at: '1970-01-01T00:00:01.500Z', ...done },
      {
        at: '1970-01-01T00:00:01.500Z',
        type: 'failed',
        taskId: 'b',
        quarantined: true,
        error: { message: 'bad page', kind: 'corrupt', code: 'CRC_MISMATCH', details: { offset: '5' } },
      },
      {
        at: '1970-01-01T00:00:01.500Z',
        type: 'error',
        message: 'another run holds the lease',
        kind: 'busy',
        details: {},
        cause: 'x',
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
    expect(host.err().trimEnd().split('\n')).toHaveLength(9);
  });
});

describe('on a terminal', () => {
  /** What a reader sees at the end: each line after its last clearing. */
  function screen(text: string): string[] {
    return text.split('\n').map((line) => line.slice(line.lastIndexOf('\u001b[2K') + 1).replace('[2K', ''));
  }

  it('keeps what ended above one live line, and takes that away at the end', () => {
    const { clock, host, reporter } = setUp(true);
    reporter.event({ type: 'started', taskId: 'a' });
    clock.advance(200);
    reporter.event({ type: 'progress', taskId: 'a', rowsDone: 42 });
    expect(screen(host.err())).toEqual(['0 done · 42 rows · 1 running: a']);
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
      'warning: late files count=2',
      '',
    ]);
  });

  it('redraws ten times a second at most, and never wider than the terminal', () => {
    const { clock, host, reporter } = setUp(true, 20);
    for (let i = 0; i < 1000; i++) {
      reporter.event({ type: 'progress', taskId: 'a-long-name-of-a-task', rowsDone: i });
      clock.advance(1);
    }
    const frames = host.err().split('\r\u001b[2K').slice(1);
    expect(frames).toHaveLength(10);
    for (const frame of frames) expect(frame.length).toBeLessThan(20);
  });
});
