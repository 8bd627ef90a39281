import { withPrefix } from '../../decorators/index.js';
import { parseBucketUrl } from '../../remote/bucket-url.js';
import { parseEndpoint } from '../../remote/endpoint.js';
import { lazily } from '../../remote/lazily.js';
import { namedEnv } from '../../remote/named-env.js';
import { remoteStore } from '../../remote/remote-store.js';
import type { Backend } from '../backend.js';
import { lazyClient, s3Api } from '../s3/index.js';
import { findR2Access } from './r2-credentials.js';

/**
 * `r2://bucket/prefix?credentials=`: Cloudflare R2 by its S3 protocol. Endpoint and key come from where {@link findR2Access} looks when the
 * first request is made; with `credentials=RAW`, from the variables that begin with `RAW_`.
 *
 * R2's own rules: region `auto`, parts of one upload of equal size, no checksum in a trailer, no conditional delete. The client of `s3`
 * keeps to them with every service.
 */
export const openR2Store: Backend = (url, { env, ...options }) => {
  const { bucket, prefix, parameters } = parseBucketUrl(url, { scheme: 'r2', known: ['credentials'] });
  const own = namedEnv(env, parameters.credentials);
  const load = lazily(async () => {
    const { endpoint, accessKeyId, secretAccessKey } = await findR2Access(own);
    const credentials = { accessKeyId, secretAccessKey };
    const access = { region: 'auto', endpoint: parseEndpoint(endpoint), credentials, profile: undefined };
    return lazyClient(access, options.requests)();
  });
  const api = s3Api(`r2://${bucket}`, bucket, load);
  return withPrefix(remoteStore(api, { ...options, policy: options.requests }), prefix);
};
