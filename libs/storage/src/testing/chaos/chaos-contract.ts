import { isLakeError, type ErrorKind } from '@ticklake/core';
import type { ObjectServer, ServerFault } from '../object-server/index.js';
import type { ChaosTools } from './chaos-operations.js';
import type { ChaosScenario } from './chaos-scenarios.js';

/** What an operation came to. */
export interface ChaosOutcome {
  /** What is wrong with its result. */
  readonly wrong: string | undefined;
  /** What it failed with. */
  readonly error: unknown;
  readonly server: ObjectServer;
  readonly tools: ChaosTools;
}

/** The promise that an outcome breaks, if it breaks one. */
export function violationOf(scenario: ChaosScenario, outcome: ChaosOutcome): string | undefined {
  const { wrong, error, server, tools } = outcome;
  const { operation, fault } = scenario;
  if (wrong !== undefined && !isBeyondClients(scenario)) return wrong;
  if (error !== undefined) {
    if (!isLakeError(error)) return `an error without a kind: ${String(error)}`;
    if (!kindsFor(fault, operation.isRefused).includes(error.kind))
      return `failed ${error.kind}: ${error.message}`;
    const { writes } = operation;
    const isThere = writes !== undefined && tools.stored(writes.key)?.bytes.length === writes.body.length;
    // `unavailable` says that nobody knows; every other failure says that it did not happen. A service that refuses what it did is
    // believed, and so is one that tells another size each time.
    const isLie = fault.kind === 'status' && fault.status === 403 && error.kind === 'denied';
    const isOtherSize = fault.kind === 'shortBody' && error.kind === 'corrupt';
    const isVerdict = error.kind !== 'unavailable' && !isLie && !isOtherSize;
    if (isThere && isVerdict && !operation.isRefused) return 'a failure for what has landed';
  }
  // An upload whose beginning was never answered is known to nobody, and one that cannot be abandoned stays.
  const unknown = tools.events.filter(
    ({ verb, hasFailed }) => hasFailed && (verb === 'beginUpload' || verb === 'abandonUpload'),
  );
  if (server.openUploads > unknown.length) return 'an upload was left behind';
  return undefined;
}

/**
 * What no client can notice by itself: a server that drops an entry of a listing or does what it was asked not to, and, without TLS, bits
 * that flip in what has no digest of its own: answers that are text, and parts of an object.
 */
function isBeyondClients({ operation, fault }: ChaosScenario): boolean {
  if (fault.kind === 'ignoredConditions') return operation.isRefused;
  if (fault.kind === 'listing') return fault.how === 'missing';
  if (fault.kind === 'flippedBit') return !operation.name.startsWith('get');
  // Without a body, a length is what its header says.
  if (fault.kind === 'shortBody') return operation.name === 'head';
  return fault.kind === 'wrongEtag' && operation.name === 'head';
}

/** How an operation may fail under `fault`. */
function kindsFor(fault: ServerFault, isRefused: boolean): readonly ErrorKind[] {
  const usual: ErrorKind[] = isRefused ? ['unavailable', 'conflict'] : ['unavailable'];
  if (fault.kind === 'status' && fault.status === 403) return [...usual, 'denied'];
  // A service that says so of what is read says that it was replaced.
  if (fault.kind === 'status' && fault.status === 412) return [...usual, 'conflict'];
  if (fault.kind === 'wrongEtag') return [...usual, 'conflict'];
  if (fault.kind === 'shortBody') return [...usual, 'corrupt'];
  if (fault.kind === 'flippedBit') return [...usual, 'corrupt', 'conflict', 'missing', 'invalid'];
  return usual;
}
