import type { ObjectApi, Send } from './object-api.js';
import type { Patience } from './retry.js';

/** What an operation of a store over the network asks with. */
export interface Requests {
  readonly api: ObjectApi;
  readonly patience: Patience;
  /** Asks, and asks again where that does no harm. */
  readonly send: Send;
  /** Asks once. */
  readonly sendOnce: Send;
}
