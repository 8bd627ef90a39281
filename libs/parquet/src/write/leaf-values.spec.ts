import { fixedWords, type FixedColumn } from '@ticklake/columnar';
import { createLeafValues } from './leaf-values.js';
import { layOutSchema } from './schema-tree.js';

it.each([
  [64, [0, 0x7ff8_0000, 0, 0x3ff0_0000]],
  [32, [0x7fc0_0000, 0x3f80_0000]],
] as const)('stores every NaN of %d bits as the same, whatever bits it came with', (bits, expected) => {
  const [field] = layOutSchema({
    fields: [{ name: 'x', type: { kind: 'float', bits }, nullable: false }],
  }).fields;
  const payloads = [0x7ff8_0000_dead_beefn, 0xfff8_0000_0000_0001n, 0x7ff0_0000_0000_0001n];
  for (const nan of new Float64Array(BigUint64Array.from(payloads).buffer)) {
    const values = createLeafValues(field!.leaves[0]!);
    values.put(nan);
    values.put(1);
    expect([...fixedWords((values.column() as FixedColumn).values).words]).toEqual(expected);
  }
});
