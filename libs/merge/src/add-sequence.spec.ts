import { textColumn, type RecordBatch, type Schema } from '@ticklake/columnar';
import { addSequence, withSequence } from './add-sequence.js';

const SEQUENCE = { after: 'ts_event', name: 'seq' };
const schemaOf = (...names: string[]): Schema => ({
  fields: names.map((name) => ({ name, type: { kind: 'utf8' }, nullable: true })),
});
const batchOf = (rowCount: number, ...names: string[]): RecordBatch => ({
  schema: schemaOf(...names),
  rowCount,
  columns: names.map((name) => textColumn(new Array<string>(rowCount).fill(name))),
});

async function* stream(...batches: RecordBatch[]): AsyncGenerator<RecordBatch> {
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
    const batches = [
      batchOf(2, 'seq', 'ts_event', 'x'),
      batchOf(0, 'seq', 'ts_event', 'x'),
      batchOf(3, 'seq', 'ts_event', 'x'),
    ];
    const numbered: RecordBatch[] = [];
    for await (const batch of addSequence(stream(...batches), SEQUENCE)) numbered.push(batch);
    expect(numbered.map(({ columns }) => columns[1])).toEqual([
      { layout: 'fixed', values: BigInt64Array.of(0n, 1n) },
      { layout: 'fixed', values: BigInt64Array.of() },
      { layout: 'fixed', values: BigInt64Array.of(2n, 3n, 4n) },
    ]);
    expect(numbered[2]?.schema).toEqual(withSequence(schemaOf('seq', 'ts_event', 'x'), SEQUENCE));
    expect(numbered[2]?.columns[0]).toBe(batches[2]?.columns[1]);
    expect(numbered[2]?.columns[2]).toBe(batches[2]?.columns[2]);
  });

  it('needs its neighbour', async () => {
    expect(() => withSequence(schemaOf('price'), SEQUENCE)).toThrow(
      expect.objectContaining({ kind: 'invalid' }),
    );
    const first = addSequence(stream(batchOf(1, 'price')), SEQUENCE).next();
    await expect(first).rejects.toMatchObject({ kind: 'invalid', details: { column: 'ts_event' } });
  });
});
