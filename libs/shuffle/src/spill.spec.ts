import { takeColumn, textColumn, type Column, type Field, type RecordBatch } from '@ticklake/columnar';
import { arbitraryBatch, equalBatches } from '@ticklake/columnar/testing';
import { nodeFileSystem } from '@ticklake/storage';
import { interceptFileSystem } from '@ticklake/storage/testing';
import fc from 'fast-check';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flatSchema } from './spec-support/arbitrary-rows.js';
import {
  createMemorySpill,
  createSpill,
  createSpillRoom,
  openSpill,
  type Spill,
  type SpilledRows,
} from './spill.js';

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'ticklake-spill-'));
});
afterAll(() => rm(base, { recursive: true }));

const TEXT: Field = { name: 'text', type: { kind: 'utf8' }, nullable: false };

const KINDS: readonly (readonly [string, (fields: readonly Field[]) => Promise<Spill>])[] = [
  ['a file', (fields) => createSpill(base, fields)],
  ['memory', () => Promise.resolve(createMemorySpill())],
];

describe.each(KINDS)('a spill in %s', (_, create) => {
  it('gives back the rows that were put, in any order and any number of times', async () => {
    const cases = flatSchema().chain((schema) => {
      const batch = fc.nat({ max: 9 }).chain((rowCount) => arbitraryBatch(schema, rowCount));
      return fc.record({
        batches: fc.array(batch, { minLength: 1, maxLength: 5 }),
        order: fc.array(fc.nat({ max: 4 }), { maxLength: 8 }),
      });
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ batches, order }) => {
        const { schema } = batches[0] as RecordBatch;
        const spill = await create(schema.fields);
        try {
          const spilled: SpilledRows[] = [];
          for (const { rowCount, columns } of batches) spilled.push(await spill.put(rowCount, columns));
          await spill.seal();
          for (const at of [...order.filter((i) => i < batches.length), ...batches.keys()]) {
            const rows = spilled[at] as SpilledRows;
            const columns = await spill.read(rows);
            const read = { schema, rowCount: rows.rowCount, columns };
            expect(equalBatches(read, batches[at] as RecordBatch)).toBeUndefined();
          }
        } finally {
          await spill.dispose();
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('a spill in a file', () => {
  it('is one file, which is removed', async () => {
    const spill = await createSpill(base, [TEXT]);
    expect((await readdir(base)).length).toBe(1);
    await spill.dispose();
    await spill.dispose();
    expect(await readdir(base)).toEqual([]);
  });

  it('is read by whoever opens it once more, also into one room', async () => {
    const schema = { fields: [TEXT] };
    const spill = await createSpill(base, schema.fields);
    expect(spill.path).toBeUndefined();
    const all = [['a', 'bc'], ['d'], ['', 'efg', 'h']].map((texts) => textColumn(texts));
    const spilled = [];
    for (const column of all) spilled.push(await spill.put(column.values.offsets.length - 1, [column]));
    await spill.seal();
    const opened = await openSpill(spill.path ?? '', schema.fields);
    const room = createSpillRoom();
    for (const [i, rows] of [...spilled.entries(), ...spilled.entries()]) {
      const columns = await opened.read(rows, room);
      const { rowCount } = rows;
      expect(
        equalBatches({ schema, rowCount, columns }, { schema, rowCount, columns: [all[i] as Column] }),
      ).toBeUndefined();
    }
    await opened.close();
    await expect(opened.read(spilled[0] as SpilledRows)).rejects.toThrow('closed');
    await spill.dispose();
    await expect(openSpill(spill.path ?? '', schema.fields)).rejects.toMatchObject({ kind: 'missing' });
  });

  const rowCount = 8192;
  const texts = textColumn(Array.from({ length: rowCount }, (_, row) => `trade-${row + 1_000_000}`));
  const coded = (codeOf: (row: number) => number): Column => ({
    layout: 'dictionary',
    codes: Uint32Array.from({ length: rowCount }, (_, row) => codeOf(row)),
    dictionary: texts.values,
  });
  const words = rowCount * 4;
  const dataBytes = texts.values.data.length;
  it.each<[string, Column, number]>([
    ['two texts of many', coded((row) => 5000 + (row % 2)), words + 28],
    ['a text of its own for each row, as codes', coded((row) => row), 2 * words + dataBytes],
    ['a text of its own for each row, as bytes', texts, words + dataBytes],
  ])('writes what rows have and little more: %s', async (_, column, sizeBytes) => {
    const spill = await createSpill(base, [TEXT]);
    const rows = await spill.put(rowCount, [column]);
    expect(rows.sizeBytes).toBeGreaterThanOrEqual(sizeBytes);
    expect(rows.sizeBytes).toBeLessThan(sizeBytes + 64);
    await spill.seal();
    const [read] = await spill.read(rows);
    expect(read?.layout).toBe(column.layout);
    const schema = { fields: [TEXT] };
    expect(
      equalBatches({ schema, rowCount, columns: [read as Column] }, { schema, rowCount, columns: [column] }),
    ).toBeUndefined();
    await spill.dispose();
  });

  const TIME: Field = { name: 'time', type: { kind: 'timestamp', unit: 'ms', utc: true }, nullable: false };
  it.each<[string, bigint, number]>([
    ['half', 50n, 4],
    ['all', 2n ** 40n, 8],
  ])('writes %s of the bytes of times that are so far apart', async (_, stepMs, valueBytes) => {
    const values = BigInt64Array.from(
      { length: rowCount },
      (__, row) => 1_704_067_200_000n + BigInt(row) * stepMs,
    );
    const column: Column = { layout: 'fixed', values };
    const spill = await createSpill(base, [TIME]);
    const rows = [await spill.put(rowCount, [column]), await spill.put(rowCount, [column])];
    for (const { sizeBytes } of rows) expect(sizeBytes).toBe(rowCount * valueBytes + 16);
    await spill.seal();
    const room = createSpillRoom();
    for (const one of rows) {
      const [read] = await spill.read(one, room);
      expect(read).toEqual(expect.objectContaining(column));
    }
    await spill.dispose();
  });

  it('refuses nested rows, before there is a file', async () => {
    const type = { kind: 'nested', shape: 'list', children: [TEXT] } as const;
    await expect(createSpill(base, [TEXT, { name: 'levels', type, nullable: true }])).rejects.toMatchObject({
      kind: 'invalid',
      code: 'NESTED',
      details: { column: 'levels' },
    });
    expect(await readdir(base)).toEqual([]);
  });

  it.each<[string, Field, Column]>([
    ['a null where there is none', TEXT, textColumn(['a', null])],
    [
      'a number that is null where there is none',
      { name: 'side', type: { kind: 'bool' }, nullable: false },
      { layout: 'fixed', values: Uint8Array.of(1, 1), validity: Uint8Array.of(0, 1) },
    ],
    ['fewer rows than are told', TEXT, textColumn(['a'])],
    ['values of another width', TEXT, { layout: 'fixed', values: Float64Array.of(1, 2) }],
    [
      'bytes for numbers',
      { name: 'side', type: { kind: 'bool' }, nullable: false },
      takeColumn(textColumn(['a']), Uint32Array.of(0, 0)),
    ],
  ])('stops at %s', async (_, field, column) => {
    const spill = await createSpill(base, [field]);
    await expect(spill.put(2, [column])).rejects.toThrow('assertion failed');
    await spill.dispose();
  });

  it.each([
    ['open', 'EACCES', 'denied'],
    ['write', 'ENOSPC', 'unavailable'],
    ['read', 'EIO', 'unavailable'],
  ])('tells of a disk that refuses: %s, %s', async (name, code, kind) => {
    const fileSystem = interceptFileSystem(nodeFileSystem, nodeFileSystem.owner, (operation, work) =>
      operation.name === name
        ? Promise.reject(Object.assign(new Error(code), { code, syscall: name }))
        : work(),
    );
    const use = async () => {
      const spill = await createSpill(base, [TEXT], { fileSystem });
      try {
        const rows = await spill.put(1, [textColumn(['a'])]);
        await spill.seal();
        await spill.read(rows);
      } finally {
        await spill.dispose();
      }
    };
    await expect(use()).rejects.toMatchObject({ kind, details: { errno: code } });
    expect(await readdir(base)).toEqual([]);
  });
});
