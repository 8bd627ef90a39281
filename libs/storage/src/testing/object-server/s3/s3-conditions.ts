import type { Version } from '../bucket-store.js';
import { headerOf, type Incoming } from '../exchange.js';
import { s3Refusal } from './s3-refusal.js';

/** Whether a write may replace `live`. @throws Refusal */
export function checkWrite(incoming: Incoming, live: Version | undefined, dialect: 's3' | 'r2'): void {
  if (incoming.treatment.conditions === 'ignored') return;
  const ifMatch = headerOf(incoming, 'if-match');
  const ifNoneMatch = headerOf(incoming, 'if-none-match');
  if (ifMatch !== undefined && ifNoneMatch !== undefined) throw s3Refusal('NotImplemented');
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch !== '*' && dialect === 's3') throw s3Refusal('NotImplemented');
    if (names(ifNoneMatch, live)) throw s3Refusal('PreconditionFailed');
  }
  if (ifMatch !== undefined) {
    if (ifMatch === '*' && dialect === 's3') throw s3Refusal('NotImplemented');
    if (live === undefined && dialect === 's3') throw s3Refusal('NoSuchKey');
    if (!names(ifMatch, live)) throw s3Refusal('PreconditionFailed');
  }
}

/** Whether `live` may be deleted. @throws Refusal */
export function checkDelete(incoming: Incoming, live: Version | undefined, dialect: 's3' | 'r2'): void {
  const ifMatch = headerOf(incoming, 'if-match');
  if (incoming.treatment.conditions === 'ignored' || ifMatch === undefined) return;
  if (dialect === 'r2') throw s3Refusal('NotImplemented');
  if (live === undefined) throw s3Refusal('NoSuchKey');
  if (!names(ifMatch, live)) throw s3Refusal('PreconditionFailed');
}

/** What the conditions say to a read of `live`. */
export function readVerdict(incoming: Incoming, live: Version): 'proceed' | 'failed' | 'notModified' {
  if (incoming.treatment.conditions === 'ignored') return 'proceed';
  const ifMatch = headerOf(incoming, 'if-match');
  const ifNoneMatch = headerOf(incoming, 'if-none-match');
  if (ifMatch !== undefined && !names(ifMatch, live)) return 'failed';
  return ifNoneMatch !== undefined && names(ifNoneMatch, live) ? 'notModified' : 'proceed';
}

/** An ETag as it was before it was quoted. */
export function unquoted(etag: string): string {
  return etag.replace(/^"(.*)"$/, '$1');
}

function names(header: string, live: Version | undefined): boolean {
  if (live === undefined) return false;
  return header === '*' || header.split(',').some((etag) => unquoted(etag.trim()) === live.etag);
}
