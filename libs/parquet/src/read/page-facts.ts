import { ENCODING, nameOf, PAGE } from '../format/constants.js';
import type { ChunkMeta } from '../format/metadata.js';
import { parsePageHeader, type FoundHeader } from '../format/parse-page-header.js';
import { openByteWindow, type ByteWindow } from './byte-window.js';
import { chunkStart, columnOf } from './check-metadata.js';
import { checkSizes, HEADER_BYTES_MAX, located, type PageContext } from './page-walk.js';

/** A page as its header tells it. */
export interface PageFacts {
  readonly kind: 'dictionary' | 'data' | 'data v2';
  /** Where its header stands. */
  readonly offset: number;
  /** As stored, with the header. */
  readonly sizeBytes: number;
  /** Of what follows the header. */
  readonly uncompressedSizeBytes: number;
  readonly valueCount: number;
  /** As the format calls it, e.g. `RLE_DICTIONARY`. */
  readonly encoding: string;
  /** Whether there is a checksum; it is compared when the page is read. */
  readonly hasCrc: boolean;
}

/** Nearly every header fits. */
const USUAL_HEADER_BYTES = 1024;

/** The headers of a chunk's pages, in order; what follows them is not looked at. */
export async function* readPageFacts(
  context: PageContext,
  chunk: ChunkMeta,
  rowGroup: number,
): AsyncGenerator<PageFacts> {
  if (chunk.valueCount === 0) return;
  const start = chunkStart(chunk);
  const end = start + chunk.sizeBytes;
  const window = openByteWindow(context.arena, context.file, end);
  try {
    for (let offset = start, page = 0; offset < end; page++) {
      let facts: PageFacts;
      try {
        facts = await factsAt(context, window, { offset, end });
      } catch (error) {
        throw located(error, { column: columnOf(chunk), rowGroup, page, offset });
      }
      yield facts;
      offset += facts.sizeBytes;
    }
  } finally {
    window.release();
  }
}

interface Place {
  readonly offset: number;
  readonly end: number;
}

async function factsAt(
  { limits }: PageContext,
  window: ByteWindow,
  { offset, end }: Place,
): Promise<PageFacts> {
  const header = await headerAt(window, { offset, end });
  const bodyOffset = window.start + header.bodyStart;
  checkSizes(header, { room: end - bodyOffset, limits });
  const { type, compressedSizeBytes, uncompressedSizeBytes, valueCount, encoding, crc } = header;
  return {
    kind: type === PAGE.DICTIONARY ? 'dictionary' : type === PAGE.DATA_V2 ? 'data v2' : 'data',
    offset,
    sizeBytes: bodyOffset - offset + compressedSizeBytes,
    uncompressedSizeBytes,
    valueCount,
    encoding: nameOf(ENCODING, encoding),
    hasCrc: crc !== undefined,
  };
}

/** A long header, with bounds of long texts, may end beyond what is at hand: only then is more asked for. */
async function headerAt(window: ByteWindow, { offset, end }: Place): Promise<FoundHeader> {
  const parse = () => {
    const limit = Math.min(window.bytes.length, end - window.start);
    return parsePageHeader(window.bytes, { position: offset - window.start, end: limit });
  };
  if (!window.covers(offset, USUAL_HEADER_BYTES)) await window.load(offset, HEADER_BYTES_MAX);
  try {
    return parse();
  } catch (error) {
    if (window.covers(offset, HEADER_BYTES_MAX)) throw error;
    await window.load(offset, HEADER_BYTES_MAX);
    return parse();
  }
}
