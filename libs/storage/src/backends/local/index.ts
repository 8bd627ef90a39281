export { localStore, openLocalStore, type LocalStoreOptions } from './local-store.js';
