import { jest } from '@jest/globals';
import { getEventListeners } from 'node:events';
import { systemClock } from './clock.js';

const CANCELLED = { name: 'LakeError', kind: 'cancelled' };

beforeEach(() => {
  jest.useFakeTimers({ now: 1_770_000_000_000 });
});
afterEach(() => {
  jest.useRealTimers();
});

it('tells the time of the machine', () => {
  expect(systemClock.nowMs()).toBe(1_770_000_000_000);
  jest.setSystemTime(5);
  expect(systemClock.nowMs()).toBe(5);
});

describe('sleep', () => {
  it('ends when the time is over, not before', async () => {
    const ended = jest.fn();
    const sleep = systemClock.sleep(1000).then(ended);
    await jest.advanceTimersByTimeAsync(999);
    expect(ended).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    await sleep;
    expect(ended).toHaveBeenCalledTimes(1);
  });

  it('is cancelled at once by its signal, and leaves no timer', async () => {
    const controller = new AbortController();
    const sleep = systemClock.sleep(1000, controller.signal);
    expect(jest.getTimerCount()).toBe(1);
    controller.abort();
    await expect(sleep).rejects.toMatchObject(CANCELLED);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('does not start when the signal has been given', async () => {
    await expect(systemClock.sleep(1000, AbortSignal.abort())).rejects.toMatchObject(CANCELLED);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('lets go of the signal, so that one signal serves any number of sleeps', async () => {
    const controller = new AbortController();
    const sleep = systemClock.sleep(10, controller.signal);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(10);
    await sleep;
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    controller.abort();
  });
});
