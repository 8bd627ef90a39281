import type { ObjectName, Version } from '../bucket-store.js';
import { byteRange, contentRange } from '../byte-range.js';
import { emptyAnswer, headerOf, type Answer, type Incoming } from '../exchange.js';
import { listPage, listToken, placeOfToken } from '../list-page.js';
import { checkChange, conditionsOf, readVerdict, wholeNumber } from './gcs-conditions.js';
import type { GcsContext } from './gcs-dialect.js';
import { gcsRefusal, jsonAnswer } from './gcs-refusal.js';
import { mediaHeaders, objectResource } from './gcs-resource.js';

/** The document of an object. */
export function getResource(context: GcsContext, incoming: Incoming, at: ObjectName): Answer {
  const version = askedVersion(context, incoming, at);
  if (readVerdict(conditionsOf(incoming), version) === 'notModified') return emptyAnswer(304);
  return jsonAnswer(objectResource(at, version));
}

/** The content of an object, or a range of it. */
export function getMedia(context: GcsContext, incoming: Incoming, at: ObjectName): Answer {
  const version = askedVersion(context, incoming, at);
  if (readVerdict(conditionsOf(incoming), version) === 'notModified') return emptyAnswer(304);
  const headers = mediaHeaders(version);
  const sizeBytes = version.bytes.length;
  const range = byteRange(headerOf(incoming, 'range'), sizeBytes);
  if (range === 'unsatisfiable') throw gcsRefusal('requestedRangeNotSatisfiable');
  if (range === undefined) return { status: 200, headers, body: version.bytes };
  // The service tells the digest with the whole content only.
  const { 'x-goog-hash': _, ...partHeaders } = headers;
  return {
    status: 206,
    headers: { ...partHeaders, 'content-range': contentRange(range, sizeBytes) },
    body: version.bytes.subarray(range.start, range.end + 1),
  };
}

/** Deletes an object, which must be there. */
export function deleteObject(context: GcsContext, incoming: Incoming, at: ObjectName): Answer {
  checkChange(conditionsOf(incoming), askedVersion(context, incoming, at));
  context.store.remove(at);
  return emptyAnswer(204);
}

/** One page of a bucket. */
export function listObjects({ store }: GcsContext, { query, treatment }: Incoming, bucket: string): Answer {
  const token = query.get('pageToken') ?? '';
  const after = token === '' ? undefined : placeOfToken(token);
  if (token !== '' && after === undefined) throw gcsRefusal('invalid', 'Invalid page token');
  const asked = listPage(store.objects(bucket), {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    startAfter: undefined,
    after,
    entriesMax: Math.min(wholeNumber(query, 'maxResults') || ENTRIES_MAX, ENTRIES_MAX),
  });
  const page = treatment.listing(asked);
  const items = page.entries.flatMap((entry) =>
    entry.kind === 'object' ? [objectResource({ bucket, key: entry.name }, entry.version)] : [],
  );
  const prefixes = page.entries.flatMap(({ kind, name }) => (kind === 'prefix' ? [name] : []));
  return jsonAnswer({
    kind: 'storage#objects',
    ...(page.next === undefined ? {} : { nextPageToken: listToken(page.next) }),
    ...(items.length === 0 ? {} : { items }),
    ...(prefixes.length === 0 ? {} : { prefixes }),
  });
}

const ENTRIES_MAX = 1000;

function askedVersion({ store }: GcsContext, { query }: Incoming, at: ObjectName): Version {
  const version = store.live(at);
  const generation = wholeNumber(query, 'generation');
  if (version === undefined || (generation !== undefined && generation !== version.generation)) {
    throw gcsRefusal('notFound', `No such object: ${at.bucket}/${at.key}`);
  }
  return version;
}
