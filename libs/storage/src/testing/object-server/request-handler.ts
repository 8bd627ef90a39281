import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '@ticklake/core';
import { fairTreatment, Refusal, type Answer, type Incoming, type ServerDialect } from './exchange.js';
import { courseOf } from './fault-course.js';
import { sendAnswer } from './send-answer.js';
import type { ServerFault } from './server-fault.js';
import type { ServedRequest } from './served-request.js';

/** Takes requests, and remembers them. */
export interface RequestHandler {
  readonly requests: readonly ServedRequest[];
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** From now on `plan` is asked about every request. */
  injectFaults(plan: FaultPlan | undefined): void;
  /** Forgets requests, and what was still to land. */
  reset(): void;
}

/** Decides what goes wrong with a request. */
export type FaultPlan = (request: ServedRequest) => ServerFault | undefined;

/** Serves `dialect` over HTTP. */
export function requestHandler(dialect: ServerDialect, clock: Clock): RequestHandler {
  const requests: Recorded[] = [];
  const landings = new Set<NodeJS.Timeout>();
  let plan: FaultPlan = () => undefined;
  const land = (incoming: Incoming, afterMs: number) => {
    const landing = setTimeout(() => {
      landings.delete(landing);
      serve(dialect, incoming);
    }, afterMs).unref();
    landings.add(landing);
  };
  const respond = (incoming: Incoming, served: ServedRequest, response: ServerResponse) => {
    const course = courseOf(plan({ ...served }), dialect);
    const treated = { ...incoming, treatment: course.treatment };
    const answer = course.reply(() => serve(dialect, treated));
    if (course.landsAfterMs !== undefined) land(treated, course.landsAfterMs);
    const dateMs = clock.nowMs() + course.dateOffsetMs;
    sendAnswer(response, answer, { delivery: course.delivery, dateMs });
  };
  return {
    requests,
    handle: async (request, response) => {
      const served = recordOf(request, dialect, requests.length);
      requests.push(served);
      const received = await receive(request, (byteCount) => (served.bytesReceived += byteCount));
      const incoming = incomingOf(request, received.body);
      Object.assign(served, dialect.identify(incoming));
      if (!received.isWhole) return dialect.breakOff(incoming);
      try {
        respond(incoming, served, response);
      } catch (error) {
        const answer = bugAnswer(dialect, error);
        sendAnswer(response, answer, { delivery: { kind: 'whole' }, dateMs: clock.nowMs() });
      }
    },
    injectFaults: (next) => {
      plan = next ?? (() => undefined);
    },
    reset: () => {
      requests.length = 0;
      for (const landing of landings) clearTimeout(landing);
      landings.clear();
    },
  };
}

type Recorded = { -readonly [Name in keyof ServedRequest]: ServedRequest[Name] };

function recordOf(request: IncomingMessage, dialect: ServerDialect, index: number): Recorded {
  const subject = dialect.identify(incomingOf(request, Buffer.alloc(0)));
  return { index, ...subject, method: request.method ?? '', bytesReceived: 0 };
}

/** A client that leaves is no error here: what it sent is told with what came. */
async function receive(
  request: IncomingMessage,
  count: (byteCount: number) => void,
): Promise<{ readonly body: Buffer; readonly isWhole: boolean }> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      count(chunk.length);
    }
    return { body: Buffer.concat(chunks), isWhole: request.complete };
  } catch {
    return { body: Buffer.concat(chunks), isWhole: false };
  }
}

function incomingOf({ method = '', url = '', headers }: IncomingMessage, body: Buffer): Incoming {
  const at = url.indexOf('?');
  const [path, query] = at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
  return { method, path, query: new URLSearchParams(query), headers, body, treatment: fairTreatment };
}

function serve(dialect: ServerDialect, incoming: Incoming): Answer {
  try {
    return dialect.serve(incoming);
  } catch (error) {
    if (error instanceof Refusal) return dialect.refuse(error);
    return bugAnswer(dialect, error);
  }
}

/** A bug of this server or of a plan, to be seen in what the client reports. */
function bugAnswer(dialect: ServerDialect, error: unknown): Answer {
  const text = error instanceof Error ? `${error.stack}` : String(error);
  return dialect.refuse(new Refusal(500, 'ObjectServerBug', text));
}
