import type { ObjectName, Version } from '../bucket-store.js';
import { checksumOf } from '../checksums.js';

/** The document that describes an object. */
export function objectResource({ bucket, key }: ObjectName, version: Version): object {
  const { generation, metadata } = version;
  const modifiedAt = new Date(version.modifiedAtMs).toISOString();
  return {
    kind: 'storage#object',
    id: `${bucket}/${key}/${generation}`,
    name: key,
    bucket,
    generation: `${generation}`,
    metageneration: '1',
    contentType: version.contentType,
    storageClass: 'STANDARD',
    size: `${version.bytes.length}`,
    md5Hash: version.md5.toString('base64'),
    crc32c: crc32cOf(version),
    etag: etagOf(generation),
    timeCreated: modifiedAt,
    updated: modifiedAt,
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
  };
}

/** The headers that come with the content of an object. The hashes are of all of it, also when a part is sent. */
export function mediaHeaders(version: Version): Record<string, string> {
  return {
    'content-type': version.contentType,
    'last-modified': new Date(version.modifiedAtMs).toUTCString(),
    etag: etagOf(version.generation),
    'x-goog-generation': `${version.generation}`,
    'x-goog-metageneration': '1',
    'x-goog-hash': `crc32c=${crc32cOf(version)},md5=${version.md5.toString('base64')}`,
    'x-goog-storage-class': 'STANDARD',
    'x-goog-stored-content-encoding': 'identity',
    'x-goog-stored-content-length': `${version.bytes.length}`,
  };
}

/** The ETag of a generation, which says nothing more. */
export function etagOf(generation: number): string {
  return Buffer.from(`generation ${generation}`).toString('base64');
}

const crc32cs = new WeakMap<Version, string>();

function crc32cOf(version: Version): string {
  const value = crc32cs.get(version) ?? checksumOf('crc32c', version.bytes);
  crc32cs.set(version, value);
  return value;
}
