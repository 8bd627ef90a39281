import type { ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import { failureOfAnswer } from '../../remote/failure-of-status.js';
import type { ListPage } from '../../remote/object-api.js';
import { modifiedAtMsOf, versionOf } from './s3-words.js';

/** One page, names decoded as the service says it encoded them. */
export function listPageOf(answer: ListObjectsV2CommandOutput): ListPage {
  const { IsTruncated, NextContinuationToken, EncodingType, Contents = [], CommonPrefixes = [] } = answer;
  if (IsTruncated === undefined) throw failureOfAnswer('no listing');
  if (IsTruncated && NextContinuationToken === undefined) throw failureOfAnswer('no continuation token');
  const nameOf = (text: string | undefined) => {
    if (text === undefined) throw failureOfAnswer('an entry without a name');
    return EncodingType === 'url' ? decoded(text) : text;
  };
  return {
    objects: Contents.map(({ Key, Size, ETag, LastModified }) => {
      if (Size === undefined) throw failureOfAnswer('an entry without a size');
      return {
        key: nameOf(Key),
        size: Size,
        version: versionOf(ETag),
        modifiedAtMs: modifiedAtMsOf(LastModified),
      };
    }),
    prefixes: CommonPrefixes.map(({ Prefix }) => nameOf(Prefix)),
    nextToken: IsTruncated ? NextContinuationToken : undefined,
  };
}

/** As in a query: `+` is a space. Bytes that are no UTF-8 become U+FFFD, which no key holds: such a name is listed and cannot be read. */
function decoded(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    const bytes = spaced.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) =>
      String.fromCharCode(parseInt(hex, 16)),
    );
    return Buffer.from(bytes, 'latin1').toString('utf8');
  }
}
