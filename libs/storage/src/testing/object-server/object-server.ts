import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { systemClock, type Clock } from '@ticklake/core';
import { bucketStore, type Version } from './bucket-store.js';
import type { ServerDialect } from './exchange.js';
import { gcsDialect } from './gcs/gcs-dialect.js';
import { requestHandler } from './request-handler.js';
import { s3Dialect } from './s3/s3-dialect.js';
import type { S3Credentials } from './s3/s3-signature.js';
import type { ServerFault } from './server-fault.js';
import type { Dialect, ServedRequest } from './served-request.js';

/** What {@link startObjectServer} needs to know. */
export interface ObjectServerOptions {
  readonly dialect: Dialect;
  /** The buckets that are there from the beginning. */
  readonly buckets: readonly string[];
  /** For `s3` and `r2`: requests must be signed with them. */
  readonly credentials?: S3Credentials;
  /** For `gcs`: requests must bear it, but for those to an upload session, whose address is its own secret. */
  readonly bearerToken?: string;
  /** For dates, and for how old a signature may be. */
  readonly clock?: Clock;
  /** For `s3` and `r2`: the least size of a part that is not the last. 5 MiB, as the services have it. */
  readonly partBytesMin?: number;
  /** For `gcs`: what the size of a chunk that is not the last is a multiple of. 256 KiB, as the service has it. */
  readonly chunkBytesMultiple?: number;
}

/** A version that the server holds or held. The bytes are not to be changed. */
export interface StoredVersion {
  readonly bytes: Uint8Array;
  /** What users attached; names in lower case for S3. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly contentType: string;
  /** How clients see the version: the ETag without quotes, or the generation. */
  readonly version: string;
}

/** A server of objects on this machine, which fails when told to. */
export interface ObjectServer {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** All that came so far, in order of arrival. */
  readonly requests: readonly ServedRequest[];
  /** Multipart uploads and resumable sessions that are neither finished nor given up. */
  readonly openUploads: number;
  /** From now on `plan` is asked about every request, once its body has come; `undefined` means to serve it properly. */
  injectFaults(plan: ((request: ServedRequest) => ServerFault | undefined) | undefined): void;
  /** What stands at the key, whatever clients were told. */
  stored(bucket: string, key: string): StoredVersion | undefined;
  /** Every version ever committed at the key, oldest first. Deleting does not remove history. */
  history(bucket: string, key: string): readonly StoredVersion[];
  /** Empties buckets and forgets uploads, requests, history and what was still to land. The fault plan stays. */
  reset(): void;
  /** Ends all connections. Nothing lands afterwards. */
  close(): Promise<void>;
}

/** Starts an empty server on a free port of 127.0.0.1. */
export async function startObjectServer(options: ObjectServerOptions): Promise<ObjectServer> {
  const clock = options.clock ?? systemClock;
  const store = bucketStore(clock, options.buckets);
  const dialect = dialectOf(options, { store, clock });
  const handler = requestHandler(dialect, clock);
  const server = createServer((request, response) => void handler.handle(request, response));
  // Idle connections stay: one that ends just as a client reuses it would be a fault that nobody planned.
  server.keepAliveTimeout = 10 * 60 * 1000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const versionText = ({ etag, generation }: Version) => (options.dialect === 'gcs' ? `${generation}` : etag);
  const shown = (version: Version): StoredVersion => ({
    bytes: version.bytes,
    metadata: version.metadata,
    contentType: version.contentType,
    version: versionText(version),
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: handler.requests,
    get openUploads() {
      return dialect.openUploads();
    },
    injectFaults: (plan) => handler.injectFaults(plan),
    stored: (bucket, key) => {
      const version = store.live({ bucket, key });
      return version === undefined ? undefined : shown(version);
    },
    history: (bucket, key) => store.history({ bucket, key }).map(shown),
    reset: () => {
      store.reset();
      dialect.reset();
      handler.reset();
    },
    close: () => {
      handler.reset();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function dialectOf(
  { dialect, credentials, bearerToken, partBytesMin, chunkBytesMultiple }: ObjectServerOptions,
  shared: { readonly store: ReturnType<typeof bucketStore>; readonly clock: Clock },
): ServerDialect {
  return dialect === 'gcs'
    ? gcsDialect({ ...shared, bearerToken, chunkBytesMultiple: chunkBytesMultiple ?? 256 * 1024 })
    : s3Dialect({ ...shared, dialect, credentials, partBytesMin: partBytesMin ?? 5 * 1024 * 1024 });
}
