import { ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { bytesSource } from '@ticklake/core';
import { randomUUID } from 'node:crypto';
import { describeObjectStore } from '../../conformance/index.js';
import { openStore } from '../../open-store.js';
import { probeStore } from '../../probe/probe-store.js';
import { USUAL_REQUESTS } from '../../remote/request-policy.js';
import { createBucket } from '../../testing/index.js';

const endpoint = process.env['TICKLAKE_S3_ENDPOINT'];
const accessKeyId = process.env['TICKLAKE_S3_ACCESS_KEY_ID'] ?? '';
const secretAccessKey = process.env['TICKLAKE_S3_SECRET_ACCESS_KEY'] ?? '';
if (endpoint === undefined && process.env['CI'] !== undefined) {
  throw new Error('TICKLAKE_S3_ENDPOINT is not set: see tools/s3-server.sh');
}
const onServer = endpoint === undefined ? describe.skip : describe;

const BUCKET = `ticklake-${randomUUID()}`;
const MIB = 2 ** 20;

let opened = 0;
/** An empty part of the bucket. Above 5 MiB, bodies go up in parts. */
function open(env: Record<string, string> = {}) {
  return openStore(`s3://${BUCKET}/part-${++opened}?endpoint=${endpoint}`, {
    env: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, ...env },
    requests: { ...USUAL_REQUESTS, partBytes: 5 * MIB },
  });
}

onServer('a real S3 server', () => {
  const client = new S3Client({
    ...{ endpoint, region: 'us-east-1', forcePathStyle: true },
    credentials: { accessKeyId, secretAccessKey },
  });
  beforeAll(() =>
    createBucket(BUCKET, { endpoint: endpoint ?? '', credentials: { accessKeyId, secretAccessKey } }),
  );
  afterAll(() => client.destroy());

  describeObjectStore('s3', () => Promise.resolve(open()));

  it('keeps all that publishing rests on', async () => {
    const findings = await probeStore(open());
    expect(findings).toHaveLength(12);
    expect(findings.filter(({ holds }) => !holds)).toEqual([]);
  });

  it('takes large bodies in parts, under conditions, and keeps nothing of those that lost', async () => {
    const store = open();
    const body = Buffer.alloc(17 * MIB + 1, 'ticklake ');
    const { etag } = await store.put('large', bytesSource(body), { onlyIf: 'absent' });
    expect(etag).toMatch(/-4"$/);
    expect(body.equals((await store.get('large')).bytes)).toBe(true);
    const source = await store.open('large');
    expect(body.subarray(5 * MIB - 3, 11 * MIB).equals(await source.read(5 * MIB - 3, 6 * MIB + 3))).toBe(
      true,
    );
    const conflict = { kind: 'conflict' };
    await expect(store.put('large', body, { onlyIf: 'absent' })).rejects.toMatchObject(conflict);
    await expect(store.put('large', body, { onlyIf: { etag: '"0"' } })).rejects.toMatchObject(conflict);
    await expect(store.put('gone', body, { onlyIf: { etag } })).rejects.toMatchObject(conflict);
    const again = await store.put('large', body, { onlyIf: { etag } });
    expect(again.size).toBe(body.length);
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }));
    expect(Uploads).toEqual([]);
  });

  it('lets one of several large creators win', async () => {
    const store = open();
    const bodies = Array.from({ length: 4 }, (_, racer) => Buffer.alloc(6 * MIB, `racer ${racer} `));
    const outcomes = await Promise.allSettled(
      bodies.map((body) => store.put('k', body, { onlyIf: 'absent' })),
    );
    const winners = outcomes.flatMap(({ status }, racer) => (status === 'fulfilled' ? [racer] : []));
    expect(winners).toHaveLength(1);
    expect(bodies[winners[0]!]!.equals((await store.get('k')).bytes)).toBe(true);
  });

  it.each([
    ['a wrong key', { AWS_SECRET_ACCESS_KEY: 'wrong' }],
    ['an unknown key', { AWS_ACCESS_KEY_ID: 'unknown' }],
  ])('denies %s, which is not repeated', async (_, env) => {
    const denied: unknown = await open(env)
      .put('k', new Uint8Array(1))
      .catch((error: unknown) => error);
    expect(denied).toMatchObject({ kind: 'denied' });
    expect(JSON.stringify(denied, Object.getOwnPropertyNames(denied))).not.toMatch(/wrong|unknown/);
  });

  it('tells that a bucket is not there', async () => {
    const store = openStore(`s3://no-such-bucket-${opened}?endpoint=${endpoint}`, {
      env: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
      requests: USUAL_REQUESTS,
    });
    await expect(store.put('k', new Uint8Array(1))).rejects.toMatchObject({
      kind: 'missing',
      code: 'BUCKET',
    });
    await expect(store.children('')).rejects.toMatchObject({ kind: 'missing', code: 'BUCKET' });
  });
});
