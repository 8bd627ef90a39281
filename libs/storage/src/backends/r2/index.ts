export { openR2Store } from './open-r2-store.js';
