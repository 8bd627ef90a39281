import type { Field } from '@ticklake/columnar';
import { readdir } from 'node:fs/promises';
import { suiteDirectory } from '../testing/context.js';
import { createRunSpill } from './run-spill.js';

const FIELDS: readonly Field[] = [
  { name: 'timestamp', type: { kind: 'int', bits: 64, signed: true }, nullable: false },
];
const directory = suiteDirectory();

it('is a spill until the run is cancelled, and is disposed of all the same', async () => {
  const abort = new AbortController();
  const spill = await createRunSpill(directory, FIELDS, abort.signal);
  const columns = [{ layout: 'fixed', values: BigInt64Array.of(1n, 2n) } as const];
  const rows = await spill.put(2, columns);
  abort.abort();
  await expect(spill.put(2, columns)).rejects.toMatchObject({ name: 'LakeError', kind: 'cancelled' });
  await spill.seal();
  expect((await spill.read(rows))[0]).toMatchObject(columns[0] ?? {});
  await spill.dispose();
  expect(await readdir(directory)).toEqual([]);
});
