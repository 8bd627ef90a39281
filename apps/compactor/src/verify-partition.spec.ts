import { parseUtcDay } from '@ticklake/core';
import type { ObjectStore } from '@ticklake/storage';
import { compact } from './job.js';
import { testContext, testRequest } from './testing/context.js';
import { putSpool } from './testing/spool.js';
import { verifyPartition } from './verify-partition.js';
import { BBO, spool, readMeta } from './testing/two-partitions.js';

const day = parseUtcDay;

describe('verification', () => {
  const key = { exchange: 'binance', stream: 'bbo', symbol: 'btcusdt', day: day('20260203') };

  it('finds nothing wrong with a published partition, nor with its sources', async () => {
    const stores = await spool();
    const { signal } = testContext(stores, { today: '2026-02-04' });
    await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
    const verdict = await verifyPartition(key, { ...stores, signal });
    expect(verdict.findings).toEqual([]);
    expect(verdict.facts?.rowCount).toBe(220);
  });

  it.each([
    ['source_changed', 'error', (raw: ObjectStore) => putSpool(raw, `${BBO}2026-02-03_10-00-00.parquet`, [])],
    ['source_missing', 'warning', (raw: ObjectStore) => raw.delete(`${BBO}2026-02-03_10-00-00.parquet`)],
    ['source_late', 'warning', (raw: ObjectStore) => putSpool(raw, `${BBO}2026-02-03_12-00-00.parquet`, [])],
  ])('names a spool that differs: %s', async (check, severity, change) => {
    const stores = await spool();
    const { signal } = testContext(stores, { today: '2026-02-04' });
    await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
    await change(stores.raw);
    const { findings } = await verifyPartition(key, { ...stores, signal });
    expect(findings.map((finding) => [finding.check, finding.severity])).toEqual([[check, severity]]);
  });

  it('names a manifest that lies', async () => {
    const stores = await spool();
    const { signal } = testContext(stores, { today: '2026-02-04' });
    await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
    const metaKey = `${BBO}date=20260203/meta.json`;
    const meta = await readMeta(stores.compact, `${BBO}date=20260203/`);
    const [first, ...others] = meta.sources;
    const lie = { ...meta, sources: [{ ...first, rows: 129 }, ...others] };
    await stores.compact.put(metaKey, new TextEncoder().encode(JSON.stringify(lie)));
    const { findings } = await verifyPartition(key, { compact: stores.compact, raw: undefined, signal });
    expect(findings).toMatchObject([{ check: 'receipt', severity: 'error' }]);
  });
});
