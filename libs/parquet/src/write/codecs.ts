import { openPageCodec, type PageCodec } from '../codec/page-codec.js';
import type { StoredAs } from './column-options.js';

/** Codecs that columns share, each opened once. */
export interface Codecs {
  /** @throws LakeError `invalid` when `zstdLevel` is not a level of zstd. */
  open(stored: Pick<StoredAs, 'compression' | 'zstdLevel'>): Promise<PageCodec>;
}

/** None opened yet. */
export function createCodecs(): Codecs {
  const opened = new Map<string, PageCodec>();
  return {
    async open({ compression, zstdLevel }) {
      const key = codecKey({ compression, zstdLevel });
      const known = opened.get(key);
      if (known !== undefined) return known;
      const codec = await openPageCodec(compression, { zstdLevel });
      opened.set(key, codec);
      return codec;
    },
  };
}

/** Equal for columns that are compressed in one way. */
export function codecKey({ compression, zstdLevel }: Pick<StoredAs, 'compression' | 'zstdLevel'>): string {
  return compression === 'zstd' ? `zstd ${zstdLevel}` : compression;
}
