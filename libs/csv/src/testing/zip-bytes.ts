import { crc32, deflateRawSync } from 'node:zlib';

/** One file of {@link zipBytes}, and what its directory says of it where that is not the truth. */
export interface ZippedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly method?: 0 | 8;
  readonly lies?: {
    readonly crc32?: number;
    readonly sizeBytes?: number;
    readonly flags?: number;
    readonly method?: number;
  };
  /** Sizes in an extra field of 64 bits, as a large file has them. */
  readonly isWide?: boolean;
}

/** A zip, made by hand after APPNOTE.TXT so that it can be wrong on purpose. */
export function zipBytes(files: readonly ZippedFile[], comment = ''): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const name = Buffer.from(file.name);
    const stored = file.method === 0 ? Buffer.from(file.bytes) : deflateRawSync(file.bytes);
    const facts = { crc: crc32(file.bytes), size: file.bytes.length, method: file.method ?? 8 };
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(facts.method, 8);
    local.writeUInt16LE(name.length, 26);
    parts.push(local, name, stored);
    directory.push(entryBytes(file, { ...facts, name, storedBytes: stored.length, offset }));
    offset += 30 + name.length + stored.length;
  }
  const all = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(all.length, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(Buffer.byteLength(comment), 20);
  return Buffer.concat([...parts, all, end, Buffer.from(comment)]);
}

interface EntryFacts {
  readonly name: Buffer;
  readonly crc: number;
  readonly size: number;
  readonly method: number;
  readonly storedBytes: number;
  readonly offset: number;
}

function entryBytes({ lies = {}, isWide = false }: ZippedFile, facts: EntryFacts): Buffer {
  const sizeBytes = lies.sizeBytes ?? facts.size;
  const extra = Buffer.alloc(isWide ? 20 : 0);
  if (isWide) {
    extra.writeUInt16LE(1, 0);
    extra.writeUInt16LE(16, 2);
    extra.writeBigUInt64LE(BigInt(sizeBytes), 4);
    extra.writeBigUInt64LE(BigInt(facts.storedBytes), 12);
  }
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(lies.flags ?? 0, 8);
  entry.writeUInt16LE(lies.method ?? facts.method, 10);
  entry.writeUInt32LE(lies.crc32 ?? facts.crc, 16);
  entry.writeUInt32LE(isWide ? 0xffffffff : facts.storedBytes, 20);
  entry.writeUInt32LE(isWide ? 0xffffffff : sizeBytes, 24);
  entry.writeUInt16LE(facts.name.length, 28);
  entry.writeUInt16LE(extra.length, 30);
  entry.writeUInt32LE(facts.offset, 42);
  return Buffer.concat([entry, facts.name, extra]);
}
