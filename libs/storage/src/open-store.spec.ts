import { errorText } from '@ticklake/core';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openStore } from './open-store.js';
import { USUAL_REQUESTS } from './remote/request-policy.js';

describe('openStore', () => {
  const env = {};

  it.each([
    ['/data/lake', 'file:///data/lake'],
    ['/data/lake/', 'file:///data/lake'],
    ['file:///data/lake', 'file:///data/lake'],
    ['FILE:///data/lake', 'file:///data/lake'],
    ['file:///data/two%20words%23', 'file:///data/two%20words%23'],
    ['/data/two words#', 'file:///data/two%20words%23'],
    ['data/lake', pathToFileURL(resolve('data/lake')).href],
    ['./s3:lake', pathToFileURL(resolve('s3:lake')).href],
    ['memory:', 'memory:'],
  ])('opens %s', (url, expected) => {
    expect(openStore(url, { env, requests: USUAL_REQUESTS }).url).toBe(expected);
  });

  it.each([
    ['s3://bucket?credentials=secret', ''],
    ['s3://bucket?region=a&secret=b', 's3'],
    ['s3://bucket?endpoint=http://secret.example', ''],
    ['r2://bucket?endpoint=https://secret.example', 'r2'],
    ['s3://key:secret@bucket/prefix', 's3'],
    ['r2://key:secret@bucket/prefix', 'r2'],
    ['gs://key:secret@bucket/prefix', 'gs'],
    ['https://key:secret@bucket/prefix', ''],
    ['file://key:secret@host/path', ''],
    ['file:///path?token=secret', ''],
    ['file:///path#secret', ''],
    ['file:///a%2fsecret', ''],
    ['file:secret', ''],
    ['memory:secret', ''],
    ['secret:x', ''],
    ['', ''],
  ])('refuses %s without repeating it', (url, scheme) => {
    const refusal = (() => {
      try {
        return openStore(url, { env, requests: USUAL_REQUESTS });
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toMatchObject({ kind: 'invalid' });
    expect(errorText(refusal)).not.toMatch(/secret|key/);
    expect(errorText(refusal)).toContain(scheme);
  });

  it.each(['s3', 'r2', 'gs'])('opens %s, and asks nothing before it is asked', (scheme) => {
    expect(openStore(`${scheme}://bucket/a%20b/`, { env, requests: USUAL_REQUESTS }).url).toBe(
      `${scheme}://bucket/a b`,
    );
  });

  it.each([
    [
      's3://bucket?credentials=RAW',
      { RAW_AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' },
    ],
    [
      'gs://bucket?credentials=RAW',
      { RAW_GOOGLE_CLOUD_PROJECT: 'p', GOOGLE_APPLICATION_CREDENTIALS: '/main' },
    ],
  ])('does not give %s the credentials of another store', (url, others) => {
    expect(() => openStore(url, { env: others, requests: USUAL_REQUESTS })).toThrow(
      expect.objectContaining({ kind: 'denied', code: 'CREDENTIALS' }),
    );
  });

  it('gives a store that works', async () => {
    const base = await mkdtemp(join(tmpdir(), 'ticklake-open-'));
    const url = pathToFileURL(join(base, 'two words #')).href;
    const put = await openStore(url, { env, requests: USUAL_REQUESTS }).put('k', Buffer.from('x'));
    expect(await openStore(join(base, 'two words #'), { env, requests: USUAL_REQUESTS }).head('k')).toEqual(
      put,
    );
    await rm(base, { recursive: true });
  });
});
