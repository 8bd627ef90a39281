export { zipBytes, type ZippedFile } from './zip-bytes.js';
