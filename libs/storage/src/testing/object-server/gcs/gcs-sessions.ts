import type { ObjectName, Version } from '../bucket-store.js';
import { emptyAnswer, headerOf, type Answer, type Incoming } from '../exchange.js';
import { checkChange, conditionsOf, type GcsConditions } from './gcs-conditions.js';
import type { GcsContext } from './gcs-dialect.js';
import { gcsRefusal, jsonAnswer } from './gcs-refusal.js';
import { contentRangeOf } from './gcs-request.js';
import { objectResource } from './gcs-resource.js';
import { commitUpload, uploadDocument, type UploadDocument } from './gcs-uploads.js';

/** A resumable upload. It is kept when it is finished, since clients may ask how it ended. */
export interface UploadSession extends ObjectName {
  readonly document: UploadDocument;
  readonly conditions: GcsConditions;
  /** Of the whole content, in bytes; `undefined` until a client says it. */
  readonly totalBytes: number | undefined;
  readonly pieces: Buffer[];
  persistedBytes: number;
  finished: Version | undefined;
}

/** Begins a session. @throws Refusal when its conditions do not even hold now. */
export function beginSession(context: GcsContext, incoming: Incoming, at: ObjectName): Answer {
  const conditions = conditionsOf(incoming);
  checkChange(conditions, context.store.live(at));
  const contentType = headerOf(incoming, 'x-upload-content-type');
  const announced = headerOf(incoming, 'x-upload-content-length');
  if (announced !== undefined && !/^\d+$/.test(announced)) throw gcsRefusal('invalid');
  const id = context.addSession({
    ...at,
    document: { ...(contentType === undefined ? {} : { contentType }), ...uploadDocument(incoming) },
    conditions,
    totalBytes: announced === undefined ? undefined : Number(announced),
    pieces: [],
    persistedBytes: 0,
    finished: undefined,
  });
  const query = new URLSearchParams({ uploadType: 'resumable', name: at.key, upload_id: id });
  const origin = `http://${headerOf(incoming, 'host') ?? ''}`;
  return emptyAnswer(200, { location: `${origin}${incoming.path}?${query}`, 'x-guploader-uploadid': id });
}

/** A piece of content, or the question how far it is. */
export function continueSession(context: GcsContext, incoming: Incoming, session: UploadSession): Answer {
  if (session.finished !== undefined) return jsonAnswer(objectResource(session, session.finished));
  const { start, end, totalBytes = session.totalBytes } = contentRangeOf(incoming);
  if (session.totalBytes !== undefined && totalBytes !== session.totalBytes) {
    throw gcsRefusal('invalid', 'The total size differs from the one announced.');
  }
  if (start === undefined) {
    if (incoming.body.length > 0) throw gcsRefusal('invalid', 'A status request brings no content.');
    return totalBytes === session.persistedBytes ? finish(context, incoming, session) : progress(session);
  }
  const { body } = incoming;
  if (end !== undefined && body.length !== end - start + 1)
    throw gcsRefusal('invalid', 'Content-Range differs from the body.');
  const reached = start + body.length;
  if (totalBytes !== undefined && reached > totalBytes)
    throw gcsRefusal('invalid', 'More content than announced.');
  const isLast = totalBytes === undefined ? end === undefined : reached === totalBytes;
  if (!isLast && body.length % context.chunkBytesMultiple !== 0) {
    throw gcsRefusal('invalid', `Chunks must be multiples of ${context.chunkBytesMultiple} bytes.`);
  }
  persist(session, start, incoming.treatment.content(body));
  return isLast ? finish(context, incoming, session) : progress(session);
}

/** Of content that broke off, as many whole chunks stay as came. */
export function breakOffSession(context: GcsContext, incoming: Incoming, session: UploadSession): void {
  const { start } = contentRangeOf(incoming);
  const isNext = start !== undefined && start <= session.persistedBytes;
  if (!isNext || session.finished !== undefined) return;
  const keptBytes = incoming.body.length - (incoming.body.length % context.chunkBytesMultiple);
  persist(session, start, incoming.body.subarray(0, keptBytes));
}

/** Ends a session without an object. */
export function abandonSession(context: GcsContext, session: UploadSession): Answer {
  context.removeSession(session);
  const { status, message } = gcsRefusal('clientClosedRequest');
  return { ...emptyAnswer(status, { 'content-type': 'text/plain' }), body: Buffer.from(message) };
}

/** Bytes that are there already count no more, and after a gap nothing can be taken. */
function persist(session: UploadSession, start: number, bytes: Buffer): void {
  const { persistedBytes } = session;
  if (start > persistedBytes) {
    throw gcsRefusal('invalid', `Content begins at ${start}, but only ${persistedBytes} bytes are there.`);
  }
  const fresh = bytes.subarray(persistedBytes - start);
  session.pieces.push(fresh);
  session.persistedBytes += fresh.length;
}

/** A refusal ends the session: nothing that could still be sent would help. */
function finish(context: GcsContext, incoming: Incoming, session: UploadSession): Answer {
  const isHeeded = incoming.treatment.conditions === 'heeded';
  try {
    session.finished = commitUpload(context, session, {
      bytes: Buffer.concat(session.pieces),
      document: session.document,
      sentHashes: headerOf(incoming, 'x-goog-hash'),
      mayReplace: (live) => (isHeeded ? checkChange(session.conditions, live) : undefined),
    });
  } catch (error) {
    context.removeSession(session);
    throw error;
  }
  return jsonAnswer(objectResource(session, session.finished));
}

function progress({ persistedBytes }: UploadSession): Answer {
  return emptyAnswer(308, persistedBytes === 0 ? {} : { range: `bytes=0-${persistedBytes - 1}` });
}
