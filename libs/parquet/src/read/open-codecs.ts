import { openPageCodec, type PageCodec, type PageCodecName } from '../codec/page-codec.js';
import { CODEC_NAMES } from '../format/constants.js';
import type { FileMeta } from '../format/metadata.js';

const NAMES: Readonly<Record<string, PageCodecName>> = {
  UNCOMPRESSED: 'none',
  SNAPPY: 'snappy',
  GZIP: 'gzip',
  BROTLI: 'brotli',
  ZSTD: 'zstd',
  LZ4_RAW: 'lz4raw',
};

/** Codecs hold no state between pages, so one of each serves every reader. */
const opened = new Map<number, PageCodec>();

/** The codecs of a file by their number, as far as this library reads them; a promise of those that are loaded when they are first met. */
export function openCodecs(
  meta: FileMeta,
): ReadonlyMap<number, PageCodec> | Promise<ReadonlyMap<number, PageCodec>> {
  for (const { onlyCodec } of meta.rowGroups) {
    if (onlyCodec === undefined || !opened.has(onlyCodec)) return loadCodecs(meta);
  }
  return opened;
}

async function loadCodecs({ rowGroups }: FileMeta): Promise<ReadonlyMap<number, PageCodec>> {
  for (const { chunks } of rowGroups) {
    for (const { codec } of chunks) {
      if (opened.has(codec)) continue;
      const name = NAMES[CODEC_NAMES[codec] ?? ''];
      if (name !== undefined) opened.set(codec, await openPageCodec(name, { zstdLevel: 1 }));
    }
  }
  return opened;
}

/**
 * Begins to load the code of a codec that files about to be opened are stored with, which takes as long as their footers: they need not wait for
 * it then. What keeps it from loading is thrown by whoever needs it.
 */
export function expectCodec(name: PageCodecName): void {
  openPageCodec(name, { zstdLevel: 1 }).catch(() => undefined);
}
