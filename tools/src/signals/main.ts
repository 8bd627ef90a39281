// `npm run signals [-- --rounds N --write]`: a real run, with its workers, is told to stop at a random moment.
import { errorText, parseUtcDay, systemClock } from '@ticklake/core';
import { localStore } from '@ticklake/storage';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { markdownTable } from '../bench/markdown-table.js';
import { readSnapshot } from '../crash/snapshot.js';
import { keepResults } from '../measure/keep-results.js';
import { machineFacts } from '../measure/machine-facts.js';
import { generateSpool } from '../spool/generate-spool.js';
import { createRandom } from '../spool/random.js';
import { runCompactor, type SignalStores } from './signal-run.js';
import { signalRound, type SignalReport } from './signal-round.js';

const DAY = parseUtcDay('2026-02-03');
const COLUMNS = [
  ...['ended', 'signals', 'longest to stop, ms', 'partitions published by then'],
  ...['temporaries left', 'left to a sweep', 'violations'],
];

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    write: { type: 'boolean', default: false },
  },
});

const folder = await mkdtemp(join(tmpdir(), 'ticklake-signals-'));
try {
  await signals();
} catch (error) {
  process.stderr.write(`${errorText(error)}\n`);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true });
}

async function signals(): Promise<void> {
  const startMs = systemClock.nowMs();
  const raw = join(folder, 'raw');
  await generateSpool({
    ...{
      store: localStore(raw),
      seed: 5,
      layout: 'flat',
      exchange: 'binance',
      streams: ['trade', 'mark_price'],
    },
    ...{ symbols: ['BTCUSDT', 'ETHUSDT'], days: [DAY], filesPerDay: 12, rowsPerFile: 3000 },
  });
  const storesOf = (lake: string): SignalStores => ({ raw, compact: join(folder, lake), day: DAY });
  const whole = await runCompactor(storesOf('whole'));
  if (whole.end !== 0) throw new Error(`an undisturbed run ended with ${whole.end}: ${whole.log}`);
  const expected = await readSnapshot(localStore(storesOf('whole').compact));
  const random = createRandom(Number(values.seed));
  const reports: SignalReport[] = [];
  for (let round = 1; round <= Number(values.rounds); round++) {
    const stores = storesOf(`lake-${round}`);
    reports.push(await signalRound(stores, { termAfterMs: random.below(Math.ceil(whole.tookMs)), expected }));
    await rm(stores.compact, { recursive: true, force: true });
  }
  const took = `${((systemClock.nowMs() - startMs) / 1000).toFixed(0)} s. ${machineFacts()}`;
  const undisturbed = `An undisturbed run took ${whole.tookMs.toFixed(0)} ms; signals came at random within that.`;
  const text = `${table(reports)}\n\n${undisturbed}\n\n${took}\n`;
  process.stdout.write(text);
  const violations = reports.flatMap((report) =>
    report.violations.map((line) => `after ${report.termAfterMs} ms: ${line}`),
  );
  for (const line of violations) process.stderr.write(`broken: ${line}\n`);
  if (violations.length > 0) process.exitCode = 1;
  if (values.write) await keepResults('signals', 'Signals', text);
}

function table(reports: readonly SignalReport[]): string {
  const names = {
    before: 'at once, before the program listened',
    stopped: 'with 130',
    done: 'with 0, having finished',
  } as const;
  const rows = (['before', 'stopped', 'done'] as const).map((outcome) => {
    const of = reports.filter((report) => report.outcome === outcome);
    const total = (value: (report: SignalReport) => number) =>
      of.reduce((sum, report) => sum + value(report), 0);
    return [
      names[outcome],
      of.length,
      Math.max(0, ...of.map(({ stoppedAfterMs }) => stoppedAfterMs)).toFixed(0),
      total(({ published }) => published),
      total(({ leftovers }) => leftovers),
      total(({ leftToSweep }) => leftToSweep),
      total(({ violations }) => violations.length),
    ].map(String);
  });
  return markdownTable(COLUMNS, rows);
}
