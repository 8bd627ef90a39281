import type { Arena, Schema } from '@ticklake/columnar';
import { assert, LakeError, type ByteSink } from '@ticklake/core';
import type { Address } from '@ticklake/kernels';
import type { EncodedChunk } from './encoded-chunk.js';
import { requireColumns, storedAs, type ColumnStoredAs } from './column-options.js';
import { encodeFooter, MAGIC } from './footer.js';
import { createFooterFacts, type FooterFacts } from './footer-facts.js';
import type { Leaf } from './leaf.js';
import type { ParquetSinkOptions, ParquetSinkSummary } from './parquet-sink.js';
import { hasPageBounds } from './row-group-encoder.js';
import { createRowGroupFilters, type RowGroupFilters } from './row-group-filters.js';
import { layOutSchema, type SchemaTree } from './schema-tree.js';

/** Puts row groups that have been encoded together to a file. */
export interface FileWriter {
  readonly tree: SchemaTree;
  /** Of all fields, in order. */
  readonly leaves: readonly Leaf[];
  /** Whether a leaf's pages have bounds, which its column index needs. */
  hasBounds(leaf: number): boolean;
  /** How a leaf's values are stored. */
  storedAs(leaf: number): ColumnStoredAs;
  /** Writes the chunks of a row group, one for each leaf, each before the next is asked for. */
  putGroup(chunks: Iterable<EncodedChunk>, rowCount: number): Promise<void>;
  /** The same of chunks that all stand in the arena: those that stand side by side are written at once. */
  putChunks(chunks: readonly EncodedChunk[], rowCount: number): Promise<void>;
  /** Writes the footer. */
  finish(metadata: Readonly<Record<string, string>>): Promise<ParquetSinkSummary>;
  /** Gives its memory back. */
  release(): void;
}

/** A file without row groups. @throws LakeError `invalid` when the schema cannot be stored, a sorting column or one with options is none of it, or a column cannot have a bloom filter. */
export function createFileWriter(
  tools: { readonly arena: Arena; readonly target: ByteSink },
  schema: Schema,
  options: ParquetSinkOptions,
): FileWriter {
  requireColumns(options, schema);
  return new Writer(tools, layOutSchema(schema), options);
}

class Writer implements FileWriter {
  readonly leaves: readonly Leaf[];
  private readonly bounded: readonly boolean[];
  private readonly stored: readonly ColumnStoredAs[];
  private readonly facts: FooterFacts;
  private readonly filters: RowGroupFilters;
  private offset = 0;

  constructor(
    private readonly tools: { readonly arena: Arena; readonly target: ByteSink },
    readonly tree: SchemaTree,
    private readonly options: ParquetSinkOptions,
  ) {
    this.leaves = tree.fields.flatMap((field) => field.leaves);
    this.filters = createRowGroupFilters(tools.arena);
    this.facts = createFooterFacts(
      tools.arena,
      options.sortingColumns.map((name) => requireSortingLeaf(tree, name)),
    );
    this.bounded = tree.fields.flatMap((field) =>
      field.leaves.map(() => hasPageBounds(field, options.sortingColumns)),
    );
    this.stored = tree.fields.flatMap(({ field, leaves }) => {
      const stored = storedAs(options, field);
      return leaves.map(() => stored);
    });
  }

  storedAs(leaf: number): ColumnStoredAs {
    return this.stored[leaf] as ColumnStoredAs;
  }

  hasBounds(leaf: number): boolean {
    return this.bounded[leaf] as boolean;
  }

  async putGroup(chunks: Iterable<EncodedChunk>, rowCount: number): Promise<void> {
    await this.open();
    let leaf = 0;
    for (const chunk of chunks) {
      this.note(chunk, leaf++, this.offset);
      await this.putRange(chunk.at, chunk.at + chunk.sizeBytes);
    }
    await this.endGroup(leaf, rowCount);
  }

  async putChunks(chunks: readonly EncodedChunk[], rowCount: number): Promise<void> {
    await this.open();
    for (let leaf = 0; leaf < chunks.length; ) {
      const start = (chunks[leaf] as EncodedChunk).at;
      let end = start;
      for (let chunk = chunks[leaf]; chunk?.at === end; chunk = chunks[leaf]) {
        this.note(chunk, leaf++, this.offset + end - start);
        end += chunk.sizeBytes;
      }
      await this.putRange(start, end);
    }
    await this.endGroup(chunks.length, rowCount);
  }

  async finish(metadata: Readonly<Record<string, string>>): Promise<ParquetSinkSummary> {
    await this.open();
    const { leaves, facts, tree, options, tools } = this;
    const { createdBy } = options;
    const file = { elements: tree.elements, leaves, facts, metadata, createdBy };
    for (const piece of encodeFooter(tools.arena, file, this.offset)) await this.put(piece);
    return { rowCount: facts.rowCount, rowGroupCount: facts.rowGroupCount, sizeBytes: this.offset };
  }

  release(): void {
    this.facts.release();
    this.filters.release();
  }

  private note(chunk: EncodedChunk, index: number, offset: number): void {
    const leaf = this.leaves[index];
    assert(leaf !== undefined, 'a row group has one chunk for every leaf');
    const compression = chunk.isCompressed ? this.storedAs(index).compression : 'none';
    this.facts.addChunk(chunk, { leaf, offset, compression });
    this.filters.add(chunk.notes);
  }

  private async endGroup(chunkCount: number, rowCount: number): Promise<void> {
    assert(chunkCount === this.leaves.length, 'a row group has a chunk for every leaf');
    const filters = this.filters.take();
    this.facts.endRowGroup(rowCount, filters && { offset: this.offset, sizes: filters.sizes });
    if (filters !== undefined) await this.putRange(filters.at, filters.at + filters.sizeBytes);
  }

  /** What every file begins with. */
  private async open(): Promise<void> {
    if (this.offset === 0) await this.put(MAGIC.slice());
  }

  private putRange(start: Address, end: Address): Promise<void> {
    return this.put(this.tools.arena.bytes.subarray(start, end));
  }

  private async put(bytes: Uint8Array): Promise<void> {
    await this.tools.target.write(bytes);
    this.offset += bytes.length;
  }
}

function requireSortingLeaf(tree: SchemaTree, name: string): number {
  const index = tree.fields.findIndex(({ field }) => field.name === name);
  const leavesBefore = tree.fields.slice(0, index).reduce((sum, field) => sum + field.leaves.length, 0);
  if (index >= 0 && tree.fields[index]?.field.type.kind !== 'nested') return leavesBefore;
  throw new LakeError('invalid', 'a sorting column is not a flat column of the schema', {
    details: { column: name },
  });
}
