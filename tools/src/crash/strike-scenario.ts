import { errorText } from '@ticklake/core';
import { makeReference } from './reference.js';
import type { Scenario } from './scenario.js';
import { STRIKES } from './strikes/index.js';
import type { WorldName } from './world.js';

/** A promise that was broken, and by what. */
export interface Violation {
  readonly scenario: string;
  readonly world: WorldName;
  readonly strike: string;
  readonly point: string;
  readonly broken: readonly string[];
}

/** What striking a scenario came to. */
export interface StrikeReport {
  readonly scenario: string;
  readonly world: WorldName;
  /** Operations of an undisturbed run. */
  readonly operations: number;
  /** Points by strike. */
  readonly points: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
}

/** How thoroughly. */
export interface StrikeOptions {
  /** One point in so many; 1 for all. */
  readonly every: number;
  /** Which of them. */
  readonly offset: number;
  /** Only this strike; absent for all. */
  readonly strike: string | undefined;
  /** Stops at the first violation. */
  readonly untilFirst: boolean;
}

/** The name under which what an undisturbed run breaks is told. */
const UNDISTURBED = 'undisturbed';

/** Strikes a scenario in every way at every point, or at some. */
export async function strikeScenario(
  scenario: Scenario,
  world: WorldName,
  { every, offset, strike, untilFirst }: StrikeOptions,
): Promise<StrikeReport> {
  const points: Record<string, number> = {};
  const violations: Violation[] = [];
  const tell = (strike: string, point: string, broken: readonly string[]) => {
    if (broken.length > 0) violations.push({ scenario: scenario.name, world, strike, point, broken });
    return untilFirst && violations.length > 0;
  };
  const report = (operations: number) => ({ scenario: scenario.name, world, operations, points, violations });
  const reference = await makeReference(scenario, world).catch((failure: unknown) => errorText(failure));
  if (typeof reference === 'string') {
    tell(UNDISTURBED, UNDISTURBED, [reference]);
    return report(0);
  }
  if (tell(UNDISTURBED, UNDISTURBED, reference.broken)) return report(reference.operations.length);
  for (const { name, points: pointsIn } of STRIKES) {
    if (strike !== undefined && strike !== name) continue;
    points[name] = 0;
    for (const [i, point] of pointsIn(reference).entries()) {
      if (i % every !== offset % every) continue;
      points[name]++;
      const broken = await point.run().catch((failure: unknown) => [`fails: ${errorText(failure)}`]);
      if (tell(name, point.name, broken)) return report(reference.operations.length);
    }
  }
  return report(reference.operations.length);
}
