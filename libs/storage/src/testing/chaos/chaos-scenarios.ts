import { SERVER_FAULTS, type Dialect, type ServerFault } from '../object-server/index.js';
import type { ChaosOperation } from './chaos-operations.js';

/** One operation and what goes wrong with its requests. */
export interface ChaosScenario {
  readonly dialect: Dialect;
  readonly operation: ChaosOperation;
  readonly fault: ServerFault;
  /** The first of its requests that is struck, from 0. */
  readonly from: number;
  /** How many in a row are. */
  readonly count: number;
}

/** Strikes every request from the first one on. */
const ALWAYS = Number.MAX_SAFE_INTEGER;

/** Faults that are tried as lasting for ever, too. */
const LASTING: ReadonlySet<ServerFault['kind']> = new Set<ServerFault['kind']>([
  'status',
  'reset',
  'errorInOk',
  'html',
  'shortBody',
  'flippedBit',
  'flippedUpload',
  'truncatedBody',
  'hang',
]);

/**
 * Every operation, every one of its requests, every fault: once, twice in a row, and for ever. `operations` tells how many requests each
 * makes when nothing goes wrong; a fault may make it ask more, and one more is struck than there are.
 */
export function* chaosScenarios(
  dialect: Dialect,
  operations: ReadonlyMap<ChaosOperation, number>,
): Generator<ChaosScenario> {
  for (const [operation, requests] of operations) {
    for (const fault of SERVER_FAULTS) {
      for (let from = 0; from <= requests; from++) {
        yield { dialect, operation, fault, from, count: 1 };
        yield { dialect, operation, fault, from, count: 2 };
      }
      if (LASTING.has(fault.kind)) yield { dialect, operation, fault, from: 0, count: ALWAYS };
    }
  }
}

/** A scenario in words, for reports. */
export function scenarioText({ dialect, operation, fault, from, count }: ChaosScenario): string {
  const times = count === ALWAYS ? 'from' : count === 1 ? 'at' : `${count} times from`;
  return `${dialect} ${operation.name}: ${JSON.stringify(fault)} ${times} request ${from}`;
}
