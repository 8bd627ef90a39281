import { Refusal, type Answer } from '../exchange.js';

const REFUSALS = {
  authError: [401, 'Invalid credentials'],
  backendError: [500, 'Backend error'],
  clientClosedRequest: [499, 'Client closed request'],
  conditionNotMet: [412, 'At least one of the pre-conditions you specified did not hold.'],
  conflict: [409, 'You already own this bucket. Please select another name.'],
  forbidden: [403, 'Access denied.'],
  invalid: [400, 'Invalid argument.'],
  notFound: [404, 'Not found'],
  notImplemented: [501, 'This is not implemented.'],
  rateLimitExceeded: [429, 'The rate of requests is too high.'],
  requestedRangeNotSatisfiable: [416, 'Request range not satisfiable'],
} as const satisfies Record<string, readonly [status: number, message: string]>;

/** The reasons of GCS that the server itself answers. */
export type GcsReason = keyof typeof REFUSALS;

/** A refusal with the status that GCS gives it; `message` where the usual one says too little. */
export function gcsRefusal(reason: GcsReason, message?: string): Refusal {
  const [status, usual] = REFUSALS[reason];
  return new Refusal(status, reason, message ?? usual);
}

/** The reason that mostly comes with `status`. */
export function gcsRefusalOf(status: number): Refusal {
  const known = Object.entries(REFUSALS).find(([, [usual]]) => usual === status);
  const reason = known?.[0] ?? (status < 500 ? 'invalid' : 'backendError');
  return new Refusal(status, reason, known?.[1][1] ?? REFUSALS.backendError[1]);
}

/** The `error` document. */
export function gcsErrorAnswer({ status, code: reason, message, headers }: Refusal): Answer {
  return jsonAnswer(
    { error: { code: status, message, errors: [{ message, domain: 'global', reason }] } },
    { status, headers },
  );
}

/** The type of all documents. */
export const JSON_TYPE = 'application/json; charset=UTF-8';

/** An answer that is a document. */
export function jsonAnswer(
  document: object,
  { status = 200, headers = {} }: { status?: number; headers?: Readonly<Record<string, string>> } = {},
): Answer {
  return {
    status,
    headers: { 'content-type': JSON_TYPE, ...headers },
    body: Buffer.from(JSON.stringify(document)),
  };
}
