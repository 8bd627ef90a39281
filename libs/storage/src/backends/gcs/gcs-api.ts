import { isLakeError } from '@ticklake/core';
import type { IncomingMessage } from 'node:http';
import { collectBody, dropBody } from '../../remote/collect-body.js';
import { partialLengthOf, parseContentRange } from '../../remote/content-range.js';
import { failureOfAnswer, failureOfReplaced } from '../../remote/failure-of-status.js';
import { connectionFailure } from '../../remote/http-exchange.js';
import type { Answer, Ask, ObjectApi, RemoteObject, Request } from '../../remote/object-api.js';
import { discard, gcsExchange, jsonOf, type GcsHttp } from './gcs-http.js';
import { gcsUploads, multipartBody, RESUMABLE } from './gcs-uploads.js';
import {
  conditionOf,
  FIELDS,
  recordOf,
  remoteObjectOf,
  resourceOf,
  textOf,
  wholeSecondsOf,
  writtenOf,
} from './gcs-words.js';

/** A bucket by the JSON API, one request at a time. */
export function gcsApi(url: string, http: GcsHttp): ObjectApi {
  return {
    url,
    parts: RESUMABLE,
    requests: { ...objects(http), ...gcsUploads(http) },
  };
}

function objects(http: GcsHttp): Pick<ObjectApi['requests'], 'head' | 'get' | 'put' | 'delete' | 'list'> {
  const metadata = async (key: string, signal: AbortSignal) => {
    const response = await gcsExchange(http, {
      method: 'GET',
      at: { key },
      query: { fields: FIELDS },
      signal,
    });
    return remoteObjectOf(await jsonOf(response));
  };
  const head: Request<'head'> = async ({ key }, signal) => {
    try {
      return await metadata(key, signal);
    } catch (error) {
      if (isLakeError(error, 'missing')) return undefined;
      throw error;
    }
  };
  const put: Request<'put'> = async ({ key, bytes, onlyIf, contentType, stamp }, signal) => {
    const { body, type } = multipartBody(resourceOf({ key, contentType, stamp }), bytes);
    const response = await gcsExchange(http, {
      ...{ method: 'POST', at: { uploadInto: true }, body, signal },
      query: { uploadType: 'multipart', fields: FIELDS, ...conditionOf(onlyIf) },
      headers: { 'content-type': type },
    });
    return writtenOf(await jsonOf(response));
  };
  const remove: Request<'delete'> = async ({ key }, signal) => {
    const response = await gcsExchange(http, { method: 'DELETE', at: { key }, signal, alsoOk: [404] });
    discard(response);
    // A page of a proxy is no deletion.
    if (response.statusCode !== 204 && response.statusCode !== 404) {
      throw failureOfAnswer(`status ${response.statusCode ?? 'unknown'}`);
    }
  };
  const list: Request<'list'> = async (ask, signal) => {
    const response = await gcsExchange(http, {
      ...{ method: 'GET', at: { key: '' }, signal },
      query: {
        prefix: ask.prefix,
        delimiter: ask.isOneLevel ? '/' : undefined,
        pageToken: ask.token,
        maxResults: '1000',
        fields: 'kind,items(name,size,generation,updated),prefixes,nextPageToken',
      },
    });
    return pageOf(await jsonOf(response));
  };
  return { head, get: (ask, signal) => get(http, metadata, ask, signal), put, delete: remove, list };
}

async function get(
  http: GcsHttp,
  metadata: (key: string, signal: AbortSignal) => Promise<RemoteObject>,
  { key, range, version, into, isWhole }: Ask<'get'>,
  signal: AbortSignal,
): Promise<Answer<'get'>> {
  const end = range.offset + range.length - 1;
  const response = await gcsExchange(http, {
    ...{ method: 'GET', at: { key }, signal },
    query: { alt: 'media', ifGenerationMatch: version },
    headers: {
      // As stored: what says that it is compressed would else be unpacked on the way, and have another length.
      'accept-encoding': 'gzip',
      // A range is answered without the digest, so what is to be whole is asked for as such, and what is too much is left.
      ...(isWhole === true ? {} : { range: `bytes=${range.offset}-${end}` }),
    },
  }).catch((error: unknown) => {
    // A version that was deleted is not there to be read, as one that was replaced.
    throw version !== undefined && isLakeError(error, 'missing') ? failureOfReplaced(key) : error;
  });
  const { headers } = response;
  try {
    const length = headers['content-length'] ?? textOf(headers['x-goog-stored-content-length']);
    const told = parseContentRange(headers['content-range'], Number(length));
    const generation = textOf(headers['x-goog-generation']);
    if (version !== undefined && generation !== version) throw failureOfReplaced(key);
    const isCut = isWhole === true && told.offset === 0 && told.length > range.length;
    const expectedBytes = partialLengthOf(range, isCut ? { ...told, length: range.length } : told);
    const bytes = await collectBody(response, { expectedBytes, isCut, into, abortSignal: signal });
    const date = headers['last-modified'];
    const modifiedAtMs =
      date === undefined ? (await metadata(key, signal)).modifiedAtMs : wholeSecondsOf(date);
    return {
      object: { key, size: told.size, version: generation, modifiedAtMs, stamp: digestOf(response) },
      bytes,
    };
  } catch (error) {
    dropBody(response);
    throw connectionFailure(error);
  }
}

/** The digest that the service keeps of an object; one that was composed of others has none. */
function digestOf({ headers }: IncomingMessage): RemoteObject['stamp'] {
  const md5 = /(?:^|[,\s])md5=([A-Za-z0-9+/]{22}==)/.exec(String(headers['x-goog-hash'] ?? ''))?.[1];
  return md5 === undefined ? {} : { md5: Buffer.from(md5, 'base64').toString('hex') };
}

function pageOf(answer: unknown): Answer<'list'> {
  const { kind, items = [], prefixes = [], nextPageToken } = recordOf(answer);
  if (kind !== 'storage#objects' || !Array.isArray(items) || !Array.isArray(prefixes)) {
    throw failureOfAnswer('no listing');
  }
  return {
    objects: items.map(remoteObjectOf),
    prefixes: prefixes.map(textOf),
    nextToken: nextPageToken === undefined ? undefined : textOf(nextPageToken),
  };
}
