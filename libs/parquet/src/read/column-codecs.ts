import { CODEC_NAMES } from '../format/constants.js';
import type { ChunkMeta, FileMeta } from '../format/metadata.js';
import type { FileSchema } from './schema-tree.js';

/** What the pages of each column are compressed by, as the format calls it; several where chunks of it differ. */
export function columnCodecs({ rowGroups }: FileMeta, { columns }: FileSchema): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const group of rowGroups) {
    for (const { field, leafStart, leafEnd } of columns) {
      const codecs = found.get(field.name) ?? new Set<string>();
      found.set(field.name, codecs);
      // Nearly every file has one codec, which costs no look at its chunks.
      const end = group.onlyCodec === undefined ? leafEnd : leafStart;
      if (group.onlyCodec !== undefined) codecs.add(codecName(group.onlyCodec));
      for (let leaf = leafStart; leaf < end; leaf++) {
        codecs.add(codecName((group.chunk(leaf) as ChunkMeta).codec));
      }
    }
  }
  return found;
}

function codecName(codec: number): string {
  return CODEC_NAMES[codec] ?? String(codec);
}
