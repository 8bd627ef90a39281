import type { Clock } from '@ticklake/core';
import type { BucketStore } from '../bucket-store.js';
import { headerOf, type Answer, type Incoming, type ServerDialect } from '../exchange.js';
import { deleteObject, getMedia, getResource, listObjects } from './gcs-objects.js';
import { gcsErrorAnswer, gcsRefusal, gcsRefusalOf, jsonAnswer, JSON_TYPE } from './gcs-refusal.js';
import { gcsAddress, gcsSubject } from './gcs-request.js';
import { etagOf } from './gcs-resource.js';
import {
  abandonSession,
  beginSession,
  breakOffSession,
  continueSession,
  type UploadSession,
} from './gcs-sessions.js';
import { putObject } from './gcs-uploads.js';

/** Over what to speak GCS. */
export interface GcsOptions {
  readonly store: BucketStore;
  readonly clock: Clock;
  /** Requests need no authorization when left out. */
  readonly bearerToken: string | undefined;
  /** What the size of a chunk that is not the last is a multiple of. */
  readonly chunkBytesMultiple: number;
}

/** What the operations of GCS work on. */
export interface GcsContext extends GcsOptions {
  session(id: string): UploadSession | undefined;
  /** Returns its id, never given twice. */
  addSession(session: UploadSession): string;
  removeSession(session: UploadSession): void;
}

/** The JSON API of Google Cloud Storage. */
export function gcsDialect(options: GcsOptions): ServerDialect {
  const sessions = new Map<string, UploadSession>();
  let sessionCount = 0;
  const context: GcsContext = {
    ...options,
    session: (id) => sessions.get(id),
    addSession: (session) => {
      const id = `session.${++sessionCount}`;
      sessions.set(id, session);
      return id;
    },
    removeSession: (session) => {
      for (const [id, other] of sessions) if (other === session) sessions.delete(id);
    },
  };
  return {
    identify: (incoming) => gcsSubject(incoming, (id) => sessions.get(id)?.key),
    serve: (incoming) => serve(context, incoming),
    breakOff: (incoming) => {
      const { operation } = gcsSubject(incoming, () => undefined);
      const session = sessions.get(incoming.query.get('upload_id') ?? '');
      const bringsContent = operation === 'putPart' || operation === 'finishUpload';
      if (session !== undefined && bringsContent) breakOffSession(context, incoming, session);
    },
    refuse: gcsErrorAnswer,
    refusalOf: gcsRefusalOf,
    disguise: disguised,
    openUploads: () => [...sessions.values()].filter(({ finished }) => finished === undefined).length,
    reset: () => sessions.clear(),
  };
}

function serve(context: GcsContext, incoming: Incoming): Answer {
  const address = gcsAddress(incoming.path);
  if (address === undefined) throw gcsRefusal('notFound');
  const { query, method } = incoming;
  const sessionId = address.kind === 'uploads' ? query.get('upload_id') : null;
  if (sessionId !== null) return serveSession(context, incoming, sessionId);
  const { bearerToken } = context;
  if (bearerToken !== undefined && headerOf(incoming, 'authorization') !== `Bearer ${bearerToken}`) {
    throw gcsRefusal('authError');
  }
  const unknown = [...query.keys()].find((name) => !KNOWN_QUERY.has(name));
  if (unknown !== undefined) throw gcsRefusal('notImplemented', `query ${unknown} is not implemented`);
  if (address.kind === 'buckets' && method === 'POST') return createBucket(context, incoming);
  if (!context.store.hasBucket(address.bucket))
    throw gcsRefusal('notFound', 'The specified bucket does not exist.');
  if (address.kind === 'bucket' && method === 'GET') return jsonAnswer(bucketResource(address.bucket));
  return serveObjects(context, incoming, address.bucket);
}

const KNOWN_QUERY = new Set(
  `alt delimiter fields generation ifGenerationMatch ifGenerationNotMatch ifMetagenerationMatch
   ifMetagenerationNotMatch key maxResults name pageToken prefix prettyPrint project projection quotaUser uploadType
   userProject`.split(/\s+/),
);

function serveObjects(context: GcsContext, incoming: Incoming, bucket: string): Answer {
  const { operation, key } = gcsSubject(incoming, () => undefined);
  if (operation === 'list') return listObjects(context, incoming, bucket);
  if (operation === 'other') throw gcsRefusal('notImplemented');
  if (key === undefined || key === '')
    throw gcsRefusal('invalid', 'Required parameter: name, in a readable request');
  if (Buffer.byteLength(key) > 1024 || /[\r\n]|^\.\.?$/.test(key))
    throw gcsRefusal('invalid', 'Invalid object name.');
  const at = { bucket, key };
  switch (operation) {
    case 'get':
      return getMedia(context, incoming, at);
    case 'head':
      return getResource(context, incoming, at);
    case 'delete':
      return deleteObject(context, incoming, at);
    case 'put':
      return putObject(context, incoming, at);
    case 'beginUpload':
      return beginSession(context, incoming, at);
    default:
      throw gcsRefusal('notImplemented');
  }
}

/** The address of a session is secret, so it needs no authorization. */
function serveSession(context: GcsContext, incoming: Incoming, id: string): Answer {
  const session = context.session(id);
  if (session === undefined) throw gcsRefusal('notFound', 'No such upload session.');
  if (incoming.method === 'DELETE') return abandonSession(context, session);
  if (incoming.method !== 'PUT') throw gcsRefusal('notImplemented');
  return continueSession(context, incoming, session);
}

function createBucket({ store }: GcsContext, { body }: Incoming): Answer {
  let name: unknown;
  try {
    ({ name } = JSON.parse(body.toString()));
  } catch {
    throw gcsRefusal('invalid', 'Parse Error');
  }
  if (typeof name !== 'string' || name === '') throw gcsRefusal('invalid', 'Required parameter: name');
  if (store.hasBucket(name)) throw gcsRefusal('conflict');
  store.addBucket(name);
  return jsonAnswer(bucketResource(name));
}

function bucketResource(name: string): object {
  return {
    kind: 'storage#bucket',
    id: name,
    name,
    location: 'US',
    storageClass: 'STANDARD',
    metageneration: '1',
  };
}

/** Every generation turned into one that the server never gives. Content has it in headers, documents in themselves. */
function disguised(answer: Answer): Answer {
  const { 'x-goog-generation': generation, 'content-type': contentType } = answer.headers;
  if (generation !== undefined) {
    const other = otherGeneration(generation);
    const headers = { ...answer.headers, 'x-goog-generation': `${other}`, etag: etagOf(other) };
    return { ...answer, headers };
  }
  if (contentType !== JSON_TYPE) return answer;
  const document = JSON.parse(Buffer.from(answer.body).toString(), (_, value: unknown) => {
    if (!isResource(value)) return value;
    const other = otherGeneration(value.generation);
    return { ...value, generation: `${other}`, etag: etagOf(other) };
  });
  return { ...answer, body: Buffer.from(JSON.stringify(document)) };
}

function otherGeneration(generation: string): number {
  return Number(generation) + 1_000_000_000_000;
}

function isResource(value: unknown): value is { readonly generation: string } {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'storage#object';
}
