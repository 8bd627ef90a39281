import { Storage, type ApiError, type FileMetadata } from '@google-cloud/storage';
import { LakeError } from '@ticklake/core';
import { failureOfStatus } from '../../../remote/failure-of-status.js';
import type { Condition, ObjectApi, RemoteObject } from '../../../remote/object-api.js';
import { gcsUploads } from '../gcs-uploads.js';
import { createHttpExchange } from '../../../remote/http-exchange.js';
import { USUAL_REQUESTS } from '../../../remote/request-policy.js';

/** A second client of GCS: the files of the vendor's SDK, where the store of this library writes its own requests. */
export function sdkApi(endpoint: string, bucketName: string): ObjectApi {
  const storage = new Storage({
    ...{ apiEndpoint: endpoint, projectId: 'test', useAuthWithCustomEndpoint: false },
    retryOptions: { autoRetry: false, maxRetries: 0 },
  });
  const bucket = storage.bucket(bucketName);
  const generation = (onlyIf: Condition) =>
    onlyIf === undefined ? {} : { ifGenerationMatch: onlyIf === 'absent' ? 0 : Number(onlyIf.version) };
  const http = {
    ...{ endpoint: new URL(endpoint), bucket: bucketName, authorize: async () => ({}) },
    exchange: createHttpExchange(USUAL_REQUESTS),
  };
  return {
    url: `gs://${bucketName}`,
    parts: { bytesMultiple: 262_144, bytesMin: 262_144, countMax: 10_000, isParallel: false },
    requests: {
      // Sessions the SDK keeps to itself: it gives no single requests of them.
      ...gcsUploads(http),
      async head({ key }) {
        try {
          return objectOf((await bucket.file(key).getMetadata())[0]);
        } catch (error) {
          return (error as ApiError).code === 404 ? undefined : failed(error);
        }
      },
      async get({ key, range, version }) {
        const file = bucket.file(key);
        const [metadata] = await file.getMetadata().catch((error: unknown) => {
          const isGone = version !== undefined && (error as ApiError).code === 404;
          throw isGone ? new LakeError('conflict', 'gone') : failed(error);
        });
        const object = objectOf(metadata);
        if (version !== undefined && object.version !== version) throw new LakeError('conflict', 'replaced');
        if (object.size <= range.offset) throw new LakeError('invalid', 'past the end', { code: 'RANGE' });
        const end = Math.min(object.size, range.offset + range.length) - 1;
        const pinned = bucket.file(key, { generation: object.version });
        const [bytes] = await pinned
          .download({ start: range.offset, end, validation: false })
          .catch((error: unknown) => {
            throw new LakeError('unavailable', 'gone meanwhile', { cause: error });
          });
        return { object, bytes: new Uint8Array(bytes) };
      },
      async put({ key, bytes, onlyIf, stamp }) {
        const file = bucket.file(key);
        await file
          .save(Buffer.from(bytes), {
            ...{ resumable: false, validation: false, preconditionOpts: generation(onlyIf) },
            metadata: {
              md5Hash: Buffer.from(stamp.md5, 'hex').toString('base64'),
              metadata: { 'op-id': stamp.opId, 'body-md5': stamp.md5 },
            },
          })
          .catch(failed);
        const { version, modifiedAtMs } = objectOf(file.metadata);
        return { version, modifiedAtMs };
      },
      async delete({ key }) {
        await bucket.file(key).delete({ ignoreNotFound: true }).catch(failed);
      },
      async list({ prefix, isOneLevel, token }) {
        const [files, , response] = await bucket
          .getFiles({
            ...{ prefix, autoPaginate: false, maxResults: 1000 },
            ...(isOneLevel ? { delimiter: '/' } : {}),
            ...(token === undefined ? {} : { pageToken: token }),
          })
          .catch(failed);
        const { prefixes = [], nextPageToken } = response as { prefixes?: string[]; nextPageToken?: string };
        return {
          objects: files.map(({ metadata }) => objectOf(metadata)),
          prefixes,
          nextToken: nextPageToken,
        };
      },
    },
  } as ObjectApi;
}

function objectOf(metadata: FileMetadata): RemoteObject {
  const { name = '', size, generation, updated = '', metadata: own = {} } = metadata;
  const [opId, md5] = [own['op-id'], own['body-md5']];
  return {
    ...{ key: name, size: Number(size), version: String(generation) },
    modifiedAtMs: Math.floor(Date.parse(updated) / 1000) * 1000,
    stamp: {
      ...(typeof opId === 'string' ? { opId } : {}),
      ...(typeof md5 === 'string' ? { md5 } : {}),
    },
  };
}

function failed(error: unknown): never {
  const status = (error as ApiError).code;
  if (typeof status !== 'number') throw error;
  throw failureOfStatus({
    status,
    reason: undefined,
    requestId: undefined,
    retryAfter: undefined,
    date: undefined,
  });
}
