import { createHash } from 'node:crypto';
import { bytesSource } from '@ticklake/core';
import { memoryStore } from '@ticklake/storage';
import type { FileFacts, Finding } from './facts.js';
import { publishParquet } from './publish-parquet.js';
import {
  ARENA,
  conclusionOf,
  exampleLimits,
  examplePublication,
  exampleVerify,
} from './spec-support/example-publication.js';
import { exampleRows } from './spec-support/example-rows.js';
import { exampleBytes } from './spec-support/parquet-bytes.js';
import { temporaryDirectories } from './spec-support/temporary-directory.js';
import { verifyPages, type PageOptions } from './verify-pages.js';
import { verifyParquet } from './verify-parquet.js';

const temporaryDirectory = temporaryDirectories();
const rows = exampleRows(100);
const content = { multiset: '0'.repeat(32), ordered: '1'.repeat(32) };

const verify = (bytes: Uint8Array, expected: Partial<FileFacts> = {}, options: Partial<PageOptions> = {}) =>
  verifyPages(bytesSource(bytes), expected, { arena: ARENA, limits: exampleLimits, content, ...options });
const brief = (findings: readonly Finding[]) => findings.map(({ check, severity }) => `${severity} ${check}`);

afterEach(() => expect(ARENA.usedBytes).toBe(0));

describe('verifyPages', () => {
  it('knows of a file what needs no row, and takes its word for the content', async () => {
    const bytes = await exampleBytes(rows);
    const { facts, findings } = await verify(bytes);
    const whole = await verifyParquet(bytesSource(bytes), {}, exampleVerify);
    expect(findings).toEqual([]);
    expect(facts).toEqual({ ...whole.facts, orderMin: undefined, orderMax: undefined, content });
    expect((await verify(bytes, facts)).findings).toEqual([]);
  });

  it('finds every bit that is another, by what the file hashes to', async () => {
    const bytes = await exampleBytes(rows);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    for (let at = 0; at < bytes.length; at += 7) {
      const broken = bytes.slice();
      broken[at]! ^= 1 << at % 8;
      const { findings } = await verify(broken, { sha256 });
      expect(findings.at(-1)).toMatchObject({ check: 'sha256', severity: 'error' });
    }
  });

  it('finds a page that is damaged even where nobody knows what the file hashes to', async () => {
    const bytes = await exampleBytes(rows);
    bytes[bytes.indexOf(0x15, 4) + 40]! ^= 1;
    const { facts, findings } = await verify(bytes);
    expect(facts).toBeUndefined();
    expect(brief(findings)).toEqual(['error crc']);
  });

  it.each<[string, Partial<FileFacts>, string]>([
    ['rows', { rowCount: 99 }, 'row_count'],
    ['columns', { schemaFingerprint: 'ab' }, 'schema'],
    ['length', { sizeBytes: 4 }, 'size'],
  ])('compares with what is expected: %s', async (_, expected, check) => {
    const { findings } = await verify(await exampleBytes(rows), expected);
    expect(brief(findings)).toEqual([`error ${check}`]);
  });

  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort();
    await expect(verify(await exampleBytes(rows), {}, { signal })).rejects.toMatchObject({
      kind: 'cancelled',
    });
  });
});

describe('a publication of rows that were copied', () => {
  const publish = async (copied: { multiset: string; ordered: string }) =>
    publishParquet(
      examplePublication({
        store: memoryStore(),
        scratchDirectory: await temporaryDirectory(),
        rows,
        changes: { conclude: () => Promise.resolve({ ...conclusionOf(rows), copied }) },
      }),
    );

  it('has the content that was proved before, and is not decoded', async () => {
    const { multiset } = conclusionOf(rows);
    const whole = await verifyParquet(bytesSource(await exampleBytes(rows)), {}, exampleVerify);
    const { facts, status } = await publish(whole.facts!.content);
    expect(status).toBe('published');
    expect(facts.content).toEqual(whole.facts!.content);
    expect(facts.content.multiset).toBe(multiset);
    // Order is not looked at: that of the first column would be known otherwise.
    expect(facts.orderMin).toBeUndefined();
  });

  it('is refused where that is not what the inputs add up to, or not what the footer says', async () => {
    const { multiset } = conclusionOf(rows);
    await expect(publish({ multiset: 'f'.repeat(32), ordered: content.ordered })).rejects.toMatchObject({
      code: 'RECEIPT',
    });
    await expect(publish({ multiset, ordered: content.ordered })).rejects.toMatchObject({ code: 'RECEIPT' });
  });
});
