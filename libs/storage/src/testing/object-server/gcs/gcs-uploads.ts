import type { ObjectName, Version } from '../bucket-store.js';
import { checksumOf } from '../checksums.js';
import { headerOf, type Answer, type Incoming } from '../exchange.js';
import { checkChange, conditionsOf } from './gcs-conditions.js';
import type { GcsContext } from './gcs-dialect.js';
import { gcsRefusal, jsonAnswer } from './gcs-refusal.js';
import { objectResource } from './gcs-resource.js';
import { relatedParts } from './multipart-related.js';

/** What an uploader says of an object, beside its content. */
export interface UploadDocument {
  readonly name?: string;
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Base64, as all hashes. The content must have it. */
  readonly crc32c?: string;
  readonly md5Hash?: string;
}

/** An upload in one request: uploadType `media` or `multipart`. */
export function putObject(context: GcsContext, incoming: Incoming, at: ObjectName): Answer {
  const conditions = conditionsOf(incoming);
  const { bytes, contentType } = uploadContent(incoming);
  const document = uploadDocument(incoming);
  const version = commitUpload(context, at, {
    // A copy, since the body is larger and what is stored stays.
    bytes: Buffer.from(incoming.treatment.content(bytes)),
    document: { ...(contentType === undefined ? {} : { contentType }), ...document },
    sentHashes: headerOf(incoming, 'x-goog-hash'),
    mayReplace: (live) => checkChange(conditions, live),
  });
  return jsonAnswer(objectResource(at, version));
}

/** A whole upload. */
export interface Upload {
  readonly bytes: Buffer;
  readonly document: UploadDocument;
  /** The value of X-Goog-Hash. */
  readonly sentHashes: string | undefined;
  /** Throws when the live version must stay. */
  readonly mayReplace: (live: Version | undefined) => void;
}

/** Makes an upload an object. @throws Refusal when a hash differs or a condition does not hold. */
export function commitUpload({ store }: GcsContext, at: ObjectName, upload: Upload): Version {
  const { bytes, document } = upload;
  const hashes = (upload.sentHashes ?? '').split(',').map((hash) => hash.trim());
  checkHash('crc32c', [document.crc32c, sentHash(hashes, 'crc32c=')], () => checksumOf('crc32c', bytes));
  checkHash('md5', [document.md5Hash, sentHash(hashes, 'md5=')], () => checksumOf('md5', bytes));
  upload.mayReplace(store.live(at));
  return store.commit(at, {
    bytes,
    metadata: document.metadata ?? {},
    contentType: document.contentType ?? 'application/octet-stream',
  });
}

/** What comes with an upload beside its content; nothing with `media`. @throws Refusal `invalid`. */
export function uploadDocument(incoming: Incoming): UploadDocument {
  switch (incoming.query.get('uploadType')) {
    case 'media':
      return {};
    case 'multipart':
      return parsedDocument(contentAndDocument(incoming).document);
    case 'resumable':
      return incoming.body.length === 0 ? {} : parsedDocument(incoming.body);
    default:
      throw gcsRefusal('invalid', 'Unknown uploadType.');
  }
}

function uploadContent(incoming: Incoming): { bytes: Buffer; contentType: string | undefined } {
  if (incoming.query.get('uploadType') === 'multipart') return contentAndDocument(incoming);
  return { bytes: incoming.body, contentType: headerOf(incoming, 'content-type') };
}

function contentAndDocument(incoming: Incoming): {
  document: Buffer;
  bytes: Buffer;
  contentType: string | undefined;
} {
  const [document, content, another] = relatedParts(headerOf(incoming, 'content-type') ?? '', incoming.body);
  if (document === undefined || content === undefined || another !== undefined) {
    throw gcsRefusal('invalid', 'Multipart must have exactly two parts.');
  }
  return { document: document.bytes, bytes: content.bytes, contentType: content.contentType };
}

function parsedDocument(text: Buffer): UploadDocument {
  let document: unknown;
  try {
    document = JSON.parse(text.toString());
  } catch {
    throw gcsRefusal('invalid', 'Parse Error');
  }
  if (typeof document !== 'object' || document === null) throw gcsRefusal('invalid', 'Parse Error');
  const { name, contentType, metadata, crc32c, md5Hash } = document as Record<string, unknown>;
  if (metadata !== undefined && !isTexts(metadata))
    throw gcsRefusal('invalid', 'Metadata values must be strings.');
  const texts = { name, contentType, crc32c, md5Hash };
  const given = Object.entries(texts).filter(([, value]) => value !== undefined && value !== null);
  if (!isTexts(Object.fromEntries(given))) throw gcsRefusal('invalid', 'Fields must be strings.');
  return { ...Object.fromEntries(given), ...(metadata === undefined ? {} : { metadata }) };
}

function isTexts(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((text) => typeof text === 'string')
  );
}

function sentHash(hashes: readonly string[], mark: string): string | undefined {
  return hashes.find((hash) => hash.startsWith(mark))?.slice(mark.length);
}

function checkHash(name: string, claims: readonly (string | undefined)[], compute: () => string): void {
  const made = claims.filter((claim) => claim !== undefined);
  if (made.length === 0) return;
  const actual = compute();
  const wrong = made.find((claim) => claim !== actual);
  if (wrong === undefined) return;
  throw gcsRefusal('invalid', `Provided ${name} "${wrong}" doesn't match calculated ${name} "${actual}".`);
}
