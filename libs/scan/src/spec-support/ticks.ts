import { textColumn, type Schema } from '@ticklake/columnar';
import { parquetBytes } from './files.js';

/** 1,000 rows in 2 row groups of 5 pages: times that rise, one of three symbols, noise. */
export async function ticks(): Promise<Uint8Array> {
  const rows = Array.from({ length: 1_000 }, (_, i) => i);
  const schema: Schema = {
    fields: [
      { name: 'ts', type: { kind: 'timestamp', unit: 'us', utc: true }, nullable: false },
      { name: 'symbol', type: { kind: 'utf8' }, nullable: false },
      { name: 'price', type: { kind: 'float', bits: 64 }, nullable: true },
    ],
  };
  const columns = [
    { layout: 'fixed' as const, values: BigInt64Array.from(rows, BigInt) },
    textColumn(rows.map((i) => ['BTC', 'ETH', 'SOL'][Math.floor(i / 130) % 3]!)),
    {
      layout: 'fixed' as const,
      values: Float64Array.from(rows, (i) => Math.sin(i) * 1e6),
      validity: Uint8Array.from(rows, (i) => (i >= 200 && i < 300 ? 0 : 1)),
    },
  ];
  const options = { rowGroupRows: 500, pageRows: 100, sortingColumns: ['ts', 'symbol'] };
  return parquetBytes({ schema, rowCount: 1_000, columns }, options);
}
