import type { Shape } from './shapes.js';
import { PEAK_MAX_BYTES, violationsOf } from './violations.js';

const MIB = 2 ** 20;
const shape = (name: string, isScaled = false): Shape => ({
  ...{ name, rows: 1, files: 1, overlap: 0 },
  ...(isScaled ? { isScaled } : {}),
});
const peak = (of: Shape, command: string, peakMib: number) => ({
  shape: of,
  command,
  peakRssBytes: peakMib * MIB,
});

it('are none where peaks are low, and alike where only rows of runs differ', () => {
  const runs = [peak(shape('1 ×', true), 'run', 200), peak(shape('10 ×', true), 'run', 220)];
  const others = [peak(shape('other'), 'run', 700), peak(shape('1 ×', true), 'verify', 90)];
  expect(violationsOf([...runs, ...others])).toEqual([]);
  expect(violationsOf([])).toEqual([]);
});

it('are peaks above what is allowed', () => {
  const most = PEAK_MAX_BYTES / MIB;
  expect(violationsOf([peak(shape('a'), 'run', most), peak(shape('b'), 'run', most + 1)])).toEqual([
    'run of b: 769 MiB',
  ]);
});

it('are peaks that grow with the rows', () => {
  const runs = [peak(shape('1 ×', true), 'run', 200), peak(shape('10 ×', true), 'run', 221)];
  expect(violationsOf(runs)).toEqual(['run grows with its rows, from 200 to 221 MiB']);
});
