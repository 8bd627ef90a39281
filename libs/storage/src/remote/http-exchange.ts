import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { guardedLookup } from './endpoint.js';
import { failureOfConnection } from './failure-of-status.js';

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
  const options = { keepAlive: true, maxSockets: requestsMax, lookup: guardedLookup };
  const agents = { http: new HttpAgent(options), https: new HttpsAgent(options) };
  return ({ method, url, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const isSecure = url.protocol === 'https:';
      const length = body === undefined ? {} : { 'content-length': String(body.length) };
      const request = (isSecure ? httpsRequest : httpRequest)(url, {
        method,
        headers: { ...headers, ...length },
        agent: isSecure ? agents.https : agents.http,
        signal,
      });
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
