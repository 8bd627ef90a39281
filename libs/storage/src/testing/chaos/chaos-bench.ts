import { systemClock, type Clock } from '@ticklake/core';
import type { OpenStoreOptions } from '../../backends/backend.js';
import type { ObjectStore } from '../../object-store.js';
import { openStore } from '../../open-store.js';
import type { RequestEvent } from '../../remote/decorators.js';
import { USUAL_REQUESTS, type RequestPolicy } from '../../remote/request-policy.js';
import { startObjectServer, type Dialect, type ObjectServer } from '../object-server/index.js';
import { PREPARED, SMALL, type ChaosTools } from './chaos-operations.js';

const BUCKET = 'lake';
const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-secret-of-anyone' };

/** Short, so that what hangs is soon over; long enough for a busy machine. */
export const REQUEST_MS = 250;

const POLICY: RequestPolicy = {
  ...USUAL_REQUESTS,
  ...{ attemptsMax: 4, delayMinMs: 1, delayMaxMs: 2, requestMs: REQUEST_MS, bytesPerSecondMin: 2 ** 26 },
  partBytes: 256 * 1024,
};

/** Waits are over at once: a service that asks for seconds gets a turn of the event loop. */
const hastyClock: Clock = {
  nowMs: () => systemClock.nowMs(),
  sleep: () => new Promise((resolve) => setImmediate(resolve)),
};

/** A server, and what stands in it before every operation. */
export interface ChaosBench {
  readonly server: ObjectServer;
  /** Puts everything back to where it was. `isClean` says that nothing can be under way or left behind. */
  prepare(isClean: boolean): Promise<ChaosTools>;
  close(): Promise<void>;
}

/** Starts a server of `dialect`. */
export async function startChaosBench(dialect: Dialect): Promise<ChaosBench> {
  const server = await startObjectServer({
    ...{ dialect, buckets: [BUCKET] },
    ...(dialect === 'gcs' ? {} : { credentials: CREDENTIALS }),
  });
  const events: RequestEvent[] = [];
  const calm = open(server, dialect, { requests: USUAL_REQUESTS });
  const store = open(server, dialect, { requests: POLICY, onRequest: (event) => events.push(event) });
  const stored = (key: string) => server.stored(BUCKET, key);
  let prepared: ChaosTools | undefined;
  const isAsBefore = (key: string, body: Uint8Array) =>
    Buffer.compare(stored(key)?.bytes ?? Buffer.from('nothing'), body) === 0;
  return {
    server,
    async prepare(isClean) {
      events.length = 0;
      if (!isClean || prepared === undefined) {
        server.reset();
        for (const [key, body] of Object.entries(PREPARED)) await calm.put(key, body);
      }
      if (stored('new') !== undefined) await calm.delete('new');
      if (prepared !== undefined && isClean && isAsBefore('present', SMALL)) return prepared;
      const stale = await calm.put('present', Buffer.from('before'));
      const present = await calm.put('present', SMALL);
      return (prepared = { store, events, present, stale, stored });
    },
    close: () => server.close(),
  };
}

function open(
  { endpoint }: ObjectServer,
  dialect: Dialect,
  options: Pick<OpenStoreOptions, 'requests' | 'onRequest'>,
): ObjectStore {
  const { accessKeyId, secretAccessKey } = CREDENTIALS;
  const env = {
    ...{ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
    ...{ R2_ACCESS_KEY_ID: accessKeyId, R2_SECRET_ACCESS_KEY: secretAccessKey, R2_ENDPOINT: endpoint },
  };
  const urls = {
    s3: `s3://${BUCKET}?endpoint=${endpoint}`,
    r2: `r2://${BUCKET}`,
    gcs: `gs://${BUCKET}?endpoint=${endpoint}`,
  };
  return openStore(urls[dialect], { env, clock: hastyClock, ...options });
}
