import { addDays, daysBetween, parseUtcDay, type UtcDay } from '@ticklake/core';
import fc from 'fast-check';
import { advanceWatermark, selectDays, type DayLedger, type DayRequest } from './catch-up.js';

const TODAY = day('2026-03-01');

function day(text: string): UtcDay {
  return parseUtcDay(text);
}

function ledger(lastDay?: string, finished: string[] = [], unfinished: string[] = []): DayLedger {
  return {
    lastDay: lastDay === undefined ? undefined : day(lastDay),
    finishedDays: new Set(finished.map(day)),
    unfinishedDays: new Set(unfinished.map(day)),
  };
}

function backfill(from: string, to?: string): DayRequest {
  return { mode: 'backfill', fromDay: day(from), toDay: to === undefined ? undefined : day(to) };
}

describe('selectDays', () => {
  it.each<[string, DayRequest, DayLedger, string[]]>([
    ['daily is yesterday', { mode: 'daily' }, ledger('2026-01-01'), ['2026-02-28']],
    ['no state: yesterday only', { mode: 'catch-up' }, ledger(), ['2026-02-28']],
    ['from the day after the last', { mode: 'catch-up' }, ledger('2026-02-26'), ['2026-02-27', '2026-02-28']],
    ['up to date', { mode: 'catch-up' }, ledger('2026-02-28'), []],
    [
      'days done out of order are not missing',
      { mode: 'catch-up' },
      ledger('2026-02-24', ['2026-02-26']),
      ['2026-02-25', '2026-02-27', '2026-02-28'],
    ],
    [
      'an old failure comes again, first',
      { mode: 'catch-up' },
      ledger('2026-02-27', [], ['2025-12-31']),
      ['2025-12-31', '2026-02-28'],
    ],
    [
      'without a last day, because the first one failed: that one and every day since',
      { mode: 'catch-up' },
      ledger(undefined, ['2026-02-27'], ['2026-02-25']),
      ['2026-02-25', '2026-02-26', '2026-02-28'],
    ],
    [
      'a range has both ends',
      backfill('2026-02-26', '2026-02-28'),
      ledger(),
      ['2026-02-26', '2026-02-27', '2026-02-28'],
    ],
    ['a missing end is the start', backfill('2026-01-05'), ledger('2026-02-28'), ['2026-01-05']],
    [
      'a leap day is a day',
      backfill('2024-02-28', '2024-03-01'),
      ledger(),
      ['2024-02-28', '2024-02-29', '2024-03-01'],
    ],
    ['single', { mode: 'single', day: day('2026-02-03') }, ledger('2026-02-28'), ['2026-02-03']],
  ])('%s', (_, request, known, expected) => expect(selectDays(request, known, TODAY)).toEqual(expected));

  it.each<[string, DayRequest, DayLedger, string, string]>([
    ['today, single', { mode: 'single', day: TODAY }, ledger(), 'incomplete', 'TODAY'],
    ['today, end of a range', backfill('2026-02-01', '2026-03-01'), ledger(), 'incomplete', 'TODAY'],
    ['tomorrow', backfill('2026-02-01', '2026-03-02'), ledger(), 'invalid', 'FUTURE'],
    ['future single', { mode: 'single', day: day('2030-01-01') }, ledger(), 'invalid', 'FUTURE'],
    ['backwards', backfill('2026-02-02', '2026-02-01'), ledger(), 'invalid', 'RANGE'],
    ['3,661 days', backfill('2016-02-20', '2026-02-27'), ledger(), 'invalid', 'RANGE'],
    ['a last day typed wrong by a century', { mode: 'catch-up' }, ledger('1926-02-02'), 'invalid', 'RANGE'],
    ['state from the future', { mode: 'catch-up' }, ledger('2026-03-01'), 'invalid', 'STATE'],
  ])('refuses %s', (_, request, known, kind, code) => {
    expect(() => selectDays(request, known, TODAY)).toThrow(expect.objectContaining({ kind, code }));
  });

  it('takes 3,660 days', () => {
    const from = addDays(day('2026-02-27'), -3659);
    expect(
      selectDays({ mode: 'backfill', fromDay: from, toDay: day('2026-02-27') }, ledger(), TODAY),
    ).toHaveLength(3660);
  });
});

describe('advanceWatermark', () => {
  it.each<[string, DayLedger, string | undefined]>([
    ['nothing known', ledger(), undefined],
    ['first day done', ledger(undefined, ['2026-02-28']), '2026-02-28'],
    ['first day failed', ledger(undefined, ['2026-02-03'], ['2026-02-02']), undefined],
    ['moves over finished days', ledger('2026-02-01', ['2026-02-02', '2026-02-03']), '2026-02-03'],
    ['stops before a gap', ledger('2026-02-01', ['2026-02-02', '2026-02-04']), '2026-02-02'],
    ['stops before a failure', ledger('2026-02-01', ['2026-02-03'], ['2026-02-02']), '2026-02-01'],
    ['a later day does not jump over', ledger('2026-02-01', ['2026-02-28']), '2026-02-01'],
    ['never moves back', ledger('2026-02-10', [], ['2026-01-01']), '2026-02-10'],
    [
      'a day both finished and not is not',
      ledger('2026-02-01', ['2026-02-02'], ['2026-02-02']),
      '2026-02-01',
    ],
  ])('%s', (_, known, expected) => expect(advanceWatermark(known)).toBe(expected));

  it('whatever fails and in whatever order, catching up until nothing fails leaves nothing behind', () => {
    const first = day('2026-01-01');
    const failures = fc.array(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 6 }), { maxLength: 6 });
    fc.assert(
      fc.property(failures, (runs) => {
        let state: DayLedger = ledger(addDays(first, -1));
        const finished = new Set<UtcDay>();
        const today = addDays(first, 21);
        for (const failing of [...runs, []]) {
          const unfinished = new Set<UtcDay>();
          for (const asked of selectDays({ mode: 'catch-up' }, state, today)) {
            if (failing.some((offset) => addDays(first, offset) === asked)) unfinished.add(asked);
            else finished.add(asked);
          }
          state = { lastDay: state.lastDay, finishedDays: finished, unfinishedDays: unfinished };
          const moved = advanceWatermark(state) ?? first;
          for (const passed of daysBetween(first, moved)) expect(finished).toContain(passed);
          state = { ...state, lastDay: moved };
        }
        expect(state.lastDay).toBe(addDays(today, -1));
        expect(finished.size).toBe(21);
      }),
    );
  });
});
