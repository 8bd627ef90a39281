export { checkSchema, tsUnitOf } from './check-schema.js';
export { type Dataset } from './dataset.js';
export { bbo, datasetOf, funding, genericDataset, markPrice, openInterest, trade } from './datasets/index.js';
export { checkSameSchema, differencesText, diffSchemas, type SchemaDifference } from './diff-schemas.js';
