import { assert } from '@ticklake/core';
import type { BytesValues } from '@ticklake/columnar';
import { forEachRun } from './copy-runs.js';
import type { RunList } from './run-list.js';

/** Values of each run in turn: a run's bytes are contiguous in its source, so each run is one copy. Internal. */
export function gatherBytes(runs: RunList, columns: ReadonlyMap<number, BytesValues>): BytesValues {
  const sizeBytes = [...columns.values()].reduce(
    (sum, { offsets }) => sum + (offsets.at(-1) ?? 0) - (offsets[0] ?? 0),
    0,
  );
  assert(sizeBytes <= 0xffff_ffff, 'a column of bytes holds less than 4 GiB');
  const offsets = new Uint32Array(runs.rowCount + 1);
  const data = new Uint8Array(sizeBytes);
  let row = 0;
  let at = 0;
  forEachRun(runs, (source, start, count) => {
    const from = columns.get(source);
    assert(from !== undefined, 'every source of the list has a column');
    const first = from.offsets[start] as number;
    const length = (from.offsets[start + count] as number) - first;
    if (length >= 48) data.set(from.data.subarray(first, first + length), at);
    else for (let i = 0; i < length; i++) data[at + i] = from.data[first + i] as number;
    const shift = at - first;
    for (let i = 1; i <= count; i++) offsets[++row] = (from.offsets[start + i] as number) + shift;
    at += length;
  });
  return { offsets, data };
}
