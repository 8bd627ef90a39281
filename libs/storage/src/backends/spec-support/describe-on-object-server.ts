import { bytesSource, LakeError, type ByteSource } from '@ticklake/core';
import { describeObjectStore } from '../../conformance/index.js';
import { openStore } from '../../open-store.js';
import { probeStore, requireConditions } from '../../probe/probe-store.js';
import { USUAL_REQUESTS, type RequestPolicy } from '../../remote/request-policy.js';
import { startObjectServer, type Dialect, type ObjectServer } from '../../testing/index.js';

const KEY = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-secret-of-anyone' };

const ENV = {
  ...{ AWS_ACCESS_KEY_ID: KEY.accessKeyId, AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey },
  ...{ R2_ACCESS_KEY_ID: KEY.accessKeyId, R2_SECRET_ACCESS_KEY: KEY.secretAccessKey },
};

/** Larger than a part of 5 MiB, the smallest that S3 takes: three parts there, more on GCS. */
const LARGE_BYTES = 11 * 2 ** 20 + 7;

/** The contract, and what only stores over the network promise, on a server of our own in the dialect that `scheme` speaks. */
export function describeOnObjectServer(scheme: 's3' | 'r2' | 'gs', dialect: Dialect): void {
  let server: ObjectServer;
  let opened = 0;

  beforeAll(async () => {
    const credentials = dialect === 'gcs' ? {} : { credentials: KEY };
    server = await startObjectServer({ dialect, buckets: ['lake'], ...credentials });
  });
  afterAll(() => server.close());
  afterEach(() => server.injectFaults(undefined));

  const open = (policy: Partial<RequestPolicy> = {}) => {
    const endpoint = scheme === 'r2' ? '' : `?endpoint=${server.endpoint}`;
    return openStore(`${scheme}://lake/part-${++opened}${endpoint}`, {
      env: { ...ENV, R2_ENDPOINT: server.endpoint },
      requests: {
        ...{ ...USUAL_REQUESTS, attemptsMax: 3, delayMinMs: 1, delayMaxMs: 2, partBytes: 1024 * 1024 },
        ...policy,
      },
    });
  };

  describeObjectStore(`a store of scheme ${scheme}`, () => Promise.resolve(open()));

  describe('large bodies', () => {
    const body = Buffer.alloc(LARGE_BYTES, 'large and in parts ');

    it('go up in parts, under conditions, and those that lost leave nothing', async () => {
      const store = open();
      const { etag, size } = await store.put('k', bytesSource(body), { onlyIf: 'absent' });
      expect(size).toBe(LARGE_BYTES);
      expect(server.requests.filter(({ operation }) => operation === 'putPart').length).toBeGreaterThan(2);
      expect(body.equals((await store.get('k')).bytes)).toBe(true);
      const conflict = { kind: 'conflict' };
      await expect(store.put('k', body, { onlyIf: 'absent' })).rejects.toMatchObject(conflict);
      await expect(store.put('none', body, { onlyIf: { etag } })).rejects.toMatchObject(conflict);
      await store.put('k', body.subarray(1), { onlyIf: { etag } });
      expect((await store.head('k'))?.size).toBe(LARGE_BYTES - 1);
      expect(server.openUploads).toBe(0);
    });

    it.each([
      ['an error', new Error('no bytes')],
      ['a conflict of the object they come from', new LakeError('conflict', 'replaced')],
      ['a passing failure', new LakeError('unavailable', 'not now')],
    ])('that break off with %s at any part leave nothing, and fail with that', async (_, reason) => {
      const store = open();
      let failAt = 0;
      for (let isDone = false; !isDone; failAt++) {
        let reads = 0;
        // The first pass over the body is for its digest, and is not the one that breaks off.
        const isUploading = () => server.openUploads > 0;
        const broken: ByteSource = {
          size: LARGE_BYTES,
          read(offset, length) {
            if (isUploading() && reads++ === failAt) return Promise.reject(reason);
            return bytesSource(body).read(offset, length);
          },
        };
        isDone = await store.put(`k${failAt}`, broken).then(
          () => true,
          (error: unknown) => {
            expect(error).toBe(reason);
            return false;
          },
        );
        expect(server.openUploads).toBe(0);
        expect(await store.head(`k${failAt}`)).toEqual(
          isDone ? expect.objectContaining({ size: LARGE_BYTES }) : undefined,
        );
      }
      expect(failAt).toBeGreaterThan(2);
    });
  });

  describe('probing', () => {
    it('finds that every promise is kept, and leaves nothing', async () => {
      const store = open();
      const findings = await probeStore(store);
      expect(findings.filter(({ holds }) => !holds)).toEqual([]);
      expect(() => requireConditions(store, findings)).not.toThrow();
      expect((await store.children('')).prefixes).toEqual([]);
    });

    it('finds out an endpoint that ignores conditions only where parts become an object', async () => {
      const store = open();
      // On GCS, what begins an upload is told the condition.
      const deciding = dialect === 'gcs' ? 'beginUpload' : 'finishUpload';
      server.injectFaults(({ operation }) =>
        operation === deciding ? { kind: 'ignoredConditions' } : undefined,
      );
      const findings = await probeStore(store);
      expect(findings.filter(({ holds }) => !holds).map(({ check }) => check)).toEqual([
        'refuse to create what is there, in parts',
        'refuse to replace another version, in parts',
      ]);
      expect(() => requireConditions(store, findings)).toThrow('nothing is published there');
    });

    it('lets somebody publish who may not delete', async () => {
      const store = open();
      server.injectFaults(({ operation }) =>
        operation === 'delete' ? { kind: 'status', status: 403, when: 'before' } : undefined,
      );
      const findings = await probeStore(store);
      expect(findings.filter(({ holds }) => !holds).map(({ check }) => check)).toEqual(['delete']);
      expect(() => requireConditions(store, findings)).not.toThrow();
    });

    it('finds out an endpoint that ignores conditions, and publishing there is refused', async () => {
      const store = open();
      server.injectFaults(() => ({ kind: 'ignoredConditions' }));
      const findings = await probeStore(store);
      const failed: string[] = findings.flatMap(({ check, holds }) => (holds ? [] : [check]));
      expect(failed).toEqual([
        'refuse to create what is there',
        'refuse to create what is there, in parts',
        'refuse to replace another version',
        'refuse to replace another version, in parts',
        'refuse to replace what is absent',
        'let one of many creators win',
        ...(failed.includes('pin the version that is read') ? ['pin the version that is read'] : []),
      ]);
      expect(() => requireConditions(store, findings)).toThrow(
        expect.objectContaining({ kind: 'invalid', code: 'CONDITIONS' }),
      );
    });
  });

  it('follows no redirect', async () => {
    const store = open();
    await store.put('k', Buffer.from('x'));
    const before = server.requests.length;
    server.injectFaults(() => ({ kind: 'status', status: 307, when: 'before' }));
    await expect(store.get('k')).rejects.toMatchObject({ kind: 'invalid', code: 'REDIRECT' });
    expect(server.requests.length).toBe(before + 1);
  });

  it('lets go of connections whose answers are none', async () => {
    const store = open({ requestsMax: 2, attemptsMax: 1, requestMs: 600_000 });
    await store.put('k', Buffer.alloc(300_000));
    const source = await store.open('k');
    server.injectFaults(() => ({ kind: 'wrongEtag' }));
    for (let i = 0; i < 8; i++) await source.read(0, 200_000).catch(() => undefined);
    server.injectFaults(undefined);
    expect(await source.read(0, 200_000)).toHaveLength(200_000);
  });

  it('tells the operation that made a version', async () => {
    const store = open();
    await store.put('k', Buffer.from('x'));
    const first = await store.head('k');
    await store.put('k', Buffer.from('x'));
    const second = await store.head('k');
    expect(first?.opId).toMatch(/^[0-9a-f-]{36}$/);
    expect(second?.opId).not.toBe(first?.opId);
  });
}
