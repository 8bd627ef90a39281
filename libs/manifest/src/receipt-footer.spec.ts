import { createHash } from 'node:crypto';
import { isLakeError } from '@ticklake/core';
import { readReceiptFooter, receiptFooter, sourcesSha256 } from './receipt-footer.js';
import { balanceReceipt } from './receipt.js';
import { exampleSource } from './spec-support/example-publication.js';

const one = '0'.repeat(31) + '1';
const sources = [exampleSource(2, one, 'b.parquet'), exampleSource(3, '0'.repeat(32), 'a.parquet')];
const receipt = balanceReceipt(sources, { rows: 5, multiset: one, ordered: 'c'.repeat(32) });
const footer = receiptFooter({ receipt, sources, schemaVersion: 'v1' });

describe('receiptFooter', () => {
  it('reads back as it was written', () => {
    expect(readReceiptFooter(new Map(Object.entries(footer)))).toEqual({
      receipt,
      sources,
      schemaVersion: 'v1',
      sourcesSha256: sourcesSha256(sources),
    });
  });

  it('has three keys in byte order, and the same text however its parts were built', () => {
    expect(Object.keys(footer)).toEqual(['lake.receipt', 'lake.schema_version', 'lake.sources_sha256']);
    const turned = JSON.parse(JSON.stringify(receipt)) as typeof receipt;
    const built = { quarantined: turned.quarantined, output: turned.output, inputs: turned.inputs };
    expect(receiptFooter({ receipt: built, sources, schemaVersion: 'v1' })).toEqual(footer);
  });

  it('hashes the sources as sha256sum would list them', () => {
    const lines = `${sources[1]?.sha256}  a.parquet\n${sources[0]?.sha256}  b.parquet\n`;
    expect(footer['lake.sources_sha256']).toBe(createHash('sha256').update(lines).digest('hex'));
  });
});

describe('readReceiptFooter', () => {
  it('finds none in a file of somebody else', () => {
    expect(readReceiptFooter(new Map([['pandas', '{}']]))).toBeUndefined();
  });

  it.each<[string, Record<string, string | undefined>]>([
    ['is not JSON', { 'lake.receipt': '{' }],
    ['is not a receipt', { 'lake.receipt': '{"inputs":3}' }],
    ['has other sources than were hashed', { 'lake.sources_sha256': 'a'.repeat(64) }],
    ['has no hash of its sources', { 'lake.sources_sha256': undefined }],
    ['has no version', { 'lake.schema_version': undefined }],
  ])('refuses one that %s', (_, change) => {
    const entries = Object.entries({ ...footer, ...change });
    const metadata = new Map(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
    let failure: unknown;
    try {
      readReceiptFooter(metadata);
    } catch (error) {
      failure = error;
    }
    expect(isLakeError(failure, 'corrupt') && failure.code).toBe('RECEIPT');
  });
});
