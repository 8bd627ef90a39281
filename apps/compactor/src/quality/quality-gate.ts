import { compactDay, LakeError, type UtcDay } from '@ticklake/core';
import type { JobEvent } from '@ticklake/jobs';
import type { ObjectStore } from '@ticklake/storage';
import type { JobContext } from '../job.js';
import { readLedger, type DayLedgerReport } from './read-ledger.js';

/**
 * What a run does about a day that the collector's ledger finds wanting: nothing, say so and go on, or leave the day for
 * another run.
 */
export type QualityGate = 'off' | 'report' | 'skip';

/** What a gate needs. */
export interface QualityGateOptions {
  readonly gate: QualityGate;
  readonly raw: ObjectStore;
  onEvent(event: JobEvent): void;
}

/**
 * `execute` behind a gate (spec row CM-37): with `skip`, a partition of a day that is BAD or PARTIAL fails with LakeError
 * `incomplete` (`QUALITY`), which state and exit code tell, and which the next run tries again. A day of which the
 * ledger knows nothing is let through, as one that is DEGRADED. A ledger that cannot be read lets nothing through.
 */
export function withQualityGate(
  execute: JobContext['execute'],
  { gate, raw, onEvent }: QualityGateOptions,
): JobContext['execute'] {
  if (gate === 'off') return execute;
  const ledgers = new Map<UtcDay, Promise<DayLedgerReport>>();
  const ledgerOf = (day: UtcDay) => {
    const known = ledgers.get(day) ?? readWanting(day);
    ledgers.set(day, known);
    return known;
  };
  const readWanting = async (day: UtcDay) => {
    const ledger = await readLedger(raw, day);
    if (isWanting(ledger) && gate === 'report') onEvent(noteOf(day, ledger));
    return ledger;
  };
  return async (task, context) => {
    const { day } = task.key;
    const ledger = await ledgerOf(day);
    if (gate === 'skip' && isWanting(ledger)) throw refusal(day, ledger);
    return execute(task, context);
  };
}

function isWanting({ grade }: DayLedgerReport): boolean {
  return grade === 'BAD' || grade === 'PARTIAL';
}

function noteOf(day: UtcDay, { grade, bad, partial, droppedEvents }: DayLedgerReport): JobEvent {
  const message = `the quality of ${day} is ${grade}; it is compacted all the same`;
  return { type: 'note', severity: 'warning', message, details: { day, bad, partial, droppedEvents } };
}

function refusal(day: UtcDay, { grade, bad, partial, droppedEvents }: DayLedgerReport): LakeError {
  const message =
    grade === 'PARTIAL'
      ? 'the day is partial: the collector was restarted; another run will try again'
      : 'the quality of the day is bad; --quality-gate report compacts it all the same';
  return new LakeError('incomplete', message, {
    code: 'QUALITY',
    details: { date: compactDay(day), bad, partial, droppedEvents },
  });
}
