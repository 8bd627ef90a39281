export {
  crashError,
  createCrashPoint,
  isCrash,
  type CrashPoint,
  type CrashState,
  type CrashWhen,
} from './crash.js';
export { crashingFileSystem } from './crashing-file-system.js';
export { crashingStore } from './crashing-store.js';
export { faultyStore, type FaultPlan } from './faulty-store.js';
export { interceptFileSystem, type FileOperation } from './intercept-file-system.js';
export { interceptStore, type StoreOperation } from './intercept-store.js';
export { powerCutFileSystem, type PowerCutFileSystem, type PowerCutLeaves } from './power-cut-file-system.js';
export { recordFileSystem, recordStore } from './record.js';
export {
  SERVER_FAULTS,
  startObjectServer,
  type Dialect,
  type ObjectServer,
  type ObjectServerOptions,
  type ServedRequest,
  type ServerFault,
} from './object-server/index.js';
export { createBucket } from './create-bucket.js';
export { runChaos, type ChaosOptions, type ChaosReport } from './chaos/index.js';
