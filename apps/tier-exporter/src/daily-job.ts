import { dayOfMs, type UtcDay } from '@ticklake/core';
import { runJob, type JobEvent, type JobSummary, type TaskResult } from '@ticklake/jobs';
import { listArchiveDay, requireClosed } from './archive/archive-day.js';
import { exportDay, type ExportContext, type ExportedDay } from './tiers/tier3/export-day.js';

/** Where days come from and go to, and who hears of it. */
export interface DailyContext extends Omit<ExportContext, 'onRows'> {
  onEvent(event: JobEvent): void;
}

/** What a run over days came to. */
export interface DailySummary extends JobSummary {
  /** Days that were exported, or were exported already. */
  readonly exported: readonly ExportedDay[];
  /** Why a day was not, by day. */
  readonly failures: ReadonlyMap<UtcDay, Error>;
}

/**
 * Exports days one after another; one that fails does not stop the rest (T3-06).
 *
 * @param days - Ascending, each once.
 */
export async function runDaily(days: readonly UtcDay[], context: DailyContext): Promise<DailySummary> {
  const { signal, clock, onEvent, allowIncomplete } = context;
  const exported: ExportedDay[] = [];
  const failures = new Map<UtcDay, Error>();
  const today = dayOfMs(clock.nowMs());
  const summary = await runJob(
    {
      name: 'daily',
      async *plan() {
        for (const day of days) yield { id: day, day };
      },
      async execute({ day }, task): Promise<TaskResult> {
        if (!allowIncomplete) requireClosed(day, today);
        const one = await exportDay(day, { ...context, ...task });
        exported.push(one);
        for (const note of notesOf(one)) onEvent(note);
        const { local, uploaded } = one;
        const isUnchanged = local.status === 'unchanged' && (uploaded?.status ?? 'unchanged') === 'unchanged';
        if (isUnchanged) return { status: 'skipped', reason: 'exported already' };
        return { status: 'done', rowCount: local.facts.rowCount, sizeBytes: local.facts.sizeBytes };
      },
      record({ day }, result) {
        if (result instanceof Error) failures.set(day, result);
        return Promise.resolve();
      },
    },
    { concurrency: 1, signal, clock, onEvent },
  );
  return { ...summary, exported, failures };
}

/** What the operator should know of an export that went well. */
function* notesOf({ day, local }: ExportedDay): Generator<JobEvent> {
  const { manifest } = local;
  const note = (message: string, details: Readonly<Record<string, unknown>>): JobEvent => ({
    type: 'note',
    severity: 'warning',
    message,
    details: { day, ...details },
  });
  if (!manifest.complete)
    yield note('the export is not complete', { missingHours: manifest.missing_hours.join() });
  const unknown = Object.keys(manifest.unknown_keys);
  if (unknown.length > 0) {
    yield note('entries have keys that the schema does not', {
      keys: unknown.length,
      first: unknown.slice(0, 5).join(),
      column: 'unknown_json',
    });
  }
  const ignored = manifest.ignored_files;
  if (ignored.length > 0) yield note('files of the archive are no hour', { files: ignored.join() });
}

/** One day as `--plan` shows it. */
export interface PlannedDay {
  readonly day: UtcDay;
  readonly hours: number;
  readonly missingHours: readonly number[];
  readonly ignoredFiles: readonly string[];
  readonly sizeBytes: number;
}

/** What a run would read, by listing only. */
export async function planDaily(
  days: readonly UtcDay[],
  { archive }: Pick<DailyContext, 'archive'>,
): Promise<readonly PlannedDay[]> {
  const planned: PlannedDay[] = [];
  for (const day of days) {
    const { files, missingHours, ignoredNames } = await listArchiveDay(archive, day);
    const sizeBytes = files.reduce((sum, { object }) => sum + object.size, 0);
    planned.push({ day, hours: files.length, missingHours, ignoredFiles: ignoredNames, sizeBytes });
  }
  return planned;
}
