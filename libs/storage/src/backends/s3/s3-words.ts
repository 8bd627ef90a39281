import { failureOfAnswer } from '../../remote/failure-of-status.js';
import type { Condition, RemoteObject } from '../../remote/object-api.js';
import { stampOf } from '../../remote/stamp-metadata.js';

/** The conditional headers of a write. */
export function conditionOf(onlyIf: Condition): { IfNoneMatch?: string; IfMatch?: string } {
  if (onlyIf === undefined) return {};
  return onlyIf === 'absent' ? { IfNoneMatch: '*' } : { IfMatch: onlyIf.version };
}

/** Hex to the form of the header `Content-MD5`. */
export function contentMd5(md5Hex: string): string {
  return Buffer.from(md5Hex, 'hex').toString('base64');
}

/** What an answer with headers of an object tells. */
export function remoteObjectOf(
  key: string,
  answer: {
    readonly ETag?: string | undefined;
    readonly LastModified?: Date | undefined;
    readonly Metadata?: Readonly<Record<string, string>> | undefined;
  },
  size: number | undefined,
): RemoteObject {
  const { ETag, LastModified, Metadata = {} } = answer;
  if (size === undefined) throw failureOfAnswer('no size');
  return {
    key,
    size,
    version: versionOf(ETag),
    modifiedAtMs: modifiedAtMsOf(LastModified),
    stamp: stampOf(Metadata),
  };
}

/** An answer without a version is none of this service. */
export function versionOf(etag: string | undefined): string {
  if (etag === undefined || etag === '') throw failureOfAnswer('no etag');
  return etag;
}

/** Whole seconds, as headers have them: some services list milliseconds. */
export function modifiedAtMsOf(date: Date | undefined): number {
  if (date === undefined || Number.isNaN(date.getTime())) throw failureOfAnswer('no date');
  return Math.floor(date.getTime() / 1000) * 1000;
}
