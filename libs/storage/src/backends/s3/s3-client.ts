import type { S3Client } from '@aws-sdk/client-s3';
import { guardedLookup } from '../../remote/endpoint.js';
import { loadProtocols } from '../../remote/http-exchange.js';
import { lazily } from '../../remote/lazily.js';
import type { RequestPolicy } from '../../remote/request-policy.js';

/** The vendor's package, loaded when the first request is made. */
export type Sdk = typeof import('@aws-sdk/client-s3');

/** Who asks, and where. */
export interface S3Access {
  readonly region: string;
  /** Absent: the one of AWS in `region`, whatever the SDK's own configuration says. */
  readonly endpoint: URL | undefined;
  /** Absent: what the SDK finds by its own chain. */
  readonly credentials: Credentials | undefined;
  /** A profile of the shared configuration files; absent: the usual one. */
  readonly profile: string | undefined;
}

/** A key to a service. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** A client that sends every request once, follows no redirect, and adds nothing that services other than AWS refuse. */
export interface LoadedClient {
  readonly sdk: Sdk;
  readonly client: S3Client;
}

/** Loads the SDK and makes a client, once. */
export function lazyClient(access: S3Access, policy: RequestPolicy): () => Promise<LoadedClient> {
  return lazily(() => load(access, policy));
}

async function load(access: S3Access, { connectMs, requestsMax }: RequestPolicy): Promise<LoadedClient> {
  const sdk = await import('@aws-sdk/client-s3');
  const { region, endpoint, credentials, profile } = access;
  const { http, https } = await loadProtocols({
    keepAlive: true,
    maxSockets: requestsMax,
    lookup: guardedLookup,
  });
  const client = new sdk.S3Client({
    region,
    endpoint: endpoint?.href ?? awsEndpoint(region),
    forcePathStyle: endpoint !== undefined,
    ...(credentials === undefined ? {} : { credentials }),
    ...(profile === undefined ? {} : { profile }),
    // What may be repeated, and what a lost answer means, is decided in one place, and that is not the SDK: it repeats a conditional
    // put whose answer was lost, and then reports that the condition did not hold.
    maxAttempts: 1,
    followRegionRedirects: false,
    // Content-MD5 does for all services what some refuse in other forms.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: connectMs,
      httpAgent: http.agent,
      httpsAgent: https.agent,
    },
  });
  return { sdk, client };
}

function awsEndpoint(region: string): string {
  return `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}
