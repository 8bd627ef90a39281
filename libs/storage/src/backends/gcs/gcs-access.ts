import { isLakeError, LakeError } from '@ticklake/core';
import { isLoopbackUrl } from '../../remote/endpoint.js';
import { lazily } from '../../remote/lazily.js';
import { failureOfConnection } from '../../remote/failure-of-status.js';
import { connectionFailure } from '../../remote/http-exchange.js';

/** The headers that tell who asks, for one request to `url`. */
export type GcsAuthorization = (url: URL) => Promise<Readonly<Record<string, string>>>;

/** Who asks. */
export interface GcsAccess {
  readonly endpoint: URL;
  /** A file with a key; absent: what the SDK finds by its own chain. */
  readonly keyFile: string | undefined;
  readonly projectId: string | undefined;
}

/**
 * Authorization by the SDK, which is loaded when it is first needed: by the key file that is given, else by its own chain. A service on this
 * machine is asked without, unless a key file is given: it is a test's.
 */
export function gcsAuthorization({ endpoint, keyFile, projectId }: GcsAccess): GcsAuthorization {
  if (keyFile === undefined && isLoopbackUrl(endpoint)) return async () => ({});
  const client = lazily(() => load(keyFile, projectId));
  return async (url) => {
    try {
      const headers = await (await client()).getRequestHeaders(url.href);
      return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    } catch (error) {
      throw denied(error);
    }
  };
}

async function load(keyFile: string | undefined, projectId: string | undefined) {
  const { Storage } = await import('@google-cloud/storage');
  const { authClient } = new Storage({
    ...(keyFile === undefined ? {} : { keyFilename: keyFile }),
    ...(projectId === undefined ? {} : { projectId }),
  });
  return authClient.getClient();
}

/** The text of the SDK is not repeated: it may hold what a key file holds. */
function denied(error: unknown): unknown {
  const status = statusOf(error);
  if (status === 429 || status >= 500) return failureOfConnection(`status ${status}`);
  const failure = connectionFailure(error);
  if (isLakeError(failure, 'unavailable') && isNetworkCode(failure.details['reason'])) return failure;
  return new LakeError('denied', 'no credentials for Google Cloud Storage were found or they were refused', {
    code: 'CREDENTIALS',
    details: isLakeError(failure) ? failure.details : {},
  });
}

/** Of the answer of a service that gives tokens; 0 where there was none. */
function statusOf(error: unknown): number {
  const answered = typeof error === 'object' && error !== null && 'status' in error ? error.status : 0;
  return typeof answered === 'number' ? answered : 0;
}

function isNetworkCode(reason: unknown): boolean {
  return typeof reason === 'string' && /^(E[A-Z]+|CONNECT_TIMEOUT)$/.test(reason) && reason !== 'ENOENT';
}
