import { describeObjectStore } from '../conformance/index.js';
import { withPrefix } from '../decorators/index.js';
import { remoteStore } from '../remote/remote-store.js';
import { USUAL_REQUESTS } from '../remote/request-policy.js';
import { startObjectServer, type ObjectServer } from '../testing/index.js';
import { sdkApi } from './gcs/spec-support/sdk-api.js';
import { aws4fetchApi } from './s3/spec-support/aws4fetch-api.js';

// That the servers of these tests are what they say is not for one client to tell, which may have the same idea of it.
const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-secret-of-anyone' };

describe.each([
  ['s3', aws4fetchApi],
  ['gcs', sdkApi],
] as const)('the server of %s', (dialect, api) => {
  let server: ObjectServer;
  let opened = 0;
  beforeAll(async () => {
    const options = dialect === 'gcs' ? {} : { credentials: CREDENTIALS };
    server = await startObjectServer({ dialect, buckets: ['lake'], ...options });
  });
  afterAll(() => server.close());

  describeObjectStore('with another client, it', async () => {
    const policy = { ...USUAL_REQUESTS, partBytes: 1024 * 1024 };
    return withPrefix(remoteStore(api(server.endpoint, 'lake', CREDENTIALS), { policy }), `p${++opened}/`);
  });
});
