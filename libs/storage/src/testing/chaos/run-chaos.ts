import { isLakeError, systemClock, type ErrorKind } from '@ticklake/core';
import type { Dialect } from '../object-server/index.js';
import { REQUEST_MS, startChaosBench, type ChaosBench } from './chaos-bench.js';
import { violationOf } from './chaos-contract.js';
import { chaosOperations, type ChaosOperation } from './chaos-operations.js';
import { chaosScenarios, scenarioText, type ChaosScenario } from './chaos-scenarios.js';

/** What {@link runChaos} comes to. */
export interface ChaosReport {
  readonly scenarios: number;
  /** Operations that did what they promise although something went wrong. */
  readonly succeeded: number;
  /** Operations that failed, by kind. */
  readonly failed: Readonly<Partial<Record<ErrorKind, number>>>;
  /** Broken promises, in words. */
  readonly violations: readonly string[];
  /** Operations that took longer than twice what their requests may take. */
  readonly hangs: readonly string[];
  /** Requests of all operations of which one request was struck, by those that they make otherwise. */
  readonly amplification: number;
  /** The most that one of these operations made, by those that it makes otherwise; and which. */
  readonly worst: { readonly amplification: number; readonly scenario: string };
}

/** How {@link runChaos} goes about it. */
export interface ChaosOptions {
  readonly dialect: Dialect;
  /** Every so many scenarios one is run. */
  readonly every: number;
}

/** For what an operation does beside waiting for requests: the machine may be busy. */
const SLACK_MS = 5_000;

/** Longer than every attempt of every request of any operation. */
const HANG_MS = 120_000;

/** Runs {@link chaosScenarios} against a server of its own, one after the other, and judges each. */
export async function runChaos({ dialect, every }: ChaosOptions): Promise<ChaosReport> {
  const bench = await startChaosBench(dialect);
  try {
    const operations = new Map<ChaosOperation, number>();
    for (const operation of chaosOperations(dialect)) {
      operations.set(operation, await countRequests(bench, operation));
    }
    const totals = createTotals(operations);
    let number = 0;
    let isClean = true;
    for (const scenario of chaosScenarios(dialect, operations)) {
      if (number++ % every !== 0) continue;
      const run = await runScenario(bench, scenario, isClean);
      // What lands later would land in the next scenario.
      isClean = scenario.fault.kind !== 'delayedLanding' && bench.server.openUploads === 0;
      totals.add(scenario, run);
    }
    return totals.report();
  } finally {
    await bench.close();
  }
}

interface ScenarioRun {
  readonly error: unknown;
  readonly violation: string | undefined;
  readonly elapsedMs: number;
  readonly requests: number;
}

function createTotals(operations: ReadonlyMap<ChaosOperation, number>) {
  let [scenarios, succeeded, expected, made] = [0, 0, 0, 0];
  const failed: Partial<Record<ErrorKind, number>> = {};
  const violations: string[] = [];
  const hangs: string[] = [];
  let worst = { amplification: 0, scenario: '' };
  return {
    add(scenario: ChaosScenario, { error, violation, elapsedMs, requests }: ScenarioRun): void {
      scenarios++;
      if (error === undefined) succeeded++;
      else if (isLakeError(error)) failed[error.kind] = (failed[error.kind] ?? 0) + 1;
      if (violation !== undefined) violations.push(`${violation}; ${scenarioText(scenario)}`);
      if (elapsedMs > 2 * REQUEST_MS * requests + SLACK_MS) hangs.push(scenarioText(scenario));
      if (scenario.count > 1) return;
      const usual = operations.get(scenario.operation) ?? 0;
      expected += usual;
      made += requests;
      if (requests / usual > worst.amplification) {
        worst = { amplification: requests / usual, scenario: scenarioText(scenario) };
      }
    },
    report: (): ChaosReport => ({
      ...{ scenarios, succeeded, failed, violations, hangs },
      amplification: made / expected,
      worst,
    }),
  };
}

async function runScenario(
  { server, prepare }: ChaosBench,
  scenario: ChaosScenario,
  isClean: boolean,
): Promise<ScenarioRun> {
  const { operation, fault, from, count } = scenario;
  const tools = await prepare(isClean);
  const firstRequest = server.requests.length;
  const isStruck = (at: number) => at >= from && at < from + count;
  server.injectFaults(({ index }) => (isStruck(index - firstRequest) ? fault : undefined));
  const startMs = systemClock.nowMs();
  const settled = new AbortController();
  let wrong: string | undefined;
  let error: unknown;
  try {
    wrong = await Promise.race([operation.run(tools), tooLong(settled.signal)]);
  } catch (caught) {
    error = caught;
  }
  settled.abort();
  const elapsedMs = systemClock.nowMs() - startMs;
  server.injectFaults(undefined);
  const requests = server.requests.slice(firstRequest);
  const violation = violationOf(scenario, { wrong, error, server, tools });
  return { error, violation, elapsedMs, requests: requests.length };
}

/** Fails when an operation can only be hanging. */
async function tooLong(signal: AbortSignal): Promise<never> {
  await systemClock.sleep(HANG_MS, signal);
  throw new Error('it hangs');
}

/** Requests that an operation makes when nothing goes wrong. */
async function countRequests({ server, prepare }: ChaosBench, operation: ChaosOperation): Promise<number> {
  const tools = await prepare(true);
  const before = server.requests.length;
  const wrong = await operation.run(tools);
  if (wrong !== undefined) throw new Error(`${operation.name} fails by itself: ${wrong}`);
  return server.requests.length - before;
}
