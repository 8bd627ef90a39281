import { LakeError } from '@ticklake/core';
import { checkKey } from '../key.js';

/** What a URL such as `s3://bucket/prefix?region=eu-west-1` says. */
export interface BucketUrl<P extends string> {
  readonly bucket: string;
  /** `''` or ending in `/`. */
  readonly prefix: string;
  readonly parameters: Readonly<Partial<Record<P, string>>>;
}

/**
 * Reads `scheme://bucket/prefix?parameter=value`, percent-decoded.
 *
 * @throws LakeError `invalid` for anything else, and for parameters that are not among `known`. The URL is not repeated: it may hold
 * credentials, though they do not belong there.
 */
export function parseBucketUrl<P extends string>(
  url: string,
  { scheme, known }: { readonly scheme: string; readonly known: readonly P[] },
): BucketUrl<P> {
  const parts = /^([a-z0-9]+):\/\/([a-z0-9][a-z0-9._-]*)(\/[^?#]*)?(?:\?([^#]*))?$/i.exec(url);
  const [, start, bucket, path = '', query = ''] = parts ?? [];
  if (start?.toLowerCase() !== scheme || bucket === undefined || bucket !== bucket.toLowerCase()) {
    throw refused(`such a store is written ${scheme}://bucket/prefix, with ? and # encoded`);
  }
  const prefix = decoded(path).replace(/^\//, '').replace(/\/$/, '');
  if (prefix !== '') checkKey(prefix);
  return {
    bucket,
    prefix: prefix === '' ? '' : `${prefix}/`,
    parameters: parametersOf(query, scheme, known),
  };
}

function parametersOf<P extends string>(query: string, scheme: string, known: readonly P[]) {
  const parameters: Partial<Record<P, string>> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    const found = known.find((one) => one === name);
    if (found === undefined || parameters[found] !== undefined || value === '') {
      throw refused(`a store of scheme ${scheme} takes these parameters, each once: ${known.join(', ')}`);
    }
    parameters[found] = value;
  }
  return parameters;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw refused('the path of the store url is not percent-encoded UTF-8');
  }
}

function refused(message: string): LakeError {
  return new LakeError('invalid', message, { code: 'URL' });
}
