import type { Stamp } from './object-api.js';

/** Names in the metadata that users attach, which comes back with `head`, and on S3 with `get`. */
const OP_ID = 'op-id';
const MD5 = 'body-md5';

/** {@link Stamp} as metadata that users attach. */
export function metadataOf({ opId, md5 }: Stamp): Record<string, string> {
  return { [OP_ID]: opId, [MD5]: md5 };
}

/** What of a {@link Stamp} is in `metadata`, which somebody else may have written. */
export function stampOf(metadata: Readonly<Record<string, unknown>>): Partial<Stamp> {
  const { [OP_ID]: opId, [MD5]: md5 } = metadata;
  return {
    ...(typeof opId === 'string' ? { opId } : {}),
    ...(typeof md5 === 'string' ? { md5 } : {}),
  };
}
