import { LakeError } from '@ticklake/core';
import { instantText, type JobEvent } from '@ticklake/jobs';
import { findLeftovers, type Leftover, type LeftoverKind, type LeftoverRules } from './find-leftovers.js';
import { partitionId } from './partition-key.js';
import type { LeaseSeeker } from './partition-lease.js';
import { readSightings, recordSightings, wasSeenBefore } from './sightings.js';
import { sweepLeases } from './sweep-leases.js';
import { deleteVersion, sweepPartition, type SweepFate } from './sweep-partition.js';

/** What to sweep. */
export interface SweepRequest {
  /** Off: nothing is written, deleted or remembered. */
  readonly apply: boolean;
  /** How long ago a leftover must have been written, and a partition's last commit be, in milliseconds. */
  readonly ageMs: number;
  /** See {@link LeftoverRules}. */
  readonly keepGenerations: number;
}

/** Where, and who is told. */
export interface SweepContext extends LeaseSeeker {
  onEvent(event: JobEvent): void;
}

/** A leftover, and how it stands: `seen` waits for a sweep a day later, `due` goes when sweeps are applied. */
export interface SweptLeftover {
  readonly key: string;
  readonly kind: LeftoverKind;
  readonly sizeBytes: number;
  readonly modifiedAt: string;
  readonly fate: SweepFate | 'seen' | 'due';
}

/** What a sweep came to. */
export interface SweepReport {
  readonly applied: boolean;
  readonly leftovers: readonly SweptLeftover[];
  readonly deletedBytes: number;
  /** Leases given back long ago: found or, where the sweep was applied, deleted. */
  readonly leases: number;
}

/**
 * Finds what no manifest points at, and deletes it when told to: written longer ago than the age, in a partition whose
 * last commit is as long ago, and seen in the same version by an applied sweep at least a day before (invariant I17).
 */
export async function sweep(request: SweepRequest, context: SweepContext): Promise<SweepReport> {
  const { compact, clock, signal } = context;
  const { apply, ageMs, keepGenerations } = request;
  const nowMs = clock.nowMs();
  const rules: LeftoverRules = { beforeMs: nowMs - ageMs, keepGenerations };
  const leftovers = await findLeftovers(compact, rules, signal);
  const sightings = apply ? await recordSightings(compact, leftovers, clock) : await readSightings(compact);
  const due = leftovers.filter((leftover) => wasSeenBefore(sightings, leftover, nowMs));
  const fates = new Map<Leftover, SweptLeftover['fate']>(due.map((leftover) => [leftover, 'due']));
  if (apply) {
    for (const group of byPartition(due)) {
      if (signal.aborted) throw new LakeError('cancelled', 'cancelled while sweeping');
      for (const [leftover, fate] of await sweepGroup(group, { ...context, rules })) {
        fates.set(leftover, fate);
        tell(context, leftover, fate);
      }
    }
  }
  const swept = leftovers.map((leftover) => describe(leftover, fates.get(leftover) ?? 'seen'));
  const deleted = swept.filter(({ fate }) => fate === 'deleted');
  return {
    applied: apply,
    leftovers: swept,
    deletedBytes: deleted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    leases: await sweepLeases(compact, { beforeMs: rules.beforeMs, apply }),
  };
}

/** A {@link SweepReport} for people. */
export function sweepText({ applied, leftovers, deletedBytes, leases }: SweepReport): string {
  const lines = leftovers.map(
    ({ fate, kind, key, sizeBytes, modifiedAt }) =>
      `${fate.padEnd(8)} ${kind.padEnd(11)} ${key}  bytes=${sizeBytes} written=${modifiedAt}`,
  );
  const count = (fate: SweptLeftover['fate']) =>
    leftovers.filter((leftover) => leftover.fate === fate).length;
  const summary = applied
    ? `${count('deleted')} of ${leftovers.length} leftovers deleted (${deletedBytes} bytes), ${count('seen')} seen for the first time in the last day; ${leases} released leases deleted`
    : `${leftovers.length} leftovers, ${count('due')} of them due; ${leases} released leases. Nothing was written: --apply deletes`;
  return [...lines, summary].join('\n');
}

/** Leftovers of one partition follow each other. */
function byPartition(leftovers: readonly Leftover[]): Leftover[][] {
  const groups: Leftover[][] = [];
  let last: string | undefined;
  for (const leftover of leftovers) {
    const id = leftover.partition && partitionId(leftover.partition);
    const group = groups.at(-1);
    if (group !== undefined && id === last) group.push(leftover);
    else groups.push([leftover]);
    last = id;
  }
  return groups;
}

async function sweepGroup(
  group: readonly Leftover[],
  context: LeaseSeeker & { readonly rules: LeftoverRules },
): Promise<Map<Leftover, SweepFate>> {
  const partition = group[0]?.partition;
  if (partition !== undefined) return sweepPartition(partition, group, context);
  const fates = new Map<Leftover, SweepFate>();
  for (const leftover of group) {
    const isGone = await deleteVersion(context.compact, leftover.object);
    fates.set(leftover, isGone ? 'deleted' : 'changed');
  }
  return fates;
}

function tell({ onEvent }: SweepContext, { object, kind }: Leftover, fate: SweepFate): void {
  const details = { key: object.key, kind, bytes: object.size };
  onEvent({ type: 'note', severity: 'info', message: `leftover ${fate}`, details });
}

function describe({ object, kind }: Leftover, fate: SweptLeftover['fate']): SweptLeftover {
  const { key, size: sizeBytes, modifiedAtMs } = object;
  return { key, kind, sizeBytes, modifiedAt: instantText(modifiedAtMs), fate };
}
