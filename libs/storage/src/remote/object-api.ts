/**
 * What a store over the network can do, one request each: the seam between a vendor and {@link remoteStore}, which makes of it an
 * `ObjectStore`. A vendor's folder says how a request is written and what its answer means, and nothing else: it never repeats one,
 * never decides what an unclear answer means, and knows nothing of parts, pages or patience.
 *
 * Every request fails with a LakeError, whose kind tells what may be done about it:
 * - `missing`: what it needs is not there (for `head`, that is no failure),
 * - `conflict`: the condition did not hold,
 * - `denied`, `invalid`: the same request will fail again,
 * - `unavailable`: nobody knows, it may have taken effect; `details.retryAfterMs` where the service said when to come again.
 */
export interface ObjectApi {
  /** e.g. `s3://bucket`. */
  readonly url: string;
  readonly requests: { readonly [V in Verb]: Request<V> };
  /** What the service asks of parts. */
  readonly parts: PartRules;
}

/** One kind of request. */
export type Verb = keyof Exchanges;

/** Asks for something once; aborted by `signal`. */
export type Request<V extends Verb> = (ask: Ask<V>, signal: AbortSignal) => Promise<Answer<V>>;

/** Asks for anything: {@link ObjectApi.requests} as one function, which is what decorators wrap. */
export type Send = <V extends Verb>(verb: V, ask: Ask<V>) => Promise<Answer<V>>;

/** What is asked. */
export type Ask<V extends Verb> = Exchanges[V]['ask'];

/** What is answered. */
export type Answer<V extends Verb> = Exchanges[V]['answer'];

/** How large uploads go to this service. */
export interface PartRules {
  /** Parts are a multiple of so many bytes, the last one aside. */
  readonly bytesMultiple: number;
  /** No part but the last is smaller. */
  readonly bytesMin: number;
  readonly countMax: number;
  /** Whether parts may be under way side by side; else each waits for the one before it. */
  readonly isParallel: boolean;
  /** Whether the last part makes the object: it is then sent by `finishUpload`, which decides. */
  readonly lastCommits: boolean;
}

/** What a put writes beside the bytes, and gets back from `head` and `get`. */
export interface Stamp {
  /** Names the put that made this version. */
  readonly opId: string;
  /** Of the whole body: lower-case hex. */
  readonly md5: string;
}

/** One version of an object, as the service tells it. */
export interface RemoteObject {
  readonly key: string;
  readonly size: number;
  /** Opaque; what conditions and pinned reads name. */
  readonly version: string;
  readonly modifiedAtMs: number;
  /** Parts of it are missing for what others have written. */
  readonly stamp: Partial<Stamp>;
}

/** When a write may take effect. */
export type Condition = 'absent' | { readonly version: string } | undefined;

/** What a service says of a version that it has just taken. */
export interface Written {
  readonly version: string;
  /** Absent: it has to be looked up. */
  readonly modifiedAtMs: number | undefined;
}

/** `length` bytes, at least one, from `offset` on. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** A part of a body. */
export interface PartOfBody extends ByteRange {
  /** From 1. */
  readonly number: number;
  /** Of its bytes: lower-case hex. */
  readonly md5: string;
}

/** A multipart or resumable upload. */
export interface Upload {
  readonly key: string;
  readonly id: string;
}

/** A part that the service has taken. */
export interface UploadedPart {
  /** From 1. */
  readonly number: number;
  readonly tag: string;
}

/** One page of a listing, in the order the service told it. */
export interface ListPage {
  readonly objects: readonly Omit<RemoteObject, 'stamp'>[];
  /** Full prefixes, ending in the delimiter. */
  readonly prefixes: readonly string[];
  /** Where the next page begins; `undefined` on the last one. */
  readonly nextToken: string | undefined;
}

interface Exchanges {
  head: { ask: { readonly key: string }; answer: RemoteObject | undefined };
  get: {
    ask: {
      readonly key: string;
      /** As much of it as the object has: where it begins past the end, the request fails `invalid` (`RANGE`). */
      readonly range: ByteRange;
      /** This version or `conflict`. */
      readonly version?: string | undefined;
      /** Whether it is the beginning of a whole object, whose digest is wanted. */
      readonly isWhole?: boolean;
      /** Memory for the bytes, used where they fit. */
      readonly into?: Uint8Array | undefined;
    };
    answer: { readonly object: RemoteObject; readonly bytes: Uint8Array };
  };
  put: {
    ask: {
      readonly key: string;
      readonly bytes: Uint8Array;
      readonly onlyIf: Condition;
      readonly contentType: string | undefined;
      readonly stamp: Stamp;
    };
    answer: Written;
  };
  delete: { ask: { readonly key: string }; answer: void };
  list: {
    ask: {
      readonly prefix: string;
      /** Whether what stands below a further slash is told as a prefix only. */
      readonly isOneLevel: boolean;
      readonly token: string | undefined;
    };
    answer: ListPage;
  };
  beginUpload: {
    ask: {
      readonly key: string;
      readonly size: number;
      /** For services that are told at the beginning; the others are told at the end. */
      readonly onlyIf: Condition;
      readonly contentType: string | undefined;
      readonly stamp: Stamp;
    };
    answer: Upload;
  };
  putPart: {
    ask: {
      readonly upload: Upload;
      readonly part: PartOfBody;
      readonly bytes: Uint8Array;
      /** Of the whole object. */
      readonly size: number;
    };
    answer: UploadedPart;
  };
  finishUpload: {
    ask: {
      readonly upload: Upload;
      readonly parts: readonly UploadedPart[];
      /** The last part, where {@link PartRules.lastCommits}. */
      readonly last: { readonly part: PartOfBody; readonly bytes: Uint8Array } | undefined;
      readonly size: number;
      readonly onlyIf: Condition;
    };
    answer: Written;
  };
  /** An upload that is not there any more is abandoned already. */
  abandonUpload: { ask: { readonly upload: Upload }; answer: void };
}
