export { describeObjectStore } from './describe-object-store.js';
