import { createColumnBuffer } from '@ticklake/columnar';
import fc from 'fast-check';
import { createKeyQueue } from './key-queue.js';
import { ARENA } from './spec-support/test-arena.js';

afterEach(() => expect(ARENA.usedBytes).toBe(0));

it('gives every key once, in order, however many are put and read at a time', () => {
  const steps = fc.array(fc.record({ put: fc.nat({ max: 40 }), read: fc.nat({ max: 40 }) }), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(steps, (counts) => {
      const queue = createKeyQueue(ARENA);
      const column = createColumnBuffer(ARENA, { kind: 'int', bits: 64, signed: true });
      let put = 0;
      for (const { put: more, read } of counts) {
        const at = ARENA.alloc(Math.max(more, 1) * 8);
        ARENA.view(BigInt64Array, at, more).set(Array.from({ length: more }, (_, i) => BigInt(put + i)));
        queue.put(at, more);
        ARENA.free(at);
        put += more;
        queue.read(column, Math.min(read, put - column.rowCount));
      }
      const placed = column.placed();
      const values =
        placed.layout === 'fixed' ? ARENA.view(BigInt64Array, placed.values, column.rowCount) : [];
      expect([...values]).toEqual(Array.from({ length: column.rowCount }, (_, i) => BigInt(i)));
      expect(() => queue.read(column, put - column.rowCount + 1)).toThrow('planned');
      for (const one of [queue, column]) one.release();
    }),
  );
});
