import type { ServerResponse } from 'node:http';
import type { Answer } from './exchange.js';

/** How much of an answer reaches the client, and how. */
export type Delivery =
  | { readonly kind: 'whole' }
  /** Headers and the first piece at once, the others evenly. */
  | { readonly kind: 'trickled'; readonly bytesPerSecond: number }
  /** Half of the body, then the connection ends. */
  | { readonly kind: 'truncated' }
  /** The connection is reset. */
  | { readonly kind: 'reset' }
  /** Nothing, while the connection stays. */
  | { readonly kind: 'never' };

/** Sends an answer, dated `dateMs`. */
export function sendAnswer(
  response: ServerResponse,
  answer: Answer,
  { delivery, dateMs }: { readonly delivery: Delivery; readonly dateMs: number },
): void {
  if (delivery.kind === 'never') return;
  if (delivery.kind === 'reset') return void response.socket?.resetAndDestroy();
  const hasBody = answer.status !== 204 && answer.status !== 304;
  const body = hasBody ? answer.body : new Uint8Array();
  response.sendDate = false;
  response.writeHead(answer.status, {
    date: new Date(dateMs).toUTCString(),
    ...answer.headers,
    ...(hasBody ? { 'content-length': body.length } : {}),
  });
  switch (delivery.kind) {
    case 'whole':
      response.end(body);
      break;
    case 'truncated':
      response.flushHeaders();
      response.write(firstHalf(body), () => response.destroy());
      break;
    case 'trickled':
      response.flushHeaders();
      trickle(response, body, delivery.bytesPerSecond);
      break;
  }
}

/** The first half of some bytes: of an odd number, the smaller. */
export function firstHalf(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, Math.floor(bytes.length / 2));
}

/** Pieces are small, and so many a second that their timing shows. */
function trickle(response: ServerResponse, body: Uint8Array, bytesPerSecond: number): void {
  const pieceBytes = Math.max(1, Math.round(bytesPerSecond / 20));
  const send = (start: number) => {
    if (response.destroyed) return;
    const end = start + pieceBytes;
    if (end >= body.length) return void response.end(body.subarray(start));
    response.write(body.subarray(start, end));
    // Unreferenced: a process does not wait for a client that has enough.
    setTimeout(() => send(end), (pieceBytes / bytesPerSecond) * 1000).unref();
  };
  send(0);
}
