import {
  allPages,
  FIELD,
  readLayout,
  type ChunkLayout,
  type FileLayout,
  type PageLayout,
} from '../format/file-layout.js';
import { encodeThriftTree, fieldOf, intOf, type ThriftStruct } from '../format/thrift-tree.js';
import { readWholeFile, type WholeFile } from '../read-whole-file.js';
import { crc32 } from 'node:zlib';
import type { BaseFile } from './base-files.js';

/** A base file with everything that damaging it and judging the damage takes. */
export interface Target extends BaseFile {
  /** What it read as before it was damaged. */
  readonly reference: WholeFile;
  readonly layout: FileLayout;
  /** In the order of the file. */
  readonly pages: readonly PageLayout[];
  /** Whether every page has a checksum. */
  readonly sealed: boolean;
}

/** Reads a base file and maps it. @throws Error when it cannot be read: then it is no base file. */
export async function openTarget(base: BaseFile): Promise<Target> {
  const reading = await readWholeFile(base.bytes);
  if (reading.kind === 'failure') throw new Error(`${base.name} cannot be read`, { cause: reading.error });
  return mapTarget(base, reading.file);
}

/** Maps a base file whose values are known. */
export function mapTarget(base: BaseFile, reference: WholeFile): Target {
  const layout = readLayout(base.bytes);
  const pages = allPages(layout);
  const sealed = pages.every(({ header }) => fieldOf(header, FIELD.page.crc) !== undefined);
  return { ...base, reference, layout, pages, sealed };
}

/** Whether the footer, its length and the last magic are those of the base: then what is wrong is not the footer. */
export function keepsFooter({ bytes, layout }: Target, mutant: Uint8Array): boolean {
  const footer = bytes.subarray(layout.footerStart);
  const tail = mutant.subarray(Math.max(mutant.length - footer.length, 0));
  return Buffer.compare(footer, tail) === 0;
}

/**
 * Whether pages have only changed places: every chunk of the mutant has as many as before, each with the header of some
 * page of the base and a body of the right checksum, and not all of them are those that were there. The body need not
 * be the header's own: gzip of what does not compress is the content and the content's CRC, and the CRC of such a thing
 * is the same for every content.
 */
export function hasMovedPages({ layout, pages }: Target, mutant: Uint8Array): boolean {
  const headers = new Set(pages.map(({ header }) => headerText(header)));
  let moved = false;
  const whole = layoutOf(mutant).every((chunk, i) => {
    const before = layout.chunks[i]?.pages ?? [];
    if (chunk.pages.length !== before.length) return false;
    return chunk.pages.every(({ header, body }, at) => {
      moved ||= Buffer.compare(body, before[at]?.body ?? body) !== 0;
      const crc = intOf(header, FIELD.page.crc);
      return crc !== undefined && crc >>> 0 === crc32(body) && headers.has(headerText(header));
    });
  });
  return whole && moved;
}

/** A chunk without pages where the file cannot be taken apart: then pages are lost. */
function layoutOf(mutant: Uint8Array): readonly Pick<ChunkLayout, 'pages'>[] {
  try {
    return readLayout(mutant).chunks;
  } catch {
    return [{ pages: [] }];
  }
}

function headerText(header: ThriftStruct): string {
  return Buffer.from(encodeThriftTree(header)).toString('hex');
}
