export { claimedKeys } from './claimed-keys.js';
export { collectGarbage } from './collect-garbage.js';
export { compileLightly } from './compile-lightly.js';
export { helperPays } from './helper/pays.js';
export { startHelper, type Helper, type HelperOptions } from './helper/start-helper.js';
export { limitGarbage } from './limit-garbage.js';
export { type KeyRange, type MergeFile } from './merge-file.js';
export { mergeFiles, type MergedFiles, type MergeFilesOptions } from './merge-files.js';
export { openSizes, type OpenShare } from './open-sizes.js';
export { scanKeys, type KeyScan, type ScanOptions } from './scan-keys.js';
export { createScratchSpill, type ScratchSpill, type ScratchSpillOptions } from './scratch-spill.js';
export {
  createSourceFiles,
  KEPT_FILE_BYTES_MAX,
  sourceChanged,
  wholeBytesMaxOf,
  type OpenSizes,
  type SourceFile,
  type SourceFiles,
  type SourceFilesOptions,
} from './source-files.js';
