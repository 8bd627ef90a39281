import type { IncomingMessage } from 'node:http';
import { failureOfAnswer, failureOfStatus } from '../../remote/failure-of-status.js';
import { connectionFailure, type HttpExchange, type HttpRequest } from '../../remote/http-exchange.js';
import type { GcsAuthorization } from './gcs-access.js';
import { recordOf } from './gcs-words.js';

/** What the JSON API is asked with. */
export interface GcsHttp {
  readonly endpoint: URL;
  readonly bucket: string;
  readonly exchange: HttpExchange;
  readonly authorize: GcsAuthorization;
}

/** A request of the JSON API; the query's values are given as they are. */
export interface GcsRequest extends Pick<HttpRequest, 'method' | 'signal' | 'body'> {
  /** The object's name, `''` for the bucket's objects, or the URL of an upload. */
  readonly at: { readonly key: string } | { readonly uploadInto: true } | { readonly session: URL };
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses that are no failure, beside those from 200 to 299. */
  readonly alsoOk?: readonly number[];
}

/** A page of a listing has a thousand names of at most 1,024 bytes, and what is told of each. */
const JSON_BYTES_MAX = 16 * 1024 * 1024;
/** An error is a few lines. */
const ERROR_BYTES_MAX = 1024 * 1024;

/**
 * Sends a request once and gives the answer before its body.
 *
 * @throws LakeError of the kind that the status means.
 */
export async function gcsExchange(http: GcsHttp, request: GcsRequest): Promise<IncomingMessage> {
  const { method, signal, body, headers, alsoOk = [] } = request;
  const url = urlOf(http, request);
  const response = await http.exchange({
    ...{ method, url, body, signal },
    headers: { ...(await http.authorize(url)), ...headers },
  });
  const status = response.statusCode ?? 0;
  if ((status >= 200 && status < 300) || alsoOk.includes(status)) return response;
  const { 'retry-after': retryAfter, date } = response.headers;
  const reason = await reasonOf(response);
  // The service's id of a request is, for an upload, the secret by which bytes are sent to it.
  throw failureOfStatus({ status, reason, requestId: undefined, retryAfter, date });
}

/** The body of an answer as JSON. @throws LakeError `unavailable` when it is none. */
export async function jsonOf(response: IncomingMessage, bytesMax = JSON_BYTES_MAX): Promise<unknown> {
  const text = await textWithin(response, bytesMax);
  try {
    return JSON.parse(text);
  } catch {
    throw failureOfAnswer('no JSON');
  }
}

/** Lets the connection be used again. */
export function discard(response: IncomingMessage): void {
  response.on('error', () => undefined).resume();
}

function urlOf({ endpoint, bucket }: GcsHttp, { at, query = {} }: GcsRequest): URL {
  if ('session' in at) return at.session;
  const objects = `storage/v1/b/${encodeURIComponent(bucket)}/o`;
  const path =
    'uploadInto' in at
      ? `upload/${objects}`
      : at.key === ''
        ? objects
        : `${objects}/${encodeURIComponent(at.key)}`;
  const url = new URL(`${endpoint.pathname.replace(/\/$/, '')}/${path}`, endpoint);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url;
}

async function textWithin(response: IncomingMessage, bytesMax: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of response as AsyncIterable<Uint8Array>) {
      length += piece.length;
      if (length > bytesMax) throw failureOfAnswer('more bytes than such an answer has');
      pieces.push(piece);
    }
  } catch (error) {
    throw connectionFailure(error);
  }
  const told = response.headers['content-length'];
  if (told !== undefined && Number(told) !== length) throw failureOfAnswer('fewer bytes than were told');
  return Buffer.concat(pieces).toString('utf8');
}

/**
 * The API's own word for an error; its message is not repeated. For bytes that do not have their digest it has none, where S3 has: only the
 * message tells.
 */
async function reasonOf(response: IncomingMessage): Promise<string | undefined> {
  try {
    const { error } = recordOf(await jsonOf(response, ERROR_BYTES_MAX));
    const { errors, message } = recordOf(error);
    if (typeof message === 'string' && /\b(md5|crc32c)\b/i.test(message)) return 'BadDigest';
    const { reason } = recordOf(Array.isArray(errors) ? errors[0] : undefined);
    return typeof reason === 'string' && /^[A-Za-z0-9]{1,64}$/.test(reason) ? reason : undefined;
  } catch {
    // The status says enough.
    return undefined;
  }
}
