import { EventEmitter, once } from 'node:events';
import { systemClock, type Clock } from '@ticklake/core';
import { residentMeter } from './resident-bytes.js';
import { manualClock } from './testing/manual-clock.js';
import { residentOfChildren, startWatchedChild, type WatchedChild } from './watched-child.js';

const SCRIPT = new URL('./spec-support/misbehave.mjs', import.meta.url);
const MIB = 2 ** 20;

let child: WatchedChild<string> | undefined;
afterEach(() => child?.end());

function start({ residentMib = 1024, clock = systemClock }: { residentMib?: number; clock?: Clock } = {}) {
  const heard = new EventEmitter();
  const started = startWatchedChild<string, string>({
    script: SCRIPT,
    residentBytesMax: residentMib * MIB,
    pollMs: 50,
    clock,
    onMessage: (message) => heard.emit(message),
  });
  child = started;
  return {
    ...started,
    async say(order: string) {
      const answered = once(heard, order);
      started.send(order);
      await answered;
    },
  };
}

/** Whether a process of this number exists. */
function exists(pid: number | undefined): boolean {
  try {
    return process.kill(pid ?? 0, 0);
  } catch {
    return false;
  }
}

describe('startWatchedChild', () => {
  it('talks with the child until it is ended', async () => {
    const { pid, say, end, ended } = start();
    await say('a');
    await say('b');
    expect(exists(pid)).toBe(true);
    await end();
    expect(exists(pid)).toBe(false);
    expect(await ended).toEqual({ reason: 'ended' });
  });

  it('ends a child that is silent for too long, while it has something to do', async () => {
    const clock = manualClock(0);
    const { pid, say, send, allowSilence, ended } = start({ clock });
    await say('ready');
    await clock.advance(100_000);
    allowSilence(30_000);
    await clock.advance(29_000);
    await say('a sign of life');
    await clock.advance(29_000);
    allowSilence(undefined);
    await clock.advance(100_000);
    expect(exists(pid)).toBe(true);
    allowSilence(30_000);
    send('hang');
    await clock.advance(30_000);
    expect(exists(pid)).toBe(true);
    await clock.advance(50);
    expect(await ended).toEqual({ reason: 'silence', silentMs: 30_050 });
    expect(exists(pid)).toBe(false);
  });

  it('takes no jump of the clock for silence', async () => {
    let nowMs = 0;
    const clock = { ...systemClock, nowMs: () => (nowMs += 1e9) };
    const { pid, say, allowSilence } = start({ clock });
    allowSilence(300_000);
    await say('a');
    await systemClock.sleep(200);
    await say('b');
    expect(exists(pid)).toBe(true);
  });

  it('ends a child that takes too much memory', async () => {
    const { send, allowSilence, ended } = start({ residentMib: 256 });
    allowSilence(300_000);
    send('grow');
    const end = await ended;
    expect(end).toMatchObject({ reason: 'memory', residentBytesMax: 256 * MIB });
    expect(end.reason === 'memory' && end.residentBytes > 256 * MIB).toBe(true);
  });

  it('knows what all children hold, as long as they are there', async () => {
    expect(residentOfChildren()).toBe(0);
    const { say, allowSilence, end } = start();
    allowSilence(300_000);
    await say('a');
    await systemClock.sleep(200);
    expect(residentOfChildren()).toBeGreaterThan(10 * MIB);
    await end();
    expect(residentOfChildren()).toBe(0);
  });

  it.each([
    ['crash', { reason: 'crash', exitCode: null, signal: 'SIGSEGV' }],
    ['leave', { reason: 'crash', exitCode: 7, signal: null }],
  ])('tells of a child that ends by itself (%s)', async (order, end) => {
    const { send, allowSilence, ended } = start();
    allowSilence(300_000);
    send(order);
    expect(await ended).toEqual(end);
    // Nobody minds what is said to the dead.
    send('hello');
    allowSilence(1);
  });
});

describe('residentMeter', () => {
  it.each([true, false])('knows how much memory this process has (by /proc: %s)', async (hasProc) => {
    const meter = residentMeter(process.pid, hasProc);
    const { rss } = process.memoryUsage();
    for (let i = 0; i < 3; i++) {
      const bytes = (await meter.read()) ?? 0;
      expect(bytes).toBeGreaterThan(rss / 4);
      expect(bytes).toBeLessThan(rss * 4);
    }
  });

  it.each([true, false])('knows nothing of a process that is gone (by /proc: %s)', async (hasProc) => {
    expect(await residentMeter(2 ** 22 + 1, hasProc).read()).toBeUndefined();
  });
});
