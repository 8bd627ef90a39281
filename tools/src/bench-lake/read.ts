import { createHash } from 'node:crypto';

/** A read of a lake, by us or by DuckDB. */
export interface Read {
  readonly name: string;
  /** Has all rows in memory, as typed arrays, and tells how many. */
  read(): Promise<number>;
  /** The values of some columns, a column at a time in some pieces, in the order of rows. */
  values(columns: readonly string[]): AsyncIterable<ReadonlyMap<string, readonly unknown[]>>;
}

/** What a read gives, whoever reads: two that are equal have the same values in the same order. */
export async function digestOf(read: Read, columns: readonly string[]): Promise<string> {
  const hashes = new Map(columns.map((name) => [name, createHash('sha256')]));
  for await (const piece of read.values(columns)) {
    for (const [name, values] of piece) {
      const hash = hashes.get(name);
      for (const value of values) hash?.update(`${plainText(value)}\n`);
    }
  }
  return [...hashes].map(([name, hash]) => `${name} ${hash.digest('hex')}`).join('\n');
}

/** Times as whole numbers of their unit, booleans as 0 and 1. */
function plainText(value: unknown): string {
  if (value === null) return 'null';
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('utf8'));
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'boolean') return String(Number(value));
  if (typeof value !== 'object') return String(value);
  const { micros, days } = value as { readonly micros?: bigint; readonly days?: number };
  return String(micros ?? days);
}
