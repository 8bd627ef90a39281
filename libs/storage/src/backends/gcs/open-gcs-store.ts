import { LakeError } from '@ticklake/core';
import { withPrefix } from '../../decorators/index.js';
import { parseBucketUrl } from '../../remote/bucket-url.js';
import { isLoopbackUrl, parseEndpoint } from '../../remote/endpoint.js';
import { createHttpExchange } from '../../remote/http-exchange.js';
import { namedEnv } from '../../remote/named-env.js';
import { remoteStore } from '../../remote/remote-store.js';
import type { Backend } from '../backend.js';
import { gcsAuthorization } from './gcs-access.js';
import { gcsApi } from './gcs-api.js';

/**
 * `gs://bucket/prefix?endpoint=&credentials=`: Google Cloud Storage by its JSON API. Credentials are what the SDK finds by its own chain;
 * `GOOGLE_APPLICATION_CREDENTIALS` names a key file. With `credentials=RAW`, `RAW_GOOGLE_APPLICATION_CREDENTIALS` does.
 */
export const openGcsStore: Backend = (url, { env, ...options }) => {
  const known = ['endpoint', 'credentials'] as const;
  const { bucket, prefix, parameters } = parseBucketUrl(url, { scheme: 'gs', known });
  const own = namedEnv(env, parameters.credentials);
  const endpoint = parseEndpoint(parameters.endpoint ?? 'https://storage.googleapis.com');
  const access = {
    endpoint,
    keyFile: own['GOOGLE_APPLICATION_CREDENTIALS'],
    projectId: own['GOOGLE_CLOUD_PROJECT'],
  };
  if (parameters.credentials !== undefined && access.keyFile === undefined && !isLoopbackUrl(endpoint)) {
    // Else the SDK would take those of the process, which are another store's.
    throw new LakeError('denied', `${parameters.credentials}_GOOGLE_APPLICATION_CREDENTIALS is not set`, {
      code: 'CREDENTIALS',
    });
  }
  const exchange = createHttpExchange(options.requests);
  const api = gcsApi(`gs://${bucket}`, { endpoint, bucket, exchange, authorize: gcsAuthorization(access) });
  return withPrefix(remoteStore(api, { ...options, policy: options.requests }), prefix);
};
