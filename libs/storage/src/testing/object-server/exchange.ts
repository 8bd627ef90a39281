import type { IncomingHttpHeaders } from 'node:http';
import type { ListPage } from './list-page.js';
import type { ServedRequest } from './served-request.js';

/** How a request is treated by the dialect. Faults change it; see {@link fairTreatment}. */
export interface Treatment {
  /** Applied to the content of an upload, before its checksums are verified. */
  readonly content: (bytes: Buffer) => Buffer;
  readonly conditions: 'heeded' | 'ignored';
  /** Applied to what is listed, before it is written down. */
  readonly listing: (page: ListPage) => ListPage;
}

/** As the real service would. */
export const fairTreatment: Treatment = {
  content: (bytes) => bytes,
  conditions: 'heeded',
  listing: (page) => page,
};

/** A request with its whole body. */
export interface Incoming {
  readonly method: string;
  /** As sent, without the query: still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly treatment: Treatment;
}

/** A response with its whole body. The body of an answer to HEAD counts but is not sent. */
export interface Answer {
  readonly status: number;
  /** Without Content-Length and Date, which the server adds. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Why a dialect does not do what was asked. Nothing has changed then. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    /** S3's code, or GCS's reason. */
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** What a request is about, as far as the dialect can tell. */
export type Subject = Pick<ServedRequest, 'operation' | 'bucket' | 'key'>;

/** One protocol over one store. */
export interface ServerDialect {
  /** Never throws: what makes no sense is `other`. Asked again when the body has come. */
  identify(incoming: Incoming): Subject;
  /** Does what was asked, at once. @throws Refusal */
  serve(incoming: Incoming): Answer;
  /** The client went away before the body was complete. */
  breakOff(incoming: Incoming): void;
  /** How the dialect writes a refusal. */
  refuse(refusal: Refusal): Answer;
  /** The refusal that usually has this status. */
  refusalOf(status: number): Refusal;
  /** The same answer, naming other versions than the stored ones. */
  disguise(answer: Answer): Answer;
  openUploads(): number;
  /** Forgets all uploads. */
  reset(): void;
}

/** The value of a header that is there once. */
export function headerOf(incoming: Incoming, name: string): string | undefined {
  const value = incoming.headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** Decodes one percent-encoded piece of a path; `undefined` when it is malformed. */
export function decodePathPart(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** An answer without a body. */
export function emptyAnswer(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers, body: new Uint8Array() };
}
