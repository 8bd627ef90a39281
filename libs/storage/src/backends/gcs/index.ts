export { openGcsStore } from './open-gcs-store.js';
