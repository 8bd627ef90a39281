import { createHash } from 'node:crypto';
import type { Clock } from '@ticklake/core';
import { startObjectServer } from '../index.js';

export type Headers = Record<string, string>;

export interface Asked {
  readonly method?: string;
  readonly headers?: Headers;
  readonly body?: string | Buffer;
}

const clock: Clock = { nowMs: () => Date.UTC(2026, 0, 2, 3, 4, 5), sleep: () => Promise.resolve() };

/** One server for the whole file, empty before each test. Chunks are multiples of four bytes. */
export async function gcsServer() {
  const server = await startObjectServer({ dialect: 'gcs', buckets: ['lake'], chunkBytesMultiple: 4, clock });
  afterAll(() => server.close());
  beforeEach(() => server.reset());
  /** `path` is below the API, or a whole address. */
  const ask = (path: string, { method = 'GET', headers = {}, body }: Asked = {}) =>
    fetch(path.startsWith('http') ? path : `${server.endpoint}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
  /** Uploads in one request, without anything but the name. */
  const put = (key: string, body: string, query = '') =>
    ask(`/upload/storage/v1/b/lake/o?uploadType=media&name=${encodeURIComponent(key)}${query}`, {
      method: 'POST',
      body,
    });
  /** Uploads in one request, with `document`. */
  const putWith = (document: object, body: string | Buffer, query = '') =>
    ask(`/upload/storage/v1/b/lake/o?uploadType=multipart${query}`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/related; boundary="frontier"' },
      body: Buffer.concat([
        Buffer.from(`--frontier\r\ncontent-type: application/json\r\n\r\n${JSON.stringify(document)}\r\n`),
        Buffer.from('--frontier\r\ncontent-type: text/plain\r\n\r\n'),
        Buffer.from(body),
        Buffer.from('\r\n--frontier--'),
      ]),
    });
  const at = (key: string, query = '') => `/storage/v1/b/lake/o/${encodeURIComponent(key)}${query}`;
  const textAt = (key: string) => {
    const stored = server.stored('lake', key);
    return stored === undefined ? undefined : Buffer.from(stored.bytes).toString();
  };
  return { server, ask, put, putWith, at, textAt };
}

/** The status, and the reason where it is an error. */
export async function verdict(asked: Promise<Response>): Promise<string> {
  const response = await asked;
  const [, reason = ''] = /"reason":"(\w+)"/.exec(await response.text()) ?? [];
  return `${response.status} ${reason}`.trim();
}

export function md5Of(body: string | Buffer): string {
  return createHash('md5').update(body).digest('base64');
}
