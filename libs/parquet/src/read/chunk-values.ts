import { assert } from '@ticklake/core';
import { ENCODING, PAGE } from '../format/constants.js';
import { corrupt } from '../format/corrupt.js';
import type { ChunkMeta } from '../format/metadata.js';
import { decodeHybrid, type Span } from './hybrid.js';
import { readLevels } from './levels.js';
import { located, openPageStream, type PageContext, type RawPage } from './page-stream.js';
import { denseLength, type Dense } from './physical.js';
import { decodeValues } from './decode-values.js';
import { gatherFixed } from './scatter.js';
import type { Leaf } from './schema-tree.js';
import { createStatisticsCheck } from './statistics-check.js';
import { typedValues } from './typed-values.js';

/** A decoded data page: levels of all its values, and those that are present. */
export interface ValuePage {
  readonly valueCount: number;
  readonly definition: Uint8Array | undefined;
  readonly repetition: Uint8Array | undefined;
  readonly dense: Dense;
}

/** The data pages of a chunk, in order; `undefined` once all its values have been given. */
export interface ChunkValues {
  next(): Promise<ValuePage | undefined>;
}

/** Decodes a chunk page by page and holds it to what the footer says of it (G7, G10–G12, G15). */
export function openChunkValues(
  context: PageContext,
  { chunk, leaf, rowGroup }: { chunk: ChunkMeta; leaf: Leaf; rowGroup: number },
): ChunkValues {
  const pages = openPageStream(context, chunk, rowGroup);
  const check = createStatisticsCheck(leaf, chunk, rowGroup);
  let dictionary: Dense | undefined;
  let left = chunk.valueCount;
  let dataSeen = false;
  const decode = (raw: RawPage): ValuePage | undefined => {
    if (raw.header.type === PAGE.DICTIONARY) {
      if (dictionary !== undefined || dataSeen)
        throw corrupt('DICT_CONFLICT', 'a second or late dictionary page');
      dictionary = decodeDictionary(raw, leaf, context);
      return undefined;
    }
    dataSeen = true;
    checkCount(raw, { leaf, left, context });
    const page = decodePage(raw, { leaf, dictionary, sizeMax: context.limits.pageBytesMax });
    left -= page.valueCount;
    check.add(page);
    return page;
  };
  return {
    async next() {
      while (left > 0) {
        const raw = await pages.next();
        if (raw === undefined) throw short(chunk, rowGroup, left);
        const page = attempt(raw, decode);
        if (page === undefined || page.valueCount === 0) continue;
        if (left === 0) {
          const extra = await pages.next();
          if (extra !== undefined && extra.header.valueCount > 0) throw long(extra);
          check.finish();
        }
        return page;
      }
      return undefined;
    },
  };
}

function attempt(raw: RawPage, decode: (raw: RawPage) => ValuePage | undefined): ValuePage | undefined {
  try {
    return decode(raw);
  } catch (error) {
    throw located(error, raw.where);
  }
}

function checkCount(
  { header }: RawPage,
  { leaf, left, context }: { leaf: Leaf; left: number; context: PageContext },
): void {
  const { valueCount, v2 } = header;
  if (valueCount > left)
    throw corrupt('PAGE_CORRUPT', 'pages hold more values than their chunk', { valueCount, left });
  if (v2 !== undefined && leaf.repetitionMax === 0 && v2.rowCount !== valueCount) {
    throw corrupt('PAGE_CORRUPT', 'a page has another number of rows than values', {
      rows: v2.rowCount,
      valueCount,
    });
  }
  if (valueCount > context.limits.rowGroupRowsMax) {
    throw corrupt('LIMIT', 'too many values in a page', {
      value: valueCount,
      max: context.limits.rowGroupRowsMax,
    });
  }
}

function decodeDictionary({ header, body }: RawPage, leaf: Leaf, { limits }: PageContext): Dense {
  const { encoding, valueCount } = header;
  if (encoding !== ENCODING.PLAIN && encoding !== ENCODING.PLAIN_DICTIONARY) {
    throw corrupt('UNSUPPORTED', 'a dictionary in an unknown encoding', { encoding });
  }
  // Every entry takes space, except booleans and empty text, of which four bytes of length remain.
  if (valueCount > body.length * 8) throw corrupt('PAGE_CORRUPT', 'a dictionary has more entries than bytes');
  const span = { bytes: body, position: 0, end: body.length };
  const plain = { encoding: ENCODING.PLAIN, count: valueCount, sizeMax: limits.pageBytesMax };
  return typedValues(leaf.type, decodeValues(leaf, span, plain));
}

interface PageTools {
  readonly leaf: Leaf;
  readonly dictionary: Dense | undefined;
  readonly sizeMax: number;
}

function decodePage(raw: RawPage, { leaf, dictionary, sizeMax }: PageTools): ValuePage {
  const { definition, repetition, presentCount, values } = readLevels(raw, leaf);
  const { encoding, valueCount } = raw.header;
  const coded = encoding === ENCODING.PLAIN_DICTIONARY || encoding === ENCODING.RLE_DICTIONARY;
  const dense = coded
    ? decodeCodes(values, presentCount, dictionary)
    : typedValues(leaf.type, decodeValues(leaf, values, { encoding, count: presentCount, sizeMax }));
  return { valueCount, definition, repetition, dense };
}

function decodeCodes(span: Span, count: number, dictionary: Dense | undefined): Dense {
  if (dictionary === undefined) throw corrupt('DICT_CONFLICT', 'codes without a dictionary');
  const codes = new Uint32Array(count);
  // A page of nulls may leave out even the bit width.
  if (count > 0) {
    if (span.position >= span.end) throw corrupt('PAGE_CORRUPT', 'bytes end before the codes');
    const width = span.bytes[span.position++] as number;
    decodeHybrid(span, { width, limit: denseLength(dictionary), overCode: 'DICT_CONFLICT', out: codes });
  }
  if (dictionary.layout === 'fixed')
    return { layout: 'fixed', values: gatherFixed(dictionary.values, codes) };
  assert(dictionary.layout === 'bytes', 'a dictionary page is PLAIN');
  return { layout: 'dictionary', codes, dictionary: dictionary.values };
}

function short(chunk: ChunkMeta, rowGroup: number, missing: number): Error {
  const column = chunk.path.join('.');
  return corrupt('PAGE_CORRUPT', 'a column chunk ends before its last value', { column, rowGroup, missing });
}

function long({ where, header }: RawPage): Error {
  return corrupt('PAGE_CORRUPT', 'pages hold more values than their chunk', {
    ...where,
    extra: header.valueCount,
  });
}
