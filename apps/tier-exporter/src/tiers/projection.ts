import { createHash, type Hash } from 'node:crypto';
import {
  createMultisetHash,
  createOrderedHash,
  createRowHasher,
  DIGEST_BYTES,
  type Arena,
  type PlacedColumn,
  type RowDigests,
  type RowHasher,
  type Schema,
} from '@ticklake/columnar';
import type { ContentHashes } from '@ticklake/manifest';
import type { ColumnChunks } from '@ticklake/parquet';

/** The stored bytes of a column: its chunks, page headers included, one row group after another. */
export interface StoredBytes {
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/**
 * Some columns of a file by themselves. Whoever copies their bytes as they are stored, and finds them to be these, has rows of this
 * content without decoding one.
 */
export interface Projection {
  readonly columns: readonly StoredBytes[];
  /** What the rows hash to in these columns alone. */
  readonly content: ContentHashes;
  /** The digests of those rows, 16 bytes each, in their order: a week of several days needs them for its own order. */
  readonly digests: Uint8Array;
}

/** Key of a day's footer: {@link Projection.digests} of the columns of tier 2, as base64. */
export const TIER2_DIGESTS_KEY = 'lake.tier2_digests';

/** Hashes rows while they are written, whole and in some columns alone. */
export interface ProjectionWriter {
  /** The digests of whole rows, until the next call; those of the columns alone are kept. */
  digest(columns: readonly PlacedColumn[], rowCount: number): RowDigests;
  /** Takes note of a row group's bytes, which stand in the arena. */
  addChunks(chunks: readonly ColumnChunks[]): void;
  result(): Projection;
  release(): void;
}

/** For the columns of `schema` that `names` has. Every column is hashed once: what it adds to a row counts for both. */
export function createProjectionWriter(
  arena: Arena,
  schema: Schema,
  names: readonly string[],
): ProjectionWriter {
  return new Writer(arena, schema, names);
}

class Writer implements ProjectionWriter {
  private readonly chosen: readonly number[];
  private readonly others: readonly number[];
  private readonly own: RowHasher;
  private readonly rest: RowHasher;
  private readonly stored: readonly { readonly name: string; sizeBytes: number; readonly hash: Hash }[];
  private readonly multiset = createMultisetHash();
  private readonly ordered = createOrderedHash();
  private readonly kept: Uint8Array[] = [];

  constructor(
    private readonly arena: Arena,
    schema: Schema,
    names: readonly string[],
  ) {
    const indexes = schema.fields.map((_, i) => i);
    const isChosen = (i: number) => names.includes(schema.fields[i]?.name ?? '');
    this.chosen = indexes.filter(isChosen);
    this.others = indexes.filter((i) => !isChosen(i));
    const fieldsAt = (at: readonly number[]) => ({ fields: schema.fields.filter((_, i) => at.includes(i)) });
    this.own = createRowHasher(arena, fieldsAt(this.chosen), { exclude: [], part: 0 });
    this.rest = createRowHasher(arena, fieldsAt(this.others), { exclude: [], part: 1 });
    this.stored = fieldsAt(this.chosen).fields.map(({ name }) => ({
      name,
      sizeBytes: 0,
      hash: createHash('sha256'),
    }));
  }

  digest(columns: readonly PlacedColumn[], rowCount: number): RowDigests {
    const { own, rest } = this;
    const rows = { start: 0, end: rowCount };
    const columnsAt = (at: readonly number[]) => at.map((i) => columns[i] as PlacedColumn);
    const mine = own.digest(columnsAt(this.chosen), rows);
    const others = rest.digest(columnsAt(this.others), rows);
    const projected = own.alone(mine);
    this.multiset.add(projected);
    this.ordered.add(projected);
    this.kept.push(this.arena.bytes.slice(projected.address, projected.address + rowCount * DIGEST_BYTES));
    return own.join(mine, others);
  }

  addChunks(chunks: readonly ColumnChunks[]): void {
    this.chosen.forEach((column, i) => {
      const stored = this.stored[i] as (typeof this.stored)[number];
      for (const { at, sizeBytes } of chunks[column] as ColumnChunks) {
        stored.hash.update(this.arena.bytes.subarray(at, at + sizeBytes));
        stored.sizeBytes += sizeBytes;
      }
    });
  }

  result(): Projection {
    return {
      columns: this.stored.map(({ name, sizeBytes, hash }) => ({
        name,
        sizeBytes,
        sha256: hash.copy().digest('hex'),
      })),
      content: { multiset: this.multiset.hex(), ordered: this.ordered.hex() },
      digests: Buffer.concat(this.kept),
    };
  }

  release(): void {
    for (const one of [this.own, this.rest]) one.release();
  }
}
