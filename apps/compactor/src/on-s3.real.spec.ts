import { randomUUID } from 'node:crypto';
import { createBucket } from '@ticklake/storage/testing';
import { describeOnBackend } from './testing/describe-on-backend.js';

const endpoint = process.env['TICKLAKE_S3_ENDPOINT'];
const accessKeyId = process.env['TICKLAKE_S3_ACCESS_KEY_ID'] ?? '';
const secretAccessKey = process.env['TICKLAKE_S3_SECRET_ACCESS_KEY'] ?? '';
if (endpoint === undefined && process.env['CI'] !== undefined) {
  throw new Error('TICKLAKE_S3_ENDPOINT is not set: see tools/s3-server.sh');
}

if (endpoint === undefined) describe.skip('on s3', () => it('needs a server', () => undefined));
else {
  const bucket = `ticklake-${randomUUID()}`;
  beforeAll(() => createBucket(bucket, { endpoint, credentials: { accessKeyId, secretAccessKey } }));
  await describeOnBackend('s3', {
    urlOf: (name) => `s3://${bucket}/${name}?endpoint=${endpoint}`,
    env: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
  });
}
