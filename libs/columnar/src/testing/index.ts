export { arbitraryBatch, arbitraryColumn } from './arbitrary-batch.js';
export { arbitraryNestedValue } from './arbitrary-nested-value.js';
export { arbitrarySchema, arbitraryType, FIXED_TYPES } from './arbitrary-schema.js';
export { equalBatches } from './equal-batches.js';
export { shortArena } from './short-arena.js';
export { stripeRows } from './stripe-rows.js';
