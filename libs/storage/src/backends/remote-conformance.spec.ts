import { describeObjectStore } from '../conformance/index.js';
import { openStore } from '../open-store.js';
import { USUAL_REQUESTS } from '../remote/request-policy.js';
import { startObjectServer, type ObjectServer } from '../testing/index.js';

const KEY = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-secret-of-anyone' };

// Every scheme against a server of our own, in the dialect that it speaks.
describe.each([
  ['s3', 's3', { AWS_ACCESS_KEY_ID: KEY.accessKeyId, AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey }],
  ['r2', 'r2', { R2_ACCESS_KEY_ID: KEY.accessKeyId, R2_SECRET_ACCESS_KEY: KEY.secretAccessKey }],
  ['gs', 'gcs', {}],
] as const)('%s', (scheme, dialect, env) => {
  let server: ObjectServer;
  let opened = 0;

  beforeAll(async () => {
    server = await startObjectServer({
      ...{ dialect, buckets: ['lake'] },
      ...(dialect === 'gcs' ? {} : { credentials: KEY }),
    });
  });
  afterAll(() => server.close());

  const open = () => {
    const endpoint = scheme === 'r2' ? '' : `?endpoint=${server.endpoint}`;
    return openStore(`${scheme}://lake/prefix-${++opened}${endpoint}`, {
      env: { ...env, R2_ENDPOINT: server.endpoint },
      requests: { ...USUAL_REQUESTS, partBytes: 1024 * 1024 },
    });
  };

  describeObjectStore(`a store of scheme ${scheme}`, () => Promise.resolve(open()));
});
