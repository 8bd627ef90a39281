export { openR2Store } from './open-r2-store.js';
export { r2EndpointOf, type R2Access } from './r2-credentials.js';
export {
  r2CredentialsPath,
  readR2Credentials,
  writeR2Credentials,
  type R2CredentialsFile,
} from './write-r2-credentials.js';
