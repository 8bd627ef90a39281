import { createHash } from 'node:crypto';
import type { ObjectName } from '../bucket-store.js';
import { checksumAlgorithm, type Checksum, type ChecksumAlgorithm } from '../checksums.js';
import { emptyAnswer, headerOf, type Answer, type Incoming } from '../exchange.js';
import { checkWrite, unquoted } from './s3-conditions.js';
import { s3Content, s3Document } from './s3-content.js';
import type { S3Context } from './s3-dialect.js';
import { quoted } from './s3-objects.js';
import { s3Refusal } from './s3-refusal.js';
import { attachmentsOf } from './s3-request.js';
import { elementsOf, leaf, unescapeXml, xmlDocument } from './xml.js';

/** A multipart upload that is neither completed nor aborted. */
export interface MultipartUpload extends ObjectName {
  readonly metadata: Readonly<Record<string, string>>;
  readonly contentType: string;
  /** Every part must bring it, and the completion must repeat it. */
  readonly algorithm: ChecksumAlgorithm | undefined;
  readonly parts: Map<number, Part>;
}

interface Part {
  readonly bytes: Buffer;
  readonly md5: Buffer;
  readonly checksum: Checksum | undefined;
}

/** CreateMultipartUpload. */
export function createUpload(context: S3Context, incoming: Incoming, at: ObjectName): Answer {
  s3Document(incoming);
  const wanted = headerOf(incoming, 'x-amz-checksum-algorithm');
  const isComposite = headerOf(incoming, 'x-amz-checksum-type') !== 'FULL_OBJECT';
  const algorithm = wanted === undefined ? undefined : checksumAlgorithm(wanted);
  if (wanted !== undefined && algorithm === undefined)
    throw s3Refusal('NotImplemented', `${wanted} not implemented`);
  const id = context.addUpload({
    ...at,
    ...attachmentsOf(incoming, context.metadataBytesMax),
    algorithm: isComposite ? algorithm : undefined,
    parts: new Map(),
  });
  return xmlAnswer('InitiateMultipartUploadResult', [
    leaf('Bucket', at.bucket),
    leaf('Key', at.key),
    leaf('UploadId', id),
  ]);
}

/** UploadPart. A part sent again replaces the earlier one. */
export function uploadPart(context: S3Context, incoming: Incoming, at: ObjectName): Answer {
  const upload = uploadOf(context, incoming, at);
  const number = Number(incoming.query.get('partNumber') ?? Number.NaN);
  if (!Number.isInteger(number) || number < 1 || number > 10_000) {
    throw s3Refusal('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
  }
  const { bytes, checksum } = s3Content(incoming, context.dialect);
  if (upload.algorithm !== undefined && checksum?.algorithm !== upload.algorithm) {
    const [expected, actual] = [upload.algorithm, checksum?.algorithm ?? 'null'];
    throw s3Refusal('InvalidRequest', `Checksum Type mismatch, expected: ${expected}, actual: ${actual}`);
  }
  const md5 = createHash('md5').update(bytes).digest();
  upload.parts.set(number, { bytes, md5, checksum });
  const echo = checksum === undefined ? {} : { [`x-amz-checksum-${checksum.algorithm}`]: checksum.value };
  return emptyAnswer(200, { etag: quoted(md5.toString('hex')), ...echo });
}

/** CompleteMultipartUpload. What is refused leaves the upload open. */
export function completeUpload(context: S3Context, incoming: Incoming, at: ObjectName): Answer {
  const upload = uploadOf(context, incoming, at);
  const parts = claimedParts(upload, s3Document(incoming).toString());
  const sizes = parts.slice(0, -1).map(({ bytes }) => bytes.length);
  if (sizes.some((size) => size < context.partBytesMin)) throw s3Refusal('EntityTooSmall');
  const last = parts.at(-1)?.bytes.length ?? 0;
  const isUneven = sizes.some((size) => size !== sizes[0]) || last > (sizes[0] ?? last);
  if (context.dialect === 'r2' && isUneven) {
    throw s3Refusal('InvalidPart', 'All non-trailing parts must have the same length.');
  }
  checkWrite(incoming, context.store.live(at), context.dialect);
  const md5s = createHash('md5').update(Buffer.concat(parts.map(({ md5 }) => md5)));
  const { etag } = context.store.commit(at, {
    bytes: Buffer.concat(parts.map(({ bytes }) => bytes)),
    metadata: upload.metadata,
    contentType: upload.contentType,
    etag: `${md5s.digest('hex')}-${parts.length}`,
  });
  context.removeUpload(upload);
  return xmlAnswer('CompleteMultipartUploadResult', [
    leaf('Location', `/${at.bucket}/${at.key}`),
    leaf('Bucket', at.bucket),
    leaf('Key', at.key),
    leaf('ETag', quoted(etag)),
  ]);
}

/** AbortMultipartUpload. */
export function abortUpload(context: S3Context, incoming: Incoming, at: ObjectName): Answer {
  context.removeUpload(uploadOf(context, incoming, at));
  return emptyAnswer(204);
}

function uploadOf({ upload }: S3Context, { query }: Incoming, { bucket, key }: ObjectName): MultipartUpload {
  const found = upload(query.get('uploadId') ?? '');
  if (found === undefined || found.bucket !== bucket || found.key !== key) throw s3Refusal('NoSuchUpload');
  return found;
}

function claimedParts(upload: MultipartUpload, xml: string): Part[] {
  const claims = elementsOf(elementsOf(xml, 'CompleteMultipartUpload')[0] ?? '', 'Part');
  if (claims.length === 0) throw s3Refusal('MalformedXML');
  let before = 0;
  return claims.map((claim) => {
    const [number = Number.NaN] = elementsOf(claim, 'PartNumber').map(Number);
    const [etag = ''] = elementsOf(claim, 'ETag').map(unescapeXml);
    if (!Number.isInteger(number)) throw s3Refusal('MalformedXML');
    if (number <= before) throw s3Refusal('InvalidPartOrder');
    before = number;
    const part = upload.parts.get(number);
    if (part === undefined || unquoted(etag) !== part.md5.toString('hex')) throw s3Refusal('InvalidPart');
    checkClaimedChecksum(upload, { number, claim, part });
    return part;
  });
}

function checkClaimedChecksum(
  { algorithm }: MultipartUpload,
  { number, claim, part }: { number: number; claim: string; part: Part },
): void {
  if (algorithm !== undefined && elementsOf(claim, `Checksum${algorithm.toUpperCase()}`).length === 0) {
    const text = `The upload was created using a ${algorithm} checksum. The complete request must include`;
    throw s3Refusal(
      'InvalidRequest',
      `${text} the checksum for each part. It was missing for part ${number}.`,
    );
  }
  if (part.checksum === undefined) return;
  const [claimed = part.checksum.value] = elementsOf(
    claim,
    `Checksum${part.checksum.algorithm.toUpperCase()}`,
  );
  if (claimed !== part.checksum.value) throw s3Refusal('InvalidPart');
}

function xmlAnswer(root: string, elements: readonly string[]): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: xmlDocument(root, ...elements),
  };
}
