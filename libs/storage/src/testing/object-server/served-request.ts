/** Which protocol. `r2` is S3 with the rules of R2. */
export type Dialect = 's3' | 'r2' | 'gcs';

/** What a request asks for, in the words of both dialects. */
export type ServerOperation =
  | 'head'
  | 'get'
  | 'put'
  | 'delete'
  | 'list'
  | 'beginUpload'
  | 'putPart'
  | 'finishUpload'
  | 'abandonUpload'
  | 'uploadStatus'
  | 'other';

/** A request that reached the server. */
export interface ServedRequest {
  /** 0-based, in order of arrival. */
  readonly index: number;
  readonly operation: ServerOperation;
  readonly method: string;
  /** Of the object; `undefined` when the request is not about one. */
  readonly key: string | undefined;
  /** `''` when the request names none. */
  readonly bucket: string;
  /** Bytes of the body so far, as sent: with the framing that the protocol puts around content. */
  readonly bytesReceived: number;
}
