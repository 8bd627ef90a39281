import { createHash } from 'node:crypto';
import {
  createOrderedHash,
  createRowHasher,
  typeText,
  type Arena,
  type RecordBatch,
  type Schema,
} from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import type { RowSource, SourceIdentity } from './row-source.js';

/** Batches, one after another. */
export type Batches = AsyncIterable<RecordBatch> | Iterable<RecordBatch>;

/**
 * Batches of another program as a source. They have no bytes to be known by: what stands for these is what their rows hash to in their
 * order, so that the same batches are the same source again. They are read only.
 *
 * @throws LakeError `invalid` (`NO_ROWS`) where there is no batch, whose schema would be needed. From `rows`, `invalid` (`SCHEMA_MISMATCH`)
 *   for a batch of another schema than the first.
 */
export async function batchSource(batches: Batches, arena: Arena): Promise<RowSource> {
  const iterator = iterate(batches);
  const first = await iterator.next();
  if (first.done === true) {
    throw new LakeError('invalid', 'there is no batch', { code: 'NO_ROWS' });
  }
  const { schema } = first.value;
  const hash = createOrderedHash();
  const identityOf = (): SourceIdentity => {
    const sha256 = createHash('sha256').update(hash.hex()).digest('hex');
    return { name: `batches-${sha256.slice(0, 16)}`, size: 0, sha256 };
  };
  return {
    get identity() {
      return identityOf();
    },
    schema,
    async *rows() {
      const hasher = createRowHasher(arena, schema, { exclude: [] });
      let rowsBefore = 0;
      try {
        for (
          let next: IteratorResult<RecordBatch> = first;
          next.done !== true;
          next = await iterator.next()
        ) {
          const { value: batch } = next;
          requireSchema(batch.schema, schema);
          hash.add(hasher.digestBatch(batch));
          const start = rowsBefore;
          yield { ...batch, placeOf: (row) => ({ row: start + row }) };
          rowsBefore += batch.rowCount;
        }
      } finally {
        hasher.release();
      }
    },
    check: () => Promise.resolve(),
  };
}

async function* iterate(batches: Batches): AsyncGenerator<RecordBatch> {
  yield* batches;
}

function requireSchema(found: Schema, expected: Schema): void {
  if (schemaText(found) === schemaText(expected)) return;
  throw new LakeError('invalid', 'batches have several schemas', {
    code: 'SCHEMA_MISMATCH',
    details: { found: schemaText(found), expected: schemaText(expected) },
  });
}

function schemaText({ fields }: Schema): string {
  return fields
    .map(({ name, type, nullable }) => `${name}: ${typeText(type)}${nullable ? '?' : ''}`)
    .join(', ');
}
