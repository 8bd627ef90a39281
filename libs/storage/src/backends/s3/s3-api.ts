import { isLakeError, LakeError } from '@ticklake/core';
import { failureOfAnswer, failureOfReplaced } from '../../remote/failure-of-status.js';
import type { Answer, Ask, ObjectApi, PartRules, Verb } from '../../remote/object-api.js';
import { collectBody, dropBody } from '../../remote/collect-body.js';
import { partialLengthOf, parseContentRange } from '../../remote/content-range.js';
import { s3Failure } from './s3-failure.js';
import type { LoadedClient } from './s3-client.js';
import { listPageOf } from './s3-listing.js';
import { metadataOf } from '../../remote/stamp-metadata.js';
import { conditionOf, contentMd5, remoteObjectOf, versionOf } from './s3-words.js';

/** Any number of parts of any size from 5 MiB on; all but the last of one size, which is R2's rule and no loss elsewhere. */
const PARTS: PartRules = {
  lastCommits: false,
  bytesMultiple: 1024 * 1024,
  bytesMin: 5 * 1024 * 1024,
  countMax: 10_000,
  isParallel: true,
};

type Requests = ObjectApi['requests'];

/** The bucket `bucket` of a service that speaks S3, one request at a time. `url` is for messages. */
export function s3Api(url: string, bucket: string, load: () => Promise<LoadedClient>): ObjectApi {
  const requests: Requests = {
    head: (...asked) => asking(head, asked),
    get: (...asked) => asking(get, asked),
    put: (...asked) => asking(put, asked),
    delete: (...asked) => asking(remove, asked),
    list: (...asked) => asking(list, asked),
    beginUpload: (...asked) => asking(beginUpload, asked),
    putPart: (...asked) => asking(putPart, asked),
    finishUpload: (...asked) => asking(finishUpload, asked),
    abandonUpload: (...asked) => asking(abandonUpload, asked),
  };
  return { url, requests, parts: PARTS };

  async function asking<V extends Verb>(
    request: S3Request<V>,
    [ask, abortSignal]: readonly [Ask<V>, AbortSignal],
  ): Promise<Answer<V>> {
    try {
      return await request(ask, { ...(await load()), bucket, abortSignal });
    } catch (error) {
      throw s3Failure(error);
    }
  }
}

interface Tools extends LoadedClient {
  readonly bucket: string;
  readonly abortSignal: AbortSignal;
}

type S3Request<V extends Verb> = (ask: Ask<V>, tools: Tools) => Promise<Answer<V>>;

const head: S3Request<'head'> = async (ask, tools) => {
  const { key } = ask;
  const { sdk, client, bucket, abortSignal } = tools;
  const command = new sdk.HeadObjectCommand({ Bucket: bucket, Key: key });
  try {
    const answer = await orUndefined(client.send(command, { abortSignal }));
    return answer === undefined ? undefined : remoteObjectOf(key, answer, answer.ContentLength);
  } catch (error) {
    const failure = s3Failure(error);
    if (!isLakeError(failure) || !isWithoutReason(failure)) throw failure;
    // Such an answer has no body to tell the reason in, and one reason is that a clock is wrong, which may work the next time.
    const asked = get({ key, range: { offset: 0, length: 1 } }, tools).catch((second: unknown) => {
      throw isLakeError(second) && second.code === 'RANGE' ? failure : second;
    });
    return (await orUndefined(asked))?.object;
  }
};

/** AWS refuses a key that it does not know with 403, and one that has expired with 400. */
function isWithoutReason({ details }: LakeError): boolean {
  return details['reason'] === undefined && (details['status'] === 403 || details['status'] === 400);
}

const get: S3Request<'get'> = async ({ key, range, version, into }, { sdk, client, bucket, abortSignal }) => {
  const command = new sdk.GetObjectCommand({
    Bucket: bucket,
    Key: key,
    Range: `bytes=${range.offset}-${range.offset + range.length - 1}`,
    ...(version === undefined ? {} : { IfMatch: version }),
  });
  const answer = await client.send(command, { abortSignal }).catch((error: unknown) => {
    const failure = s3Failure(error);
    // A version that was deleted is not there to be read, as one that was replaced.
    throw version !== undefined && isLakeError(failure, 'missing') ? failureOfReplaced(key) : failure;
  });
  const { Body: body } = answer;
  if (body === undefined) throw failureOfAnswer('no body');
  try {
    const told = parseContentRange(answer.ContentRange, answer.ContentLength);
    const object = remoteObjectOf(key, answer, told.size);
    // Not every service minds the condition.
    if (version !== undefined && object.version !== version) throw failureOfReplaced(key);
    const expectedBytes = partialLengthOf(range, told);
    const bytes = await collectBody(body as AsyncIterable<Uint8Array>, { expectedBytes, into, abortSignal });
    return { object, bytes };
  } catch (error) {
    dropBody(body);
    throw error;
  }
};

const put: S3Request<'put'> = async (ask, { sdk, client, bucket, abortSignal }) => {
  const { key, bytes, onlyIf, contentType, stamp } = ask;
  const command = new sdk.PutObjectCommand({
    Bucket: bucket,
    Key: key,
    Body: bytes,
    ContentMD5: contentMd5(stamp.md5),
    Metadata: metadataOf(stamp),
    ...(contentType === undefined ? {} : { ContentType: contentType }),
    ...conditionOf(onlyIf),
  });
  const answer = await orConflict(client.send(command, { abortSignal }), onlyIf);
  return { version: versionOf(answer.ETag), modifiedAtMs: undefined };
};

const remove: S3Request<'delete'> = async ({ key }, { sdk, client, bucket, abortSignal }) => {
  const command = new sdk.DeleteObjectCommand({ Bucket: bucket, Key: key });
  const answer = await orUndefined(client.send(command, { abortSignal }));
  if (answer !== undefined) checkNoContent(answer.$metadata.httpStatusCode);
};

const list: S3Request<'list'> = async (ask, { sdk, client, bucket, abortSignal }) => {
  const command = new sdk.ListObjectsV2Command({
    Bucket: bucket,
    Prefix: ask.prefix,
    // Names of others may hold what XML cannot.
    EncodingType: 'url',
    ...(ask.isOneLevel ? { Delimiter: '/' } : {}),
    ...(ask.token === undefined ? {} : { ContinuationToken: ask.token }),
  });
  return listPageOf(await client.send(command, { abortSignal }));
};

const beginUpload: S3Request<'beginUpload'> = async (ask, { sdk, client, bucket, abortSignal }) => {
  const { key, contentType, stamp } = ask;
  const command = new sdk.CreateMultipartUploadCommand({
    Bucket: bucket,
    Key: key,
    Metadata: metadataOf(stamp),
    ...(contentType === undefined ? {} : { ContentType: contentType }),
  });
  const { UploadId: id } = await client.send(command, { abortSignal });
  if (id === undefined) throw failureOfAnswer('no upload id');
  return { key, id };
};

const putPart: S3Request<'putPart'> = async (ask, { sdk, client, bucket, abortSignal }) => {
  const { upload, part, bytes } = ask;
  const command = new sdk.UploadPartCommand({
    ...{ Bucket: bucket, Key: upload.key, UploadId: upload.id, PartNumber: part.number },
    Body: bytes,
    ContentMD5: contentMd5(part.md5),
  });
  const { ETag } = await client.send(command, { abortSignal });
  return { number: part.number, tag: versionOf(ETag) };
};

const finishUpload: S3Request<'finishUpload'> = async (ask, { sdk, client, bucket, abortSignal }) => {
  const { upload, parts, onlyIf } = ask;
  const command = new sdk.CompleteMultipartUploadCommand({
    ...{ Bucket: bucket, Key: upload.key, UploadId: upload.id },
    MultipartUpload: { Parts: parts.map(({ number, tag }) => ({ PartNumber: number, ETag: tag })) },
    ...conditionOf(onlyIf),
  });
  const { ETag } = await orConflict(client.send(command, { abortSignal }), onlyIf).catch((error: unknown) => {
    // A part is not what its answer said: all of them go up again.
    const isPart = isLakeError(error, 'invalid') && error.details['reason'] === 'InvalidPart';
    throw isPart ? new LakeError('missing', 'a part is not there', { code: 'UPLOAD' }) : error;
  });
  return { version: versionOf(ETag), modifiedAtMs: undefined };
};

const abandonUpload: S3Request<'abandonUpload'> = async (
  { upload },
  { sdk, client, bucket, abortSignal },
) => {
  const command = new sdk.AbortMultipartUploadCommand({
    Bucket: bucket,
    Key: upload.key,
    UploadId: upload.id,
  });
  const answer = await orUndefined(client.send(command, { abortSignal }));
  if (answer !== undefined) checkNoContent(answer.$metadata.httpStatusCode);
};

/** `undefined` for what is not there; a bucket that is not there is another matter. */
async function orUndefined<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    const failure = s3Failure(error);
    if (isLakeError(failure, 'missing') && failure.code !== 'BUCKET') return undefined;
    throw failure;
  }
}

/** A version that is to be replaced and is not there: the condition does not hold. */
async function orConflict<T>(asked: Promise<T>, onlyIf: Ask<'put'>['onlyIf']): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    const failure = s3Failure(error);
    const isGone = isLakeError(failure, 'missing') && failure.code === undefined;
    if (isGone && onlyIf !== undefined) throw new LakeError('conflict', 'nothing is there to be replaced');
    throw failure;
  }
}

/** A page of a proxy is no deletion. */
function checkNoContent(status: number | undefined): void {
  if (status !== 204) throw failureOfAnswer(`status ${status ?? 'unknown'}`);
}
