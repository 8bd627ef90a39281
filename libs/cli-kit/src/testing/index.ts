export { commandsText } from './commands-text.js';
export { memoryHost, type MemoryHost, type MemoryHostOptions } from './memory-host.js';
export { parseExposition, type ExposedMetric } from './parse-exposition.js';
export { missingTests, readShownRows, type ShownRow } from './shown-by.js';
export { canAskSystemd, unitComplaints, unitExposure } from './systemd.js';
