import { isLakeError, LakeError } from '@ticklake/core';
import { failureOfAnswer, failureOfConnection, failureOfStatus } from '../../remote/failure-of-status.js';

/**
 * What the SDK throws, as a failure whose kind says what may be done. What is no failure of a request is thrown on as the bug it is. The
 * error of the SDK is not kept as the cause: it holds the request, with its signature.
 */
export function s3Failure(error: unknown): unknown {
  if (isLakeError(error) || !(error instanceof Error || isErrorLike(error))) return error;
  const { name, message, code, $metadata, $response } = error as SdkError;
  const status = $metadata?.httpStatusCode ?? $response?.statusCode;
  if (status !== undefined && status >= 300) {
    const headers = $response?.headers ?? {};
    const reason = REASON.test(name) && !name.startsWith('Unknown') ? name : undefined;
    const { 'retry-after': retryAfter, date } = headers;
    return failureOfStatus({ status, reason, requestId: $metadata?.requestId, retryAfter, date });
  }
  // An `<Error>` where there was to be something else, or a page of a proxy.
  if (status !== undefined) return failureOfAnswer(name);
  if (/^(CredentialsProviderError|TokenProviderError)$/.test(name)) {
    return new LakeError('denied', 'no credentials were found', { code: 'CREDENTIALS' });
  }
  // What is no error of its own realm, such as those of Node's core may be, the SDK tells in a message.
  const wrapped = WRAPPED.exec(message)?.[1];
  if (code !== undefined || wrapped !== undefined || CONNECTION_ERRORS.has(name)) {
    return failureOfConnection(code ?? wrapped ?? name);
  }
  return error;
}

interface SdkError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly $response?: {
    readonly statusCode?: number;
    readonly headers?: Readonly<Record<string, string | undefined>>;
  };
}

/** Errors of Node's core may come from another realm. */
function isErrorLike(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && 'message' in error;
}

/** A word, and no text. */
const REASON = /^[A-Za-z][A-Za-z0-9.]{0,63}$/;

const WRAPPED = /^AWS SDK error wrapper for ([A-Za-z]+)/;

const CONNECTION_ERRORS = new Set(['AbortError', 'NetworkingError', 'RequestAbortedError', 'TimeoutError']);
