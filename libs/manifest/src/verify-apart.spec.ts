import { createArena } from '@ticklake/columnar';
import { bytesSource, LakeError } from '@ticklake/core';
import { readRowsInTurn } from './read-rows.js';
import { takeTurns } from './row-group-turns.js';
import { exampleVerify } from './spec-support/example-publication.js';
import { exampleBatch, exampleRows } from './spec-support/example-rows.js';
import { parquetBytes } from './spec-support/parquet-bytes.js';
import { verifyParquet, type ReadApart, type VerifyOptions } from './verify-parquet.js';

/** What another thread works in. */
const OTHER = createArena({ bytesMax: 2 ** 26 });
const ROW_GROUPS = 15;

afterEach(() => expect([OTHER.usedBytes, exampleVerify.arena.usedBytes]).toEqual([0, 0]));

const file = () => parquetBytes(exampleBatch(exampleRows(100)), { parquet: { rowGroupRows: 7 } });

const unordered = { ...exampleVerify, orderBy: [], sequence: undefined };

const verify = (bytes: Uint8Array, options: Partial<VerifyOptions>) =>
  verifyParquet(bytesSource(bytes), {}, { ...unordered, ...options });

function elsewhere(bytes: Uint8Array, arena = OTHER): ReadApart {
  const { limits, exclude } = unordered;
  return (turns) => readRowsInTurn(bytesSource(bytes), turns, { arena, limits, exclude });
}

describe('row groups that are read elsewhere', () => {
  it('change nothing of what is known of a file, however they are shared', async () => {
    const bytes = await file();
    const alone = await verify(bytes, {});
    expect(alone.findings).toEqual([]);
    const none: ReadApart = async () => ({
      content: { multiset: '0'.repeat(32), ordered: '0'.repeat(32) },
      pages: { read: 0, withCrc: 0 },
    });
    for (const apart of [elsewhere(bytes), none]) expect(await verify(bytes, { apart })).toEqual(alone);
  });

  it('are each read once, by whoever asks first', () => {
    const turns = new SharedArrayBuffer(4);
    const [one, two] = [takeTurns(turns, 5), takeTurns(turns, 5)];
    const taken = [one, two, two, one, two, one, two].map((taker) => taker.next().value);
    expect(taken).toEqual([0, 1, 2, 3, 4, undefined, undefined]);
  });

  it('are not, where order or sequence are judged', async () => {
    const bytes = await file();
    const apart: ReadApart = () => Promise.reject(new Error('nobody asks'));
    expect(await verify(bytes, { apart, orderBy: exampleVerify.orderBy })).toEqual(
      await verify(bytes, { orderBy: exampleVerify.orderBy }),
    );
    expect((await verify(bytes, { apart, sequence: exampleVerify.sequence })).findings).toEqual([]);
  });

  it('are missed where they were not read', async () => {
    const bytes = await file();
    const { facts } = await verify(bytes, {});
    const lazy: ReadApart = async (turns) => {
      takeTurns(turns, ROW_GROUPS).next();
      return {
        content: { multiset: '0'.repeat(32), ordered: '0'.repeat(32) },
        pages: { read: 0, withCrc: 0 },
      };
    };
    const { findings } = await verifyParquet(bytesSource(bytes), facts!, { ...unordered, apart: lazy });
    expect(findings.map(({ check }) => check)).toEqual(['content', 'content']);
  });

  it('that are damaged are found like others', async () => {
    const bytes = Buffer.from(await file());
    bytes[60] = (bytes[60] as number) ^ 1;
    const alone = (await verify(bytes, {})).findings;
    expect(alone).toHaveLength(1);
    // All of them are read elsewhere: nothing is left to read here.
    const all: ReadApart = (turns) => {
      const taken = elsewhere(bytes)(new SharedArrayBuffer(4));
      for (const _ of takeTurns(turns, ROW_GROUPS));
      return taken;
    };
    expect((await verify(bytes, { apart: all })).findings).toEqual(alone);
  });

  it('that do not fit are a finding too, and nothing more is read', async () => {
    const bytes = await file();
    const { facts, findings } = await verify(bytes, {
      apart: elsewhere(bytes, createArena({ bytesMax: 256 })),
    });
    expect(facts).toBeUndefined();
    expect(findings).toMatchObject([{ check: 'readable', details: { code: 'MEMORY' } }]);
  });

  it('are no findings where nobody could read them', async () => {
    const apart: ReadApart = () =>
      Promise.reject(new LakeError('unavailable', 'lost', { code: 'THREAD_LOST' }));
    await expect(verify(await file(), { apart })).rejects.toMatchObject({ code: 'THREAD_LOST' });
  });
});
