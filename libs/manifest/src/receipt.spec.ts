import { createMultisetHash, createRowHasher } from '@ticklake/columnar';
import { isLakeError } from '@ticklake/core';
import fc from 'fast-check';
import { balanceReceipt, receiptSchema, type SourceReceipt } from './receipt.js';
import { ARENA, exampleSource } from './spec-support/example-publication.js';
import { exampleBatch, exampleRows, exampleSchema, type ExampleRow } from './spec-support/example-rows.js';

const multisetOf = (rows: readonly ExampleRow[]) => {
  const hash = createMultisetHash();
  const hasher = createRowHasher(ARENA, exampleSchema, { exclude: ['seq'] });
  hash.add(hasher.digestBatch(exampleBatch(rows)));
  hasher.release();
  return hash.hex();
};
const sourceOf = (rows: readonly ExampleRow[], name: string): SourceReceipt =>
  exampleSource(rows.length, multisetOf(rows), name);
const outputOf = (rows: readonly ExampleRow[]) => ({
  rows: rows.length,
  multiset: multisetOf(rows),
  ordered: 'a'.repeat(32),
});
const refused = (run: () => unknown) => {
  try {
    run();
  } catch (failure) {
    return isLakeError(failure, 'corrupt') ? failure.code : failure;
  }
  return undefined;
};

const rows = exampleRows(50);

describe('balanceReceipt', () => {
  it('balances however the rows were cut into sources', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(rows.length), { maxLength: 6 }), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), rows.length];
        const sources = edges.slice(1).map((end, i) => sourceOf(rows.slice(edges[i], end), `part-${i}`));
        const receipt = balanceReceipt(sources, outputOf(rows));
        expect(receipt.inputs).toEqual({
          files: sources.length,
          rows: 50,
          multiset: outputOf(rows).multiset,
        });
        expect(receiptSchema.parse(receipt)).toEqual(receipt);
      }),
      { numRuns: 50 },
    );
  });

  it('balances nothing with nothing', () => {
    expect(balanceReceipt([], outputOf([]))).toMatchObject({
      inputs: { files: 0, rows: 0 },
      quarantined: [],
    });
  });

  it('names what was left out', () => {
    const quarantined = [{ name: 'bad', size: 3, sha256: 'b'.repeat(64), code: 'TRUNCATED', rows: null }];
    expect(balanceReceipt([sourceOf(rows, 'a')], outputOf(rows), quarantined).quarantined).toEqual(
      quarantined,
    );
  });

  describe('of a publication and what came after it', () => {
    const sources = [
      sourceOf(rows.slice(0, 20), 'a'),
      sourceOf(rows.slice(20, 30), 'b'),
      sourceOf(rows.slice(30), 'c'),
    ];
    const base = {
      sha256: 'd'.repeat(64),
      files: 2,
      rows: 30,
      multiset: sourceOf(rows.slice(0, 30), 'base').multiset,
    };

    it('says what stood in the place of the first sources', () => {
      const receipt = balanceReceipt(sources, outputOf(rows), [], base);
      expect(receipt).toEqual({ ...balanceReceipt(sources, outputOf(rows)), base });
      expect(receiptSchema.parse(receipt)).toEqual(receipt);
    });

    it.each([
      ['of other sources', { files: 1 }],
      ['of more sources than there are', { files: 4, rows: 50, multiset: outputOf(rows).multiset }],
      ['with other rows', { rows: 31 }],
      ['with other content', { multiset: '0'.repeat(32) }],
    ])('is refused with a base %s', (_, changes) => {
      expect(refused(() => balanceReceipt(sources, outputOf(rows), [], { ...base, ...changes }))).toBe(
        'RECEIPT',
      );
    });
  });

  const changed = rows.map((row, i) => (i === 20 ? { ...row, price: row.price + 0.25 } : row));
  const doubled = [...rows.slice(0, 49), rows[0] as ExampleRow];
  it.each<[string, readonly SourceReceipt[], readonly ExampleRow[]]>([
    ['a row is lost', [sourceOf(rows, 'a')], rows.slice(1)],
    ['a row is invented', [sourceOf(rows.slice(1), 'a')], rows],
    ['a row is another', [sourceOf(rows, 'a')], changed],
    ['one row is lost and another doubled', [sourceOf(rows, 'a')], doubled],
    ['a source is missing', [sourceOf(rows.slice(0, 20), 'a')], rows],
    ['a source is listed twice', [sourceOf(rows.slice(0, 25), 'a'), sourceOf(rows.slice(25), 'a')], rows],
  ])('is refused when %s', (_, sources, output) => {
    expect(refused(() => balanceReceipt(sources, outputOf(output)))).toBe('RECEIPT');
  });
});
