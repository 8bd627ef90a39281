import { emptyAnswer, type Answer, type Incoming } from '../exchange.js';
import { listPage, listToken, placeOfToken, type ListEntry } from '../list-page.js';
import { quoted } from './s3-objects.js';
import type { S3Context } from './s3-dialect.js';
import { s3Refusal } from './s3-refusal.js';
import { branch, leaf, xmlDocument } from './xml.js';

/** ListObjectsV2. */
export function listObjects({ store }: S3Context, incoming: Incoming, bucket: string): Answer {
  const { query } = incoming;
  const encoding = query.get('encoding-type');
  if (encoding !== null && encoding !== 'url') throw s3Refusal('InvalidArgument', 'Invalid Encoding Method');
  const encode = encoding === 'url' ? urlEncoded : (text: string) => text;
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const startAfter = query.get('start-after') ?? undefined;
  const entriesMax = Math.min(entryCount(query.get('max-keys')), ENTRIES_MAX);
  const token = query.get('continuation-token');
  const after = token === null ? undefined : placeOfToken(token);
  if (token !== null && after === undefined) {
    throw s3Refusal('InvalidArgument', 'The continuation token provided is incorrect');
  }
  const asked = { prefix, delimiter, startAfter, after, entriesMax };
  const page = incoming.treatment.listing(listPage(store.objects(bucket), asked));
  const body = xmlDocument(
    'ListBucketResult',
    leaf('Name', bucket),
    leaf('Prefix', encode(prefix)),
    ...(delimiter === '' ? [] : [leaf('Delimiter', encode(delimiter))]),
    ...(startAfter === undefined ? [] : [leaf('StartAfter', encode(startAfter))]),
    ...(token === null ? [] : [leaf('ContinuationToken', token)]),
    ...(page.next === undefined ? [] : [leaf('NextContinuationToken', listToken(page.next))]),
    leaf('KeyCount', page.entries.length),
    leaf('MaxKeys', entriesMax),
    ...(encoding === null ? [] : [leaf('EncodingType', encoding)]),
    leaf('IsTruncated', String(page.next !== undefined)),
    ...page.entries.map((entry) => entryElement(entry, encode)),
  );
  return { ...emptyAnswer(200, { 'content-type': 'application/xml' }), body };
}

const ENTRIES_MAX = 1000;

function entryCount(text: string | null): number {
  if (text === null) return ENTRIES_MAX;
  if (!/^\d{1,9}$/.test(text)) throw s3Refusal('InvalidArgument', 'Provided max-keys not an integer');
  return Number(text);
}

function entryElement(entry: ListEntry, encode: (text: string) => string): string {
  if (entry.kind === 'prefix') return branch('CommonPrefixes', leaf('Prefix', encode(entry.name)));
  const { version } = entry;
  return branch(
    'Contents',
    leaf('Key', encode(entry.name)),
    leaf('LastModified', new Date(version.modifiedAtMs).toISOString()),
    leaf('ETag', quoted(version.etag)),
    leaf('Size', version.bytes.length),
    leaf('StorageClass', 'STANDARD'),
  );
}

/** As S3 does it: like a form, but leaving slashes. */
function urlEncoded(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%2F/g, '/')
    .replace(/%20/g, '+');
}
