export { advanceWatermark, selectDays, type DayLedger, type DayRequest } from './catch-up.js';
export {
  findDocument,
  readDocument,
  replaceDocument,
  updateDocument,
  type FoundDocument,
  type ReplaceDocumentOptions,
  type UpdateDocumentOptions,
} from './document.js';
export { createFreePlaces, type FreePlaces } from './free-places.js';
export { instantText } from './instant-text.js';
export {
  runJob,
  type Job,
  type JobEvent,
  type JobSummary,
  type RunJobOptions,
  type Task,
  type TaskContext,
  type TaskResult,
} from './run-job.js';
export { inShard, parseShard, type Shard } from './shard.js';
export {
  walkPrefixes,
  type PrefixWalk,
  type WalkLeaf,
  type WalkLevel,
  type WalkOptions,
} from './discover.js';
export { acquireLease, readLease, type AcquireLeaseOptions, type Lease, type LeaseClaim } from './lease.js';
export {
  clearQuarantine,
  quarantineFile,
  quarantineSchema,
  readQuarantine,
  type QuarantineDocument,
  type QuarantineEntry,
  type QuarantineFileOptions,
} from './quarantine.js';
export { createSignsOfLife, type SignsOfLife } from './signs-of-life.js';
export { openThreadMail, type ThreadFailure, type ThreadMail } from './thread-mail.js';
export {
  residentOfChildren,
  startWatchedChild,
  type ChildEnd,
  type WatchedChild,
  type WatchedChildOptions,
} from './watched-child.js';
