import { textColumn, type Field } from '@ticklake/columnar';
import { bytesSource } from '@ticklake/core';
import { memorySink } from '@ticklake/parquet/testing';
import { createParquetSink, openParquet, type ParquetReader } from '@ticklake/parquet';
import { PARQUET, PUBLISHED_LIMITS } from '../../limits.js';
import { ARENA } from '../../testing/context.js';
import { countDuplicateSessions } from './count-sessions.js';

const id: Field = { name: 'session_id', type: { kind: 'utf8' }, nullable: true };
const other: Field = { ...id, name: 'other' };

/** A file of these sessions, in row groups of ten. */
async function dayOf(sessions: readonly (string | null)[], field = id): Promise<ParquetReader> {
  const meta = { name: 'meta', type: { kind: 'nested', shape: 'struct', children: [other, field] } } as const;
  const symbol: Field = { ...id, name: 'symbol' };
  const schema = { fields: [symbol, { ...meta, nullable: false }] };
  const target = memorySink();
  const options = { ...PARQUET, rowGroupRows: 10, createdBy: 'spec' };
  const sink = createParquetSink({ target, arena: ARENA }, schema, options);
  const values = sessions.map((session) => ['twin', session]);
  const columns = [textColumn(sessions.map(() => 'A')), { layout: 'nested', values } as const];
  await sink.write({ schema, rowCount: sessions.length, columns });
  await sink.finish({});
  return openParquet({ source: bytesSource(target.bytes()), arena: ARENA }, PUBLISHED_LIMITS);
}

const signal = new AbortController().signal;
const few = (count: number) => Array.from({ length: count }, (_, i) => `session ${i}`);

async function count(days: readonly ParquetReader[], tableBytes?: number): Promise<number> {
  const tools = { arena: ARENA, signal, ...(tableBytes !== undefined && { tableBytes }) };
  const found = await countDuplicateSessions(days, tools);
  for (const day of days) day.close();
  expect(ARENA.usedBytes).toBe(0);
  return found;
}

describe('sessions', () => {
  it.each([undefined, 64, 160, 1600])(
    'that an earlier entry has are counted, over days and row groups, in a table of %p bytes',
    async (tableBytes) => {
      const first = [...few(25), 'session 3', null, null];
      const second = ['session 24', 'session 25', 'session 25', 'session 25', null];
      expect(await count([await dayOf(first), await dayOf(second)], tableBytes)).toBe(4);
    },
  );

  it('of one name are one, however many there are', async () => {
    expect(await count([await dayOf(Array(500).fill('same'))], 64)).toBe(499);
  });

  it('are none where no day has the field, and where there is no entry', async () => {
    expect(await count([await dayOf(['a', 'a'], { ...id, name: 'session' })])).toBe(0);
    expect(await count([await dayOf([])])).toBe(0);
    expect(await count([])).toBe(0);
  });

  it('are not counted to the end when that was cancelled', async () => {
    const days = [await dayOf(few(5))];
    const aborted = { arena: ARENA, signal: AbortSignal.abort() };
    await expect(countDuplicateSessions(days, aborted)).rejects.toMatchObject({ kind: 'cancelled' });
    days[0]!.close();
  });
});
