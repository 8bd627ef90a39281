import { parseUtcDay } from '@ticklake/core';
import { memoryStore } from '@ticklake/storage';
import { readLedger } from './read-ledger.js';
import { putWindows } from '../testing/ledger.js';

const DAY = parseUtcDay('20260203');
const DIRECTORY = 'quality/date=20260203/';

it('a whole day of windows', async () => {
  const raw = memoryStore();
  await putWindows(raw, DAY, 96);
  expect(await readLedger(raw, DAY)).toMatchObject({
    grade: 'GOOD',
    windows: 96,
    missingWindows: 0,
    unreadable: [],
  });
});

it('windows that are missing are told', async () => {
  const raw = memoryStore();
  await putWindows(raw, DAY, 90);
  expect(await readLedger(raw, DAY)).toMatchObject({ grade: 'GOOD', windows: 90, missingWindows: 6 });
});

it('a day without a ledger is unknown', async () => {
  expect(await readLedger(memoryStore(), DAY)).toMatchObject({ grade: 'UNKNOWN', missingWindows: 96 });
});

it.each([
  ['is no JSON', '{"signals": '],
  ['has no signals', '{"quality": "GOOD"}'],
  ['has a signal of another kind', '{"signals": {"dropped_events": "many"}}'],
  ['is of another time', '{"window_start": "2026-02-03T00:15:00Z", "signals": {}}'],
])('a window that %s is told, and not judged', async (_why, text) => {
  const raw = memoryStore();
  await putWindows(raw, DAY, 96);
  await raw.put(`${DIRECTORY}window=0000.json`, new TextEncoder().encode(text));
  expect(await readLedger(raw, DAY)).toMatchObject({
    windows: 95,
    missingWindows: 0,
    unreadable: [`${DIRECTORY}window=0000.json`],
  });
});

it('other objects beside the windows do not matter', async () => {
  const raw = memoryStore();
  await putWindows(raw, DAY, 1);
  for (const name of ['window=0015.json.tmp', 'window=2400.json', 'window=0007.json', 'notes.txt']) {
    await raw.put(DIRECTORY + name, new TextEncoder().encode('?'));
  }
  expect(await readLedger(raw, DAY)).toMatchObject({ windows: 1, missingWindows: 95, unreadable: [] });
});
