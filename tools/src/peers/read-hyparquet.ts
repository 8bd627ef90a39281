import { toHex } from '@ticklake/core';
import {
  parquetMetadata,
  parquetRead,
  parquetSchema,
  type DecodedArray,
  type SchemaElement,
  type SchemaTree,
} from 'hyparquet';
import { compressors, decompressLz4Raw } from 'hyparquet-compressors';
import { brotliDecompressSync } from 'node:zlib';
import { bitsText, numberText, unscaledOf } from './plain-value.js';
import type { ColumnTexts } from './read-ticklake.js';

/** The columns called `names`, in the order of `names`. */
export async function readHyparquet(bytes: Uint8Array, names: readonly string[]): Promise<ColumnTexts> {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  const metadata = parquetMetadata(file, { geoparquet: false, parsers: PHYSICAL });
  const tree = parquetSchema(metadata);
  const nodes = names.map((name) => {
    const node = tree.children.find(({ element }) => element.name === name);
    if (node === undefined) throw new Error(`no column ${name}`);
    return node;
  });
  // Made before the annotations are taken away.
  const texts = nodes.map(textOf);
  stripAnnotations(metadata.schema);
  const chunks: { readonly rowStart: number; readonly at: number; readonly data: DecodedArray }[] = [];
  await parquetRead({
    file,
    metadata,
    compressors: DECOMPRESSORS,
    columns: [...names],
    utf8: false,
    parsers: PHYSICAL,
    onChunk: ({ columnName, columnData, rowStart }) => {
      chunks.push({ rowStart, at: names.indexOf(columnName), data: columnData });
    },
  });
  const columns: string[][] = names.map(() => []);
  for (const { at, data } of chunks.sort((a, b) => a.rowStart - b.rowStart)) {
    appendTexts(columns[at] as string[], nodes[at] as SchemaTree, { data, text: texts[at] as TextOf });
  }
  return columns;
}

/**
 * Its own, but for two: brotli in JavaScript takes milliseconds for a page of any size, and an lz4 block of no bytes,
 * which pages without values have, is refused.
 */
const DECOMPRESSORS: typeof compressors = {
  ...compressors,
  BROTLI: (input) => brotliDecompressSync(input),
  LZ4_RAW: (input, size) => (size === 0 ? new Uint8Array() : decompressLz4Raw(input, size)),
};

/** Values stay what they are: no Date, no string, no parsed JSON. */
const PHYSICAL = {
  timestampFromMilliseconds: (value: bigint) => value,
  timestampFromMicroseconds: (value: bigint) => value,
  timestampFromNanoseconds: (value: bigint) => value,
  dateFromDays: (value: number) => value,
  stringFromBytes: (value: Uint8Array) => value,
  jsonFromBytes: (value: Uint8Array) => value,
  geometryFromBytes: (value: Uint8Array) => value,
  geographyFromBytes: (value: Uint8Array) => value,
  uuidFromBytes: (value: Uint8Array) => value,
};

/**
 * Without annotations hyparquet gives physical values: a decimal would come as a float, an unsigned number of a
 * nullable column converted. A map would come as an object, which has neither order nor keys but strings; as what it is
 * stored as, a struct of a repeated struct, it loses nothing. A list needs its annotation.
 */
function stripAnnotations(schema: readonly SchemaElement[]): void {
  for (const element of schema) {
    if (element.converted_type === 'LIST') continue;
    delete element.converted_type;
    delete element.logical_type;
  }
}

type TextOf = (value: unknown) => string;

/** What `data` of the flat column `node` says; floats by their bits where hyparquet gives an array of floats. */
function appendTexts(
  texts: string[],
  node: SchemaTree,
  { data, text }: { data: DecodedArray; text: TextOf },
): void {
  const bits = data instanceof Float32Array ? 32 : data instanceof Float64Array ? 64 : undefined;
  if (bits === undefined || node.children.length > 0) {
    for (const value of data) texts.push(text(value));
    return;
  }
  const { buffer, byteOffset, length } = data as Float32Array | Float64Array;
  const words =
    bits === 32
      ? new Uint32Array(buffer, byteOffset, length)
      : new BigUint64Array(buffer, byteOffset, length);
  for (const word of words) texts.push(bitsText(bits, word));
}

function textOf(node: SchemaTree): TextOf {
  const { element, children } = node;
  const [first] = children;
  if (first === undefined) return orNull(leafText(element));
  if (element.converted_type === 'LIST') {
    const item = textOf(first.children[0] as SchemaTree);
    return orNull((value) => `[${(value as readonly unknown[]).map(item).join()}]`);
  }
  const entries = children.map((child) => [child.element.name, textOf(child)] as const);
  const struct = (value: unknown) =>
    entries.map(([name, text]) => text((value as Record<string, unknown>)[name]));
  if (element.converted_type !== 'MAP') return orNull((value) => `{${struct(value).join()}}`);
  const [key, item] = first.children.map((child) => [child.element.name, textOf(child)] as const);
  const entry = (value: unknown) =>
    [key, item].map((one) => one?.[1]((value as Record<string, unknown>)[one[0]])).join(':');
  return orNull((value) => {
    const list = (value as Record<string, unknown>)[first.element.name] as readonly unknown[];
    return `<${list.map(entry).join()}>`;
  });
}

function orNull(text: TextOf): TextOf {
  return (value) => (value === null || value === undefined ? 'null' : text(value));
}

const NANOS = { MILLIS: 1_000_000n, MICROS: 1_000n, NANOS: 1n };

function leafText(element: SchemaElement): TextOf {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (type === 'FLOAT') return (value) => numberText(32, value as number);
  if (type === 'DOUBLE') return (value) => numberText(64, value as number);
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') {
    return (value) => String(value instanceof Uint8Array ? unscaledOf(value) : value);
  }
  if (type === 'BYTE_ARRAY' || type === 'FIXED_LEN_BYTE_ARRAY') return (value) => toHex(value as Uint8Array);
  const unit = unitOf(element);
  if (unit !== undefined) return (value) => String(BigInt(value as bigint | number) * NANOS[unit]);
  const width = Number(/^UINT_(\d+)$/.exec(converted ?? '')?.[1] ?? 0);
  if (width > 0) return (value) => String(BigInt.asUintN(width, BigInt(value as bigint | number)));
  return String;
}

function unitOf({
  converted_type: converted,
  logical_type: logical,
}: SchemaElement): keyof typeof NANOS | undefined {
  if (logical?.type === 'TIME' || logical?.type === 'TIMESTAMP') return logical.unit;
  if (converted === 'TIME_MILLIS' || converted === 'TIMESTAMP_MILLIS') return 'MILLIS';
  return converted === 'TIME_MICROS' || converted === 'TIMESTAMP_MICROS' ? 'MICROS' : undefined;
}
