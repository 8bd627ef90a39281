export { assert, unreachable } from './assert.js';
export { bytesSource, compareBytes, compareUtf8, toHex, type ByteSink, type ByteSource } from './bytes.js';
export { systemClock, type Clock } from './clock.js';
export { type Codec } from './codec.js';
export { readFailure, writeFailure, type Failure } from './failure.js';
export { mapBounded } from './map-bounded.js';
export { errorText, isLakeError, LakeError, type ErrorKind, type LakeErrorOptions } from './errors.js';
export { optimiseLate } from './optimise-late.js';
export { setV8Flags, startThread, threadStarted, type V8Flags } from './v8-flags.js';
export { piecesOf } from './pieces-of.js';
export { sha256Of } from './sha256.js';
export {
  addDays,
  compactDay,
  dayOfMs,
  daysBetween,
  parseUtcDay,
  startOfDayMs,
  type UtcDay,
} from './utc-day.js';
export { writeBehind, type WriteBehind } from './write-behind.js';
