import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { Clock } from '@ticklake/core';
import { startObjectServer } from '../index.js';
import { clock, hash } from '../spec-support/s3-servers.js';

describe('signatures of S3', () => {
  const credentials = {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  };
  // The examples of the documentation of AWS. Their buckets are in the host, so here the keys name buckets.
  const get = {
    host: 'examplebucket.s3.amazonaws.com',
    range: 'bytes=0-9',
    'x-amz-content-sha256': hash('sha256', '', 'hex'),
    'x-amz-date': '20130524T000000Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,' +
      'SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,' +
      'Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  };
  const create = {
    host: 'examplebucket.s3.amazonaws.com',
    date: 'Fri, 24 May 2013 00:00:00 GMT',
    'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
    'x-amz-date': '20130524T000000Z',
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,' +
      'SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,' +
      'Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  };
  const { authorization: _, ...unsigned } = get;
  const otherKey = { ...get, authorization: get.authorization.replace('AKIA', 'AKIB') };

  it.each([
    ['GET', '/test.txt', get, 0, '404 NoSuchBucket'],
    ['PUT', '/test%24file.text', create, 0, '200'],
    ['PUT', '/test$file.text', create, 14 * 60_000, '200'],
    ['PUT', '/other', create, 0, '403 SignatureDoesNotMatch'],
    ['GET', '/test.txt?x-id=1', get, 0, '403 SignatureDoesNotMatch'],
    ['HEAD', '/test.txt', get, 0, '403'],
    ['GET', '/test.txt', { ...get, range: 'bytes=0-8' }, 0, '403 SignatureDoesNotMatch'],
    ['GET', '/test.txt', { ...get, 'x-amz-meta-added': '1' }, 0, '403 AccessDenied'],
    ['GET', '/test.txt', otherKey, 0, '403 InvalidAccessKeyId'],
    ['GET', '/test.txt', unsigned, 0, '403 AccessDenied'],
    ['GET', '/test.txt', get, 16 * 60_000, '403 RequestTimeTooSkewed'],
  ])('%s %s', async (method, path, headers, skewMs, expected) => {
    const then: Clock = { ...clock, nowMs: () => Date.UTC(2013, 4, 24) + skewMs };
    const server = await startObjectServer({ dialect: 's3', buckets: [], credentials, clock: then });
    const asked = request(`${server.endpoint}${path}`, { method, headers }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    const text = (await response.toArray()).join('');
    await server.close();
    const [, code = ''] = /<Code>(\w+)/.exec(text) ?? [];
    expect(`${response.statusCode} ${code}`.trim()).toBe(expected);
  });
});
