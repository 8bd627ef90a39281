import { createArena, createRowHasher, type Column, type Schema } from '@ticklake/columnar';
import { createRowProof } from './row-proof.js';

const arena = createArena({ bytesMax: 2 ** 26 });
const int64 = { kind: 'int', bits: 64, signed: true } as const;
const FIELDS = ['a', 'b'].map((name) => ({ name, type: int64, nullable: false }));

/** Digests of the first rows of a column that goes up from `from`, as one of two parts. */
function part(number: 0 | 1, from: bigint, rowCount: number) {
  const schema: Schema = { fields: FIELDS.slice(number, number + 1) };
  const column: Column = {
    layout: 'fixed',
    values: BigInt64Array.from({ length: rowCount }, (_, i) => from + BigInt(i)),
  };
  const hasher = createRowHasher(arena, schema, { exclude: [], part: number });
  return { hasher, digests: hasher.digestBatch({ schema, rowCount, columns: [column] }) };
}

describe('a proof of rows', () => {
  it('is the same for rows passed on in parts as for rows that were joined, taken and given', () => {
    const proofs = [createRowProof(arena, 2), createRowProof(arena, 2)] as const;
    for (const [source, rowCount] of [
      [1, 5],
      [0, 2500],
      [1, 0],
      [1, 1],
    ] as const) {
      const rows = () => [part(0, 7n, rowCount), part(1, -3n, rowCount)] as const;
      const [own, other] = rows();
      proofs[0].pass(source, own.digests, other.digests);
      const [first, second] = rows();
      const joined = first.hasher.join(first.digests, second.digests);
      proofs[1].take([{ source, rowCount }], joined);
      proofs[1].give(0, joined);
      for (const { hasher } of [own, other, first, second]) hasher.release();
    }
    expect(proofs[0].sources()).toEqual(proofs[1].sources());
    expect(proofs[0].ordered()).toBe(proofs[1].ordered());
    expect(proofs[0].sources().map(({ rowCount }) => rowCount)).toEqual([2500, 6]);
    for (const proof of proofs) proof.release();
    expect(arena.usedBytes).toBe(0);
  });

  it('takes rows of no source that there is not', () => {
    const [own, other] = [part(0, 7n, 1), part(1, 7n, 1)];
    const proof = createRowProof(arena, 1);
    expect(() => proof.pass(1, own.digests, other.digests)).toThrow('a source that there is');
    proof.release();
    for (const { hasher } of [own, other]) hasher.release();
  });
});
