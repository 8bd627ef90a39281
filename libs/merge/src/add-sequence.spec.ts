import { createColumnBuffer, type PlacedBatch, type Schema } from '@ticklake/columnar';
import { addSequence, withSequence } from './add-sequence.js';
import { ARENA } from './spec-support/test-arena.js';

const SEQUENCE = { after: 'ts_event', name: 'seq' };
const schemaOf = (...names: string[]): Schema => ({
  fields: names.map((name) => ({ name, type: { kind: 'utf8' }, nullable: true })),
});
/** Columns that are told apart by how many rows they have beyond those of the batch. */
function batchOf(schema: Schema, rowCount: number): PlacedBatch {
  const columns = schema.fields.map(({ type }, i) => {
    return { ...createColumnBuffer(ARENA, type).placed(), rowCount: rowCount + i };
  });
  return { rowCount, columns };
}

async function* stream(...batches: PlacedBatch[]): AsyncGenerator<PlacedBatch> {
  for (const batch of batches) yield await Promise.resolve(batch);
}

describe('a sequence', () => {
  it.each([
    [['ts_event', 'price']],
    [['ts_event', 'seq', 'price']],
    [['seq', 'ts_event', 'price']],
    [['ts_event', 'price', 'seq']],
  ])('stands right after its neighbour in %j', (names) => {
    const { fields } = withSequence(schemaOf(...names), SEQUENCE);
    expect(fields.map(({ name }) => name)).toEqual(['ts_event', 'seq', 'price']);
    expect(fields[1]).toEqual({
      name: 'seq',
      type: { kind: 'int', bits: 64, signed: true },
      nullable: false,
    });
  });

  it('counts across batches and passes the other columns on', async () => {
    const schema = schemaOf('seq', 'ts_event', 'x');
    const batches = [2, 0, 3].map((rowCount) => batchOf(schema, rowCount));
    const numbers: bigint[][] = [];
    const others: unknown[][] = [];
    for await (const { rowCount, columns } of addSequence(ARENA, schema, stream(...batches), SEQUENCE)) {
      const [first, second, third] = columns;
      if (second?.layout !== 'fixed') throw new Error('numbers are fixed');
      numbers.push([...ARENA.view(BigInt64Array, second.values, rowCount)]);
      others.push([first, third]);
      expect(second).toMatchObject({ rowCount, width: 8, validity: 0 });
    }
    expect(numbers).toEqual([[0n, 1n], [], [2n, 3n, 4n]]);
    expect(others).toEqual(batches.map(({ columns }) => [columns[1], columns[2]]));
  });

  it('needs its neighbour', async () => {
    expect(() => withSequence(schemaOf('price'), SEQUENCE)).toThrow(
      expect.objectContaining({ kind: 'invalid' }),
    );
    const price = schemaOf('price');
    const first = addSequence(ARENA, price, stream(batchOf(price, 1)), SEQUENCE).next();
    await expect(first).rejects.toMatchObject({ kind: 'invalid', details: { column: 'ts_event' } });
  });
});
