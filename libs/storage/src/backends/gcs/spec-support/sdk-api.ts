import { Storage, type ApiError, type FileMetadata } from '@google-cloud/storage';
import { LakeError } from '@ticklake/core';
import { failureOfStatus } from '../../../remote/failure-of-status.js';
import type { Ask, Condition, ObjectApi, RemoteObject } from '../../../remote/object-api.js';

const CHUNK = 256 * 1024;

/** A second client of GCS: the files of the vendor's SDK, where the store of this library writes its own requests. */
export function sdkApi(endpoint: string, bucketName: string): ObjectApi {
  const storage = new Storage({
    ...{ apiEndpoint: endpoint, projectId: 'test', useAuthWithCustomEndpoint: false },
    retryOptions: { autoRetry: false, maxRetries: 0 },
  });
  const bucket = storage.bucket(bucketName);
  const generation = (onlyIf: Condition) =>
    onlyIf === undefined ? {} : { ifGenerationMatch: onlyIf === 'absent' ? 0 : Number(onlyIf.version) };
  const kept = new Map<string, { readonly ask: Ask<'beginUpload'>; readonly parts: Uint8Array[] }>();
  const save = async (
    { key, onlyIf, stamp }: Pick<Ask<'put'>, 'key' | 'onlyIf' | 'stamp'>,
    bytes: Uint8Array,
    chunkSize?: number,
  ) => {
    const file = bucket.file(key);
    const how = chunkSize === undefined ? { resumable: false } : { resumable: true, chunkSize };
    await file
      .save(Buffer.from(bytes), {
        ...{ ...how, validation: false, preconditionOpts: generation(onlyIf) },
        metadata: {
          md5Hash: Buffer.from(stamp.md5, 'hex').toString('base64'),
          metadata: { 'op-id': stamp.opId, 'body-md5': stamp.md5 },
        },
      })
      .catch(failed);
    // Of a resumable upload the SDK tells nothing afterwards.
    const { version, modifiedAtMs } = objectOf((await file.getMetadata())[0]);
    return { version, modifiedAtMs };
  };
  return {
    url: `gs://${bucketName}`,
    parts: { bytesMultiple: CHUNK, bytesMin: CHUNK, countMax: 10_000, isParallel: false, lastCommits: true },
    requests: {
      async head({ key }) {
        try {
          return objectOf((await bucket.file(key).getMetadata())[0]);
        } catch (error) {
          return (error as ApiError).code === 404 ? undefined : failed(error);
        }
      },
      async get({ key, range, version }) {
        // Two requests, between which it may be replaced: then there is another version to read, where nobody asked for this one.
        for (;;) {
          const [metadata] = await bucket
            .file(key)
            .getMetadata()
            .catch((error: unknown) => {
              const isGone = version !== undefined && (error as ApiError).code === 404;
              throw isGone ? new LakeError('conflict', 'gone') : failed(error);
            });
          const object = objectOf(metadata);
          if (version !== undefined && object.version !== version)
            throw new LakeError('conflict', 'replaced');
          if (object.size <= range.offset) throw new LakeError('invalid', 'past the end', { code: 'RANGE' });
          const end = Math.min(object.size, range.offset + range.length) - 1;
          const pinned = bucket.file(key, { generation: object.version });
          const bytes = await pinned.download({ start: range.offset, end, validation: false }).then(
            ([content]) => new Uint8Array(content),
            (error: unknown) => ((error as ApiError).code === 404 ? undefined : failed(error)),
          );
          if (bytes !== undefined) return { object, bytes };
        }
      },
      put: ({ bytes, ...ask }) => save(ask, bytes),
      // The SDK keeps sessions to itself: parts are kept until it gets all of them.
      async beginUpload(ask) {
        kept.set(ask.key, { ask, parts: [] });
        return { key: ask.key, id: ask.key };
      },
      async putPart({ upload, part, bytes }) {
        kept.get(upload.id)?.parts.push(bytes.slice());
        return { number: part.number, tag: '' };
      },
      async finishUpload({ upload, last }) {
        const { ask, parts } = kept.get(upload.id) as { ask: Ask<'beginUpload'>; parts: Uint8Array[] };
        return save(ask, Buffer.concat([...parts, last?.bytes ?? new Uint8Array()]), CHUNK);
      },
      async abandonUpload({ upload }) {
        kept.delete(upload.id);
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
  };
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
