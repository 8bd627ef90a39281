export type { Backend, OpenStoreOptions } from './backends/backend.js';
export { localStore, type LocalStoreOptions } from './backends/local/index.js';
export { memoryStore } from './backends/memory/index.js';
export {
  r2CredentialsPath,
  r2EndpointOf,
  readR2Credentials,
  writeR2Credentials,
  type R2Access,
  type R2CredentialsFile,
} from './backends/r2/index.js';
export type {
  DirectoryEntry,
  EntryKind,
  FileRange,
  FileStat,
  FileSystem,
  OpenFile,
  OpenMode,
  ReadFile,
} from './file-system.js';
export { nodeFileSystem } from './file-system.js';
export { readOnly, withLimit, withPrefix } from './decorators/index.js';
export { checkKey, checkPrefix } from './key.js';
export type {
  Children,
  ObjectHead,
  ObjectMeta,
  ObjectSource,
  ObjectStore,
  PutOptions,
} from './object-store.js';
export { probePolicy, probeStore, type ProbeCheck, type ProbeFinding } from './probe/probe-store.js';
export { requireProbed } from './probe/require-probed.js';
export {
  classifyRequests,
  countRequests,
  priceOfRequests,
  REQUEST_PRICES,
  sumRequests,
  type RequestClasses,
  type RequestCounter,
  type RequestPrices,
  type RequestsByVerb,
  type RequestTotals,
} from './remote/count-requests.js';
export { parseHookUrl } from './remote/endpoint.js';
export { postJson, type PostOptions } from './remote/post-json.js';
export { type RequestEvent } from './remote/decorators.js';
export { USUAL_REQUESTS, type RequestPolicy } from './remote/request-policy.js';
export { openStore } from './open-store.js';
export { programStores, type ProgramStores } from './program-stores.js';
export { isOwnerAlive, ownerText, type Owner } from './owner.js';
export { createScratchFile, type ScratchFile, type SealedScratch } from './scratch/create-scratch-file.js';
export { defaultScratch } from './scratch/default-scratch.js';
export { LEFTOVER_AGE_MS, openScratch } from './scratch/open-scratch.js';
export { createSpillFile, openSpillFile, type SealedSpill, type SpillFile } from './scratch/spill-file.js';
export { sweepScratch, type SweepOptions } from './scratch/sweep-scratch.js';
export { volumeSpace, type VolumeSpace } from './volume-space.js';
