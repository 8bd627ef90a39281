import { failureOfAnswer } from '../../remote/failure-of-status.js';
import type { Ask, Condition, RemoteObject, Written } from '../../remote/object-api.js';
import { metadataOf, stampOf } from '../../remote/stamp-metadata.js';

/** The parts of an object resource of the JSON API that are asked for. */
export const FIELDS = 'name,size,generation,updated,metadata';

/** What an object is to have beside its bytes. The service refuses bytes of another digest. */
export function resourceOf({ key, contentType, stamp }: Pick<Ask<'put'>, 'key' | 'contentType' | 'stamp'>) {
  return {
    name: key,
    md5Hash: Buffer.from(stamp.md5, 'hex').toString('base64'),
    metadata: metadataOf(stamp),
    ...(contentType === undefined ? {} : { contentType }),
  };
}

/** The condition of a write: generations never repeat, 0 is that of what is not there. */
export function conditionOf(onlyIf: Condition): { ifGenerationMatch?: string } {
  if (onlyIf === undefined) return {};
  return { ifGenerationMatch: onlyIf === 'absent' ? '0' : onlyIf.version };
}

/** An object resource, checked. */
export function remoteObjectOf(resource: unknown): RemoteObject {
  const { name, size, generation, updated, metadata } = recordOf(resource);
  const sizeBytes = Number(textOf(size));
  const modifiedAtMs = wholeSecondsOf(textOf(updated));
  if (!Number.isSafeInteger(sizeBytes)) throw failureOfAnswer('no size');
  return {
    key: textOf(name),
    size: sizeBytes,
    version: textOf(generation),
    modifiedAtMs,
    stamp: metadata === undefined ? {} : stampOf(recordOf(metadata)),
  };
}

/** An object resource as what a write came to. */
export function writtenOf(resource: unknown): Written {
  const { version, modifiedAtMs } = remoteObjectOf(resource);
  return { version, modifiedAtMs };
}

/** A JSON object. @throws LakeError `unavailable` when it is none: then something else than the service answered. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw failureOfAnswer('no resource');
}

/** A JSON string. @throws LakeError `unavailable` when it is none. */
export function textOf(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw failureOfAnswer('a resource lacks a field');
}

/** Milliseconds of an instant, cut to whole seconds, which is all that headers tell. */
export function wholeSecondsOf(date: string): number {
  const ms = Date.parse(date);
  if (Number.isNaN(ms)) throw failureOfAnswer('no date');
  return Math.floor(ms / 1000) * 1000;
}
