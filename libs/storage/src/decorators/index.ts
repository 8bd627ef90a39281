export { readOnly } from './read-only.js';
export { withLimit } from './with-limit.js';
export { withPrefix } from './with-prefix.js';
