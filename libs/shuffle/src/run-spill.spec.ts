import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Field } from '@ticklake/columnar';
import { createRunSpill, runsThatFit } from './run-spill.js';

const FIELDS: readonly Field[] = [
  { name: 'time', type: { kind: 'int', bits: 64, signed: true }, nullable: false },
];

it('takes rows until the signal is aborted', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ticklake-shuffle-'));
  const stop = new AbortController();
  const spill = await createRunSpill(directory, FIELDS, stop.signal);
  const columns = [{ layout: 'fixed', values: BigInt64Array.of(1n, 2n) } as const];
  const rows = await spill.put(2, columns);
  stop.abort();
  await expect(spill.put(2, columns)).rejects.toMatchObject({ kind: 'cancelled' });
  await spill.seal();
  expect(await spill.read(rows)).toMatchObject(columns);
  await spill.dispose();
  expect(readdirSync(directory)).toEqual([]);
  rmSync(directory, { recursive: true });
});

it.each([
  [1_000_000, 65_536, 64, 15],
  [1_000, 65_536, 64, 2],
  [100_000_000, 65_536, 64, 64],
])(
  'of %d rows for sorting and batches of %d, %d at most: %d',
  (sortRowsMax, batchRows, runsMax, expected) => {
    expect(runsThatFit({ sortRowsMax, batchRows, runsMax })).toBe(expected);
  },
);
