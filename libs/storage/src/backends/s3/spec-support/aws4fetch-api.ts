import { AwsClient } from 'aws4fetch';
import { LakeError } from '@ticklake/core';
import { failureOfStatus } from '../../../remote/failure-of-status.js';
import type { ObjectApi, RemoteObject } from '../../../remote/object-api.js';
import type { Credentials } from '../s3-client.js';

interface Asked {
  readonly method: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: Uint8Array | string;
}

/** A second client of S3, which shares nothing with the SDK: fetch, a small signer, and regular expressions for XML. */
export function aws4fetchApi(endpoint: string, bucket: string, credentials: Credentials): ObjectApi {
  const { accessKeyId, secretAccessKey } = credentials;
  const client = new AwsClient({
    accessKeyId,
    secretAccessKey,
    service: 's3',
    region: 'us-east-1',
    retries: 0,
  });

  const ask = async (key: string, { method, query = {}, headers = {}, body }: Asked, signal: AbortSignal) => {
    const url = new URL(`${endpoint}/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const given = Object.entries(headers).filter(([, value]) => value !== undefined) as [string, string][];
    // Signed as a whole, so that a body of text brings no header that is not.
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const init = {
      method,
      headers: Object.fromEntries(given),
      signal,
      ...(bytes === undefined ? {} : { body: bytes }),
    };
    const response = await client.fetch(url.href, init as RequestInit);
    const text =
      response.ok && method === 'GET' && query['list-type'] === undefined ? '' : await response.text();
    if (response.ok) return { response, text };
    const [retryAfter, date] = [response.headers.get('retry-after'), response.headers.get('date')];
    throw failureOfStatus({
      ...{ status: response.status, reason: inside(text, 'Code')[0], requestId: undefined },
      ...{ retryAfter: retryAfter ?? undefined, date: date ?? undefined },
    });
  };
  const stampOf = ({ opId, md5 }: { readonly opId: string; readonly md5: string }) => ({
    'x-amz-meta-op-id': opId,
    'x-amz-meta-body-md5': md5,
  });
  const condition = (onlyIf: 'absent' | { readonly version: string } | undefined) => ({
    'if-none-match': onlyIf === 'absent' ? '*' : undefined,
    'if-match': typeof onlyIf === 'object' ? onlyIf.version : undefined,
  });
  const conflictIfGone = (onlyIf: unknown) => (error: unknown) => {
    if (onlyIf !== undefined && kindOf(error) === 'missing') throw new LakeError('conflict', 'gone');
    throw error;
  };

  return {
    url: `s3://${bucket}`,
    parts: {
      bytesMultiple: 1,
      bytesMin: 5 * 2 ** 20,
      countMax: 10_000,
      isParallel: true,
      lastCommits: false,
    },
    requests: {
      async head({ key }, signal) {
        const found = await ask(key, { method: 'HEAD' }, signal).catch(absent);
        return found && objectOf(key, found.response, Number(found.response.headers.get('content-length')));
      },
      async get({ key, range, version }, signal) {
        const headers = {
          range: `bytes=${range.offset}-${range.offset + range.length - 1}`,
          'if-match': version,
        };
        const { response } = await ask(key, { method: 'GET', headers }, signal).catch(
          conflictIfGone(version),
        );
        const size = Number(/\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1]);
        return { object: objectOf(key, response, size), bytes: new Uint8Array(await response.arrayBuffer()) };
      },
      async put({ key, bytes, onlyIf, stamp }, signal) {
        const headers = { ...stampOf(stamp), ...condition(onlyIf) };
        const { response } = await ask(key, { method: 'PUT', headers, body: bytes }, signal).catch(
          conflictIfGone(onlyIf),
        );
        return { version: response.headers.get('etag') ?? '', modifiedAtMs: undefined };
      },
      async delete({ key }, signal) {
        await ask(key, { method: 'DELETE' }, signal);
      },
      async list({ prefix, isOneLevel, token }, signal) {
        const query = {
          ...{ 'list-type': '2', prefix, 'max-keys': '1000' },
          ...(isOneLevel ? { delimiter: '/' } : {}),
          ...(token === undefined ? {} : { 'continuation-token': token }),
        };
        const { text } = await ask('', { method: 'GET', query }, signal);
        return {
          objects: inside(text, 'Contents').map((entry) => ({
            key: unescaped(inside(entry, 'Key')[0] ?? ''),
            size: Number(inside(entry, 'Size')[0]),
            version: unescaped(inside(entry, 'ETag')[0] ?? ''),
            modifiedAtMs: wholeSeconds(inside(entry, 'LastModified')[0] ?? ''),
          })),
          prefixes: inside(text, 'CommonPrefixes').map((entry) =>
            unescaped(inside(entry, 'Prefix')[0] ?? ''),
          ),
          nextToken: inside(text, 'NextContinuationToken').map(unescaped)[0],
        };
      },
      async beginUpload({ key, stamp }, signal) {
        const { text } = await ask(
          key,
          { method: 'POST', query: { uploads: '' }, headers: stampOf(stamp) },
          signal,
        );
        return { key, id: inside(text, 'UploadId')[0] ?? '' };
      },
      async putPart({ upload, part, bytes }, signal) {
        const query = { partNumber: `${part.number}`, uploadId: upload.id };
        const headers = { 'content-md5': Buffer.from(part.md5, 'hex').toString('base64') };
        const asked = { method: 'PUT', query, headers, body: bytes };
        const { response } = await ask(upload.key, asked, signal);
        return { number: part.number, tag: response.headers.get('etag') ?? '' };
      },
      async finishUpload({ upload, parts, onlyIf }, signal) {
        const entries = parts.map(
          ({ number, tag }) => `<Part><PartNumber>${number}</PartNumber><ETag>${tag}</ETag></Part>`,
        );
        const body = `<CompleteMultipartUpload>${entries.join('')}</CompleteMultipartUpload>`;
        const asked = { method: 'POST', query: { uploadId: upload.id }, headers: condition(onlyIf), body };
        const { text } = await ask(upload.key, asked, signal).catch(conflictIfGone(onlyIf));
        return { version: unescaped(inside(text, 'ETag')[0] ?? ''), modifiedAtMs: undefined };
      },
      async abandonUpload({ upload }, signal) {
        await ask(upload.key, { method: 'DELETE', query: { uploadId: upload.id } }, signal).catch(absent);
      },
    },
  };
}

function objectOf(key: string, { headers }: Response, size: number): RemoteObject {
  const [opId, md5] = [headers.get('x-amz-meta-op-id'), headers.get('x-amz-meta-body-md5')];
  const stamp = { ...(opId === null ? {} : { opId }), ...(md5 === null ? {} : { md5 }) };
  const modifiedAtMs = wholeSeconds(headers.get('last-modified') ?? '');
  return { key, size, version: headers.get('etag') ?? '', modifiedAtMs, stamp };
}

function absent(error: unknown): undefined {
  if (kindOf(error) === 'missing') return undefined;
  throw error;
}

function kindOf(error: unknown): string | undefined {
  return error instanceof LakeError ? error.kind : undefined;
}

function inside(xml: string, tag: string): string[] {
  return [...xml.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, 'gs'))].map(([, text]) => text as string);
}

function unescaped(text: string): string {
  const entities: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return text
    .replace(/&#x([0-9a-f]+);|&#(\d+);/gi, (_, hex?: string, decimal?: string) =>
      String.fromCodePoint(hex === undefined ? Number(decimal) : parseInt(hex, 16)),
    )
    .replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => entities[name] as string);
}

function wholeSeconds(date: string): number {
  return Math.floor(Date.parse(date) / 1000) * 1000;
}
