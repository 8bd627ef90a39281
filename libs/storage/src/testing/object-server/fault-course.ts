import { fairTreatment, Refusal, type Answer, type ServerDialect, type Treatment } from './exchange.js';
import { faultyListing } from './faulty-listing.js';
import { firstHalf, type Delivery } from './send-answer.js';
import type { FaultWhen, ServerFault } from './server-fault.js';

/** How a request goes: what a fault comes to. */
export interface Course {
  readonly treatment: Treatment;
  /** Calls `serve` if the operation is to take effect now, and makes the answer. */
  readonly reply: (serve: () => Answer) => Answer;
  readonly delivery: Delivery;
  /** The operation takes effect that much later; `undefined` for not. */
  readonly landsAfterMs: number | undefined;
  /** Added to the time in the Date header. */
  readonly dateOffsetMs: number;
}

/** How a request goes that `fault` strikes, or none. */
export function courseOf(fault: ServerFault | undefined, dialect: ServerDialect): Course {
  switch (fault?.kind) {
    case undefined:
      return fairCourse;
    case 'status':
      return course({ reply: instead(fault.when, statusAnswer(fault, dialect)) });
    case 'reset':
      return course({ reply: instead(fault.when, noAnswer), delivery: { kind: 'reset' } });
    case 'hang':
      return course({ reply: instead(fault.when, noAnswer), delivery: { kind: 'never' } });
    case 'slowBody':
      return course({ delivery: { kind: 'trickled', bytesPerSecond: fault.bytesPerSecond } });
    case 'truncatedBody':
      return course({ delivery: { kind: 'truncated' } });
    case 'shortBody':
      return course({ reply: changed((answer) => ({ ...answer, body: firstHalf(answer.body) })) });
    case 'flippedBit':
      return course({ reply: changed((answer) => ({ ...answer, body: flipped(answer.body) })) });
    case 'errorInOk':
      return course({ reply: () => ({ ...dialect.refuse(dialect.refusalOf(500)), status: 200 }) });
    case 'html':
      return course({ reply: () => htmlAnswer });
    case 'listing':
      return course({ treatment: { ...fairTreatment, listing: (page) => faultyListing(page, fault.how) } });
    case 'wrongEtag':
      return course({ reply: changed((answer) => dialect.disguise(answer)) });
    case 'delayedLanding':
      return course({ reply: () => noAnswer, delivery: { kind: 'reset' }, landsAfterMs: fault.afterMs });
    case 'ignoredConditions':
      return course({ treatment: { ...fairTreatment, conditions: 'ignored' } });
    case 'skewedDate':
      return course({ dateOffsetMs: fault.byMs });
    case 'flippedUpload':
      return course({ treatment: { ...fairTreatment, content: flipped } });
  }
}

const fairCourse: Course = {
  treatment: fairTreatment,
  reply: (serve) => serve(),
  delivery: { kind: 'whole' },
  landsAfterMs: undefined,
  dateOffsetMs: 0,
};

/** What is never sent needs no content. */
const noAnswer: Answer = { status: 500, headers: {}, body: new Uint8Array() };

const htmlAnswer: Answer = {
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: Buffer.from('<!DOCTYPE html><html><body><h1>Sign in to use this network</h1></body></html>'),
};

function course(parts: Partial<Course>): Course {
  return { ...fairCourse, ...parts };
}

function instead(when: FaultWhen, answer: Answer): Course['reply'] {
  return (serve) => {
    if (when === 'after') serve();
    return answer;
  };
}

function changed(change: (answer: Answer) => Answer): Course['reply'] {
  return (serve) => change(serve());
}

function statusAnswer(fault: Extract<ServerFault, { kind: 'status' }>, dialect: ServerDialect): Answer {
  const { status, code, message } = dialect.refusalOf(fault.status);
  const { retryAfterSeconds } = fault;
  const headers: Record<string, string> = {};
  if (retryAfterSeconds !== undefined) headers['retry-after'] = String(retryAfterSeconds);
  return dialect.refuse(new Refusal(status, fault.code ?? code, message, headers));
}

/** A copy with one bit in the middle turned over. */
function flipped(bytes: Uint8Array): Buffer {
  const copy = Buffer.from(bytes);
  const middle = Math.floor(copy.length / 2);
  if (copy.length > 0) copy[middle] = (copy[middle] as number) ^ 1;
  return copy;
}
