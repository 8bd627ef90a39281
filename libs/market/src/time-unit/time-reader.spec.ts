import { TimeReader, type ColumnUnit, type EpochUnit } from './time-reader.js';

const MS = 1_709_164_800_123n;

interface Given {
  readonly sourceUnit?: EpochUnit;
  readonly targetUnit?: ColumnUnit;
}

function read(values: readonly bigint[], { sourceUnit, targetUnit }: Given = {}, validity?: Uint8Array) {
  const reader = new TimeReader({ sourceUnit, targetUnit });
  const column = BigInt64Array.from(values);
  reader.convert(column, validity, (row) => ({ file: 'f.csv', line: row + 1 }));
  return { values: [...column], source: reader.sourceUnit, target: reader.targetUnit };
}

const failure = (code: string, details: object = {}) =>
  expect.objectContaining({
    kind: 'corrupt',
    code,
    details: expect.objectContaining({ file: 'f.csv', ...details }),
  });

it.each<[string, bigint, Given, bigint, EpochUnit, ColumnUnit]>([
  ['milliseconds stay', MS, {}, MS, 'ms', 'ms'],
  ['microseconds stay', MS * 1000n + 7n, {}, MS * 1000n + 7n, 'us', 'us'],
  ['microseconds become milliseconds', MS * 1000n, { targetUnit: 'ms' }, MS, 'us', 'ms'],
  ['milliseconds become microseconds', MS, { targetUnit: 'us' }, MS * 1000n, 'ms', 'us'],
  ['seconds that were announced', 1_709_164_800n, { sourceUnit: 's' }, 1_709_164_800_000n, 's', 'ms'],
  ['nanoseconds that were announced', MS * 1_000_000n, { sourceUnit: 'ns' }, MS * 1000n, 'ns', 'us'],
])('%s', (_, value, given, result, source, target) => {
  expect(read([value], given)).toEqual({ values: [result], source, target });
});

it.each<[string, readonly bigint[], Given, string, object]>([
  ['seconds', [1_709_164_800n], {}, 'TIME_RANGE', { line: 1, looksLike: 's' }],
  ['nanoseconds', [MS * 1_000_000n], {}, 'TIME_RANGE', { line: 1, looksLike: 'ns' }],
  ['1970', [0n], {}, 'TIME_RANGE', { line: 1 }],
  ['a time before 1970', [-MS], {}, 'TIME_RANGE', { line: 1 }],
  ['the year 2100', [MS, 4_102_444_800_000n], {}, 'TIME_RANGE', { line: 2 }],
  ['a unit that changes', [MS, MS, MS * 1000n], {}, 'TIME_UNIT_MIXED', { line: 3, unit: 'ms', found: 'us' }],
  ['a smaller unit first', [MS * 1000n, MS], {}, 'TIME_UNIT_MIXED', { line: 2, found: 'ms' }],
  ['half a millisecond', [MS * 1000n, MS * 1000n + 500n], { targetUnit: 'ms' }, 'TIME_INEXACT', { line: 2 }],
  ['another unit than announced', [MS], { sourceUnit: 'us' }, 'TIME_UNIT_MIXED', { line: 1, found: 'ms' }],
])('refuses %s', (_, values, given, code, details) => {
  expect(() => read(values, given)).toThrow(failure(code, details));
});

it('passes over rows without a time, also at the beginning', () => {
  expect(read([0n, MS, 0n], { targetUnit: 'us' }, Uint8Array.of(0, 1, 0)).values[1]).toBe(MS * 1000n);
  expect(read([0n], {}, Uint8Array.of(0))).toMatchObject({ source: undefined, target: undefined });
});
