import type { AgentOptions, IncomingMessage } from 'node:http';
import { guardedLookup } from './endpoint.js';
import { failureOfConnection } from './failure-of-status.js';
import { lazily } from './lazily.js';

/** One request of HTTP. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  readonly signal: AbortSignal;
}

/** Sends a request once, follows no redirect, and gives the answer before its body. */
export type HttpExchange = (request: HttpRequest) => Promise<IncomingMessage>;

/**
 * Connections that are kept, at most `requestsMax` of them.
 *
 * A request fails `unavailable` (`CONNECTION`) when there is no answer; the body of an answer fails as streams do.
 */
export function createHttpExchange({
  connectMs,
  requestsMax,
}: {
  readonly connectMs: number;
  readonly requestsMax: number;
}): HttpExchange {
  const protocols = lazily(() =>
    loadProtocols({ keepAlive: true, maxSockets: requestsMax, lookup: guardedLookup }),
  );
  return async ({ method, url, headers, body, signal }) => {
    const isSecure = url.protocol === 'https:';
    const { ask, agent } = (await protocols())[isSecure ? 'https' : 'http'];
    return new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': String(body.length) };
      const request = ask(url, { method, headers: { ...headers, ...length }, agent, signal });
      const connecting = setTimeout(() => request.destroy(connectionTimeout()), connectMs);
      request.once('socket', (socket) => {
        const ready = () => clearTimeout(connecting);
        if (socket.connecting) socket.once(isSecure ? 'secureConnect' : 'connect', ready);
        else ready();
      });
      request.once('close', () => clearTimeout(connecting));
      request.once('response', resolve);
      request.once('error', (error) => reject(connectionFailure(error)));
      request.end(body);
    });
  };
}

/**
 * What speaks HTTP, when it is first needed: in Node 22 importing it loads what needs WebAssembly, without which everything else here
 * still works.
 */
export async function loadProtocols(options: AgentOptions) {
  const [http, https] = await Promise.all([import('node:http'), import('node:https')]);
  return {
    http: { ask: http.request, agent: new http.Agent(options) },
    https: { ask: https.request, agent: new https.Agent(options) },
  };
}

/** What a failed connection, or a body that broke off, comes to; anything else is a bug and is returned as it is. */
export function connectionFailure(error: unknown): unknown {
  if (typeof error !== 'object' || error === null || !('code' in error || isAbort(error))) return error;
  return 'kind' in error ? error : failureOfConnection('code' in error ? String(error.code) : 'aborted');
}

function isAbort(error: object): boolean {
  return 'name' in error && error.name === 'AbortError';
}

function connectionTimeout(): Error {
  return Object.assign(new Error('no connection in time'), { code: 'CONNECT_TIMEOUT' });
}
