import { LakeError } from '@ticklake/core';
import { withPrefix } from '../../decorators/index.js';
import { parseBucketUrl } from '../../remote/bucket-url.js';
import { parseEndpoint } from '../../remote/endpoint.js';
import { namedEnv, type Env } from '../../remote/named-env.js';
import { remoteStore } from '../../remote/remote-store.js';
import type { Backend } from '../backend.js';
import { s3Api } from './s3-api.js';
import { lazyClient, type Credentials } from './s3-client.js';

const PARAMETERS = ['region', 'endpoint', 'profile', 'credentials'] as const;

/**
 * `s3://bucket/prefix?region=&endpoint=&profile=&credentials=`. Region and endpoint are those of the URL, else of `AWS_REGION`
 * (`AWS_DEFAULT_REGION`) and `AWS_ENDPOINT_URL_S3` (`AWS_ENDPOINT_URL`), else `us-east-1` of AWS. Credentials are `AWS_ACCESS_KEY_ID` and
 * `AWS_SECRET_ACCESS_KEY` (with `AWS_SESSION_TOKEN`) where they are set and no profile is named, else what the SDK finds by its own chain;
 * its own configuration of endpoints is not used. With `credentials=RAW`, every variable is the one that begins with `RAW_`.
 *
 * @throws LakeError `denied` (`CREDENTIALS`) when nothing is set under a name that the URL gives.
 */
export const openS3Store: Backend = (url, { env, ...options }) => {
  const { bucket, prefix, parameters } = parseBucketUrl(url, { scheme: 's3', known: PARAMETERS });
  const own = namedEnv(env, parameters.credentials);
  const endpoint = parameters.endpoint ?? own['AWS_ENDPOINT_URL_S3'] ?? own['AWS_ENDPOINT_URL'];
  const profile = parameters.profile ?? (credentialsOf(own) === undefined ? own['AWS_PROFILE'] : undefined);
  const access = {
    region: parameters.region ?? own['AWS_REGION'] ?? own['AWS_DEFAULT_REGION'] ?? 'us-east-1',
    endpoint: endpoint === undefined ? undefined : parseEndpoint(endpoint),
    credentials: parameters.profile === undefined ? credentialsOf(own) : undefined,
    profile,
  };
  if (parameters.credentials !== undefined && access.credentials === undefined && profile === undefined) {
    // Else the SDK would take those of the process, which are another store's.
    throw new LakeError(
      'denied',
      `no ${parameters.credentials}_AWS_ACCESS_KEY_ID with its secret, and no profile`,
      {
        code: 'CREDENTIALS',
      },
    );
  }
  const api = s3Api(`s3://${bucket}`, bucket, lazyClient(access, options.requests));
  return withPrefix(remoteStore(api, { ...options, policy: options.requests }), prefix);
};

function credentialsOf(env: Env): Credentials | undefined {
  const [accessKeyId, secretAccessKey] = [env['AWS_ACCESS_KEY_ID'], env['AWS_SECRET_ACCESS_KEY']];
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken: env['AWS_SESSION_TOKEN'] };
}
