export { openS3Store } from './open-s3-store.js';
export { s3Api } from './s3-api.js';
export { lazyClient, type LoadedClient } from './s3-client.js';
