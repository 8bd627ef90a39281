import { rmSync } from 'node:fs';
import type { Clock } from '@ticklake/core';
import { localStore } from '@ticklake/storage';
import { STATE_KEY } from '../documents.js';
import { expectFoundIn, makePlaces, type Case, type Places } from '../testing/examine.js';

let places: Places;
beforeEach(() => void (places = makePlaces()));
afterEach(() => rmSync(places.base, { recursive: true }));

const expectFound = (check: string, state: string, pattern: RegExp, change: Case) =>
  expectFoundIn(places, [check, state, pattern], change);

describe('the state', () => {
  const noon: Clock = { nowMs: () => Date.UTC(2026, 5, 10, 12), sleep: () => Promise.resolve() };
  const put = (last: string | null, statuses: Record<string, string> = {}) => {
    const updated_at = '2026-06-10T03:00:00.000Z';
    const partitions = Object.fromEntries(
      Object.entries(statuses).map(([id, status]) => [id, { status, updated_at }]),
    );
    const state = { version: 1, last_compacted_date: last, updated_at, partitions, days: {} };
    return localStore(places.compact).put(STATE_KEY, Buffer.from(JSON.stringify(state)));
  };

  it.each<[string, string | null, string, RegExp]>([
    ['of yesterday', '20260609', 'ok', /over for 12 h/],
    ['of the day before', '20260608', 'fail', /over for 36 h/],
    ['of no day', null, 'fail', /no day is compacted/],
  ])('%s is as fresh as that', async (_, last, state, pattern) => {
    await put(last);
    await expectFound('freshness', state, pattern, { clock: noon });
  });

  it('tells of partitions that are not well', async () => {
    await put('20260609', {
      'a/b/c/20260609': 'failed',
      'a/b/d/20260609': 'failed',
      'a/b/e/20260609': 'stale',
    });
    await expectFound('partitions', 'warn', /^2 failed, 1 stale$/, { clock: noon });
  });

  it('that cannot be understood is a failure', async () => {
    await localStore(places.compact).put(STATE_KEY, Buffer.from('{'));
    await expectFound('state', 'fail', /cannot be understood/, {});
  });
});
