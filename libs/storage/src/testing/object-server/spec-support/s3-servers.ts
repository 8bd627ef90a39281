import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Clock } from '@ticklake/core';
import { startObjectServer, type ObjectServer } from '../index.js';

export type Headers = Record<string, string>;

export interface Asked {
  readonly method?: string;
  readonly headers?: Headers;
  readonly body?: string | Buffer;
  readonly to?: ObjectServer;
}

export const clock: Clock = { nowMs: () => Date.UTC(2026, 0, 2, 3, 4, 5), sleep: () => Promise.resolve() };

/** One server of each kind for the whole file, empty before each test. */
export async function s3Servers() {
  const s3 = await startObjectServer({ dialect: 's3', buckets: ['lake'], partBytesMin: 4, clock });
  const r2 = await startObjectServer({ dialect: 'r2', buckets: ['lake'], partBytesMin: 4, clock });
  afterAll(() => Promise.all([s3.close(), r2.close()]));
  beforeEach(() => {
    s3.reset();
    r2.reset();
  });
  const ask = (path: string, { method = 'GET', headers = {}, body, to = s3 }: Asked = {}) =>
    fetch(`${to.endpoint}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
  const put = (key: string, body: string, headers: Headers = {}, to = s3) =>
    ask(`/lake/${key}`, { method: 'PUT', headers, body, to });
  const textAt = (key: string, of = s3) => {
    const stored = of.stored('lake', key);
    return stored === undefined ? undefined : Buffer.from(stored.bytes).toString();
  };
  return { s3, r2, ask, put, textAt };
}

/** The status, and the code where it is an error. */
export async function verdict(asked: Promise<Response>): Promise<string> {
  const response = await asked;
  const [, code = ''] = /<Code>(\w+)/.exec(await response.text()) ?? [];
  return `${response.status} ${code}`.trim();
}

export function hash(algorithm: string, body: string, encoding: 'hex' | 'base64'): string {
  return createHash(algorithm).update(body).digest(encoding);
}

export function crc32Of(body: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return bytes.toString('base64');
}
