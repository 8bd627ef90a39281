export {
  startObjectServer,
  type ObjectServer,
  type ObjectServerOptions,
  type StoredVersion,
} from './object-server.js';
export { type Dialect, type ServedRequest, type ServerOperation } from './served-request.js';
export { SERVER_FAULTS, type FaultWhen, type ServerFault } from './server-fault.js';
