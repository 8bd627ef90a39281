export { startHelper, type Helper, type HelperOptions } from './helper/start-helper.js';
export { type KeyRange, type MergeFile } from './merge-file.js';
export { mergeFiles, type MergedFiles, type MergeFilesOptions } from './merge-files.js';
export { scanKeys, type KeyScan, type ScanOptions } from './scan-keys.js';
export { createScratchSpill, type ScratchSpill, type ScratchSpillOptions } from './scratch-spill.js';
