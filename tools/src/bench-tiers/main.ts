// `npm run bench-tiers`: a full day by the tier exporter and by DuckDB, and a week of such days, in rounds.
import { addDays, compactDay, errorText, parseUtcDay, type UtcDay } from '@ticklake/core';
import { localStore } from '@ticklake/storage';
import { TIER2_SCHEMA } from '@ticklake/tier-exporter';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FULL_DAY, generateArchive } from '../archive/generate-archive.js';
import { keepResults } from '../measure/keep-results.js';
import { machineFacts } from '../measure/machine-facts.js';
import { TIER_EXPORTER } from '../measure/programs.js';
import { runMeasured, type Usage } from '../measure/run-measured.js';
import type { DuckdbTierTask } from './duckdb-tier.js';
import { furtherText, tiersTable, type TierRace } from './tiers-table.js';

const END = parseUtcDay('2026-01-25');
const DAYS = Array.from({ length: 7 }, (_, i) => addDays(END, i - 6));
const DUCKDB = fileURLToPath(new URL('./duckdb-tier.js', import.meta.url));

const { values } = parseArgs({
  options: {
    /** `daily` or `weekly`, any number of times; both when left out. */
    job: { type: 'string', multiple: true, default: ['daily', 'weekly'] },
    rounds: { type: 'string', default: '3' },
    /** Entries an hour of the full day. */
    entries: { type: 'string', default: String(FULL_DAY.entriesPerHour) },
    /** Entries an hour of each day of a week; any number of times, a race for each. */
    'week-entries': { type: 'string', multiple: true, default: ['40', String(FULL_DAY.entriesPerHour)] },
    /** A folder in which archives are made once and kept; otherwise they are gone at the end. */
    inputs: { type: 'string' },
    /** Keeps the table under `tools/bench-tiers/results`. */
    write: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);

const folder = await mkdtemp(join(tmpdir(), 'ticklake-tiers-'));
try {
  const races: TierRace[] = [];
  for (const job of values.job) {
    if (job === 'daily') races.push(await raceDaily());
    else if (job === 'weekly')
      for (const entries of values['week-entries']) races.push(await raceWeekly(entries));
    else throw new Error(`no such job: ${job}`);
  }
  const text = `${machineFacts()}; medians of ${rounds} rounds, each side once a round\n\n${tiersTable(races)}\n\n${furtherText(races)}\n`;
  process.stdout.write(text);
  if (values.write) await keepResults('bench-tiers', 'Tiers', text);
} catch (error) {
  process.stderr.write(`${errorText(error)}\n`);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true });
}

/** A full day: JSON to Parquet. Ours reads its file back, publishes it and proves it; DuckDB writes a file. */
async function raceDaily(): Promise<TierRace> {
  const { archive, ...made } = await make('day', [END], Number(values.entries));
  const files = hoursOf(archive, END);
  const race = await inRounds(
    (output) => ['daily', '--archive', archive, '--date', END, '--output-dir', output],
    (output) => ({ tier: 'daily', files, output, columns: [] }),
  );
  return {
    name: 'daily',
    program: 'tier-exporter',
    entries: made.entryCount,
    inputBytes: made.jsonBytes,
    ...race,
  };
}

/** A week: seven columns of seven files to one. */
async function raceWeekly(entries: string): Promise<TierRace> {
  const { archive, ...made } = await make('week', DAYS, Number(entries));
  const exports = join(folder, `exports-${entries}`);
  const dates = DAYS.flatMap((day) => ['--date', day]);
  await runMeasured(TIER_EXPORTER, ['daily', '--archive', archive, '--output-dir', exports, ...dates]);
  const files = DAYS.map((day) => join(exports, day, 'data.parquet'));
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  const columns = TIER2_SCHEMA.fields.map(({ name }) => name);
  const race = await inRounds(
    (output) => ['weekly', '--input-dir', exports, '--end-day', END, '--output-dir', output],
    (output) => ({ tier: 'weekly', files, output, columns }),
  );
  const inputBytes = sizes.reduce((sum, size) => sum + size, 0);
  return { name: 'weekly', program: 'tier-exporter', entries: made.entryCount, inputBytes, ...race };
}

/** An archive of full-size entries: made, unless it has been kept. */
async function make(name: string, days: readonly UtcDay[], entriesPerHour: number) {
  const archive = join(values.inputs ?? folder, `${name}-${entriesPerHour}`);
  const note = `${archive}.json`;
  const kept = await readFile(note, 'utf8').catch(() => undefined);
  if (kept !== undefined) return { archive, ...(JSON.parse(kept) as Made) };
  await rm(archive, { recursive: true, force: true });
  const options = { ...FULL_DAY, entriesPerHour, seed: 1, era: 'late', days } as const;
  const { entryCount, jsonBytes } = await generateArchive({ ...options, store: localStore(archive) });
  // Last: an archive without it is not whole.
  await writeFile(note, JSON.stringify({ entryCount, jsonBytes } satisfies Made));
  return { archive, entryCount, jsonBytes };
}

/** What is known of an archive. */
interface Made {
  readonly entryCount: number;
  readonly jsonBytes: number;
}

function hoursOf(archive: string, day: UtcDay): readonly string[] {
  return Array.from({ length: 24 }, (_, hour) =>
    join(archive, compactDay(day), `${String(hour).padStart(2, '0')}.jsonl.gz`),
  );
}

async function inRounds(
  argvOf: (output: string) => readonly string[],
  taskOf: (output: string) => DuckdbTierTask,
): Promise<{ readonly ours: readonly Usage[]; readonly duckdb: readonly Usage[] }> {
  const ours: Usage[] = [];
  const duckdb: Usage[] = [];
  for (let round = 0; round < rounds; round++) {
    const output = join(folder, 'output');
    ours.push(await runMeasured(TIER_EXPORTER, argvOf(output)));
    await rm(output, { recursive: true });
    const file = join(folder, 'duckdb.parquet');
    duckdb.push(await runMeasured(DUCKDB, [JSON.stringify(taskOf(file))]));
    await rm(file);
  }
  return { ours, duckdb };
}
