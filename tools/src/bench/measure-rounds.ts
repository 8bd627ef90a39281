import { mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cpuTime, othersShare } from '../measure/cpu-time.js';
import type { Usage } from '../measure/run-measured.js';
import { seconds } from '../measure/units.js';
import { prepareInput, type Input, type InputsOptions, type InputSpec } from './inputs.js';
import { orderedContent } from './ordered-hash.js';
import type { Program, Run } from './programs.js';

/** A program on an input. */
export interface Entrant {
  /** Unique within a job. */
  readonly name: string;
  readonly input: InputSpec;
  /** Where there are several, the one that is fastest in the round before the first runs in all others. */
  readonly programs: readonly [Program, ...Program[]];
}

/** What an entrant took. */
export interface Measured {
  readonly name: string;
  readonly input: Input;
  /** Round by round: those of one index ran one after the other. */
  readonly usages: readonly Usage[];
  readonly outputBytes: number;
  /** How the program was chosen, where there was a choice. */
  readonly choice: string | undefined;
  /** Of each run, the share of the processors that other programs of the machine had meanwhile. */
  readonly othersShares: readonly number[];
}

/** Where and how often to measure. */
export interface RoundsOptions extends InputsOptions {
  readonly rounds: number;
  /** Empty; outputs are written below it and removed after each run. */
  readonly scratch: string;
  /** Aborted: nothing more is begun. */
  readonly signal: AbortSignal;
}

/**
 * Runs all entrants in turn, round after round, so that a machine that becomes slower does so for all. A round before
 * the first is not counted: it reads files and programs into memory and chooses among a program's variants.
 *
 * @throws Error when an output has not exactly the rows of its input, in order, or two outputs of one input differ.
 */
export async function measureRounds(
  entrants: readonly Entrant[],
  options: RoundsOptions,
): Promise<readonly Measured[]> {
  const contestants: Contestant[] = [];
  for (const entrant of entrants) {
    const input = await prepareInput(entrant.input, options);
    contestants.push({
      entrant,
      input,
      program: entrant.programs[0],
      usages: [],
      outputBytes: 0,
      choice: undefined,
      othersShares: [],
    });
  }
  const contents = new Map<Input['content'], string>();
  const check = async (contestant: Contestant, { output }: Run) => {
    contestant.outputBytes = (await stat(output)).size;
    await requireRightRows(contestant, { output, contents });
  };
  for (const contestant of contestants) {
    const { programs } = contestant.entrant;
    const trials: Trial[] = [];
    // Twice where there is a choice, so that one hiccup does not give it to the slower one.
    for (const program of programs.length === 1 ? programs : [...programs, ...programs]) {
      const { usage } = await runOnce(program, {
        contestant,
        options,
        after: (run) => check(contestant, run),
      });
      trials.push({ program, wallMs: usage.wallMs });
    }
    ({ program: contestant.program, choice: contestant.choice } = fastest(trials));
  }
  for (let round = 1; round <= options.rounds; round++) {
    options.say(`round ${round} of ${options.rounds}`);
    for (const contestant of contestants) {
      const after = round === options.rounds ? (run: Run) => check(contestant, run) : () => Promise.resolve();
      const { usage, others } = await runOnce(contestant.program, { contestant, options, after });
      contestant.usages.push(usage);
      contestant.othersShares.push(others);
    }
  }
  return contestants.map(({ entrant, ...rest }) => ({ name: entrant.name, ...rest }));
}

interface Contestant extends Omit<Measured, 'name'> {
  readonly entrant: Entrant;
  readonly usages: Usage[];
  readonly othersShares: number[];
  program: Program;
  outputBytes: number;
  choice: string | undefined;
}

/** One run in a folder of its own, which is gone afterwards. */
async function runOnce(
  program: Program,
  {
    contestant,
    options,
    after,
  }: { contestant: Contestant; options: RoundsOptions; after: (run: Run) => Promise<void> },
): Promise<{ usage: Usage; others: number }> {
  options.signal.throwIfAborted();
  const folder = join(options.scratch, 'run');
  await mkdir(folder, { recursive: true });
  try {
    const from = cpuTime();
    const run = await program.run(contestant.input, folder);
    const others = othersShare({ from, to: cpuTime(), oursMs: run.usage.cpuMs });
    await settle(run.output);
    await after(run);
    const variant = program.variant === undefined ? '' : `, ${program.variant}`;
    options.say(`  ${contestant.entrant.name}${variant}: ${seconds(run.usage.wallMs)} s`);
    return { usage: run.usage, others };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What one program leaves to be written to disk must not be waited for by the next one that syncs its own. */
async function settle(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function requireRightRows(
  { entrant, input }: Contestant,
  { output, contents }: { output: string; contents: Map<Input['content'], string> },
): Promise<void> {
  const { ordered, content, backSteps } = await orderedContent(output);
  if (content !== input.content)
    throw new Error(`${entrant.name} has other rows: ${content}, not ${input.content}`);
  if (backSteps !== 0) throw new Error(`${entrant.name} is not in order: ${backSteps} steps back`);
  const known = contents.get(input.content) ?? ordered;
  contents.set(input.content, known);
  if (ordered !== known) throw new Error(`${entrant.name} differs from others: ${ordered}, not ${known}`);
}

interface Trial {
  readonly program: Program;
  readonly wallMs: number;
}

function fastest(trials: readonly Trial[]): { program: Program; choice: string | undefined } {
  const sorted = [...trials].sort((a, b) => a.wallMs - b.wallMs);
  const [best] = sorted;
  if (best === undefined) throw new Error('an entrant has no program');
  const other = sorted.find(({ program }) => program !== best.program);
  const text = ({ program, wallMs }: Trial) => `${program.variant} ${seconds(wallMs)} s`;
  return {
    program: best.program,
    choice: other === undefined ? undefined : `${text(best)}, not ${text(other)}`,
  };
}
