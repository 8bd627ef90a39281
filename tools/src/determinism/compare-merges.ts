import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { orderedContent } from '../bench/ordered-hash.js';
import type { Findings } from './findings.js';
import { makeMergeInputs, MERGE_CASES, type MergeCase } from './make-merge-inputs.js';
import { runMerges, type MergeRun } from './run-merges.js';

/** Whatever row groups stand alone is copied, however few rows they have. */
const COPY_ROWS_MIN = 1;

/** Merges by each Node, in every way, and tells in what bytes, rows or proofs are not the same. */
export async function compareMerges(
  nodes: ReadonlyMap<string, string>,
  folder: string,
  onGroup: (line: string) => void,
): Promise<Findings> {
  const problems: string[] = [];
  let runCount = 0;
  for (const mergeCase of MERGE_CASES) {
    const contents: Content[] = [];
    for (const codec of mergeCase.codecs) {
      const directory = join(folder, `${mergeCase.name}-${codec}`);
      await makeMergeInputs(directory, { mergeCase, codec });
      for (const isCopied of mergeCase.hasCopies ? [false, true] : [false]) {
        const name = `${mergeCase.name}, ${codec}${isCopied ? ', pages copied' : ''}`;
        const group: MergeGroup = { name, mergeCase, isCopied };
        const { runs, content } = await runGroup(nodes, { folder, directory, codec, isCopied, name });
        contents.push(content);
        const found = groupProblems(group, runs);
        onGroup(`merges, ${name}: ${runs.length} runs, ${found.length} problems`);
        problems.push(...found);
        runCount += runs.length;
      }
    }
    problems.push(...contentProblems(contents, mergeCase.hasCopies));
  }
  return { runs: runCount, problems };
}

/** Merges of the same files to the same form. */
export interface MergeGroup {
  readonly name: string;
  readonly mergeCase: MergeCase;
  readonly isCopied: boolean;
}

/** What the output of a group is. */
interface Content {
  readonly name: string;
  readonly sha256: string;
  readonly ordered: string;
  /** The rows in their order, by DuckDB. */
  readonly byDuckDb: string;
  readonly isCopied: boolean;
}

async function runGroup(
  nodes: ReadonlyMap<string, string>,
  {
    folder,
    directory,
    codec,
    isCopied,
    name,
  }: {
    readonly folder: string;
    readonly directory: string;
    readonly codec: MergeCase['codecs'][number];
    readonly isCopied: boolean;
    readonly name: string;
  },
): Promise<{ readonly runs: readonly MergeRun[]; readonly content: Content }> {
  const output = join(folder, 'merged.parquet');
  const scratch = join(folder, 'scratch');
  await mkdir(scratch, { recursive: true });
  const copyRowsMin = isCopied ? COPY_ROWS_MIN : undefined;
  const runs: MergeRun[] = [];
  for (const [version, node] of nodes) {
    const all = await runMerges(node, { directory, output, scratch, codec, copyRowsMin });
    runs.push(...all.map((run) => ({ ...run, name: `Node ${version}, ${run.name}` })));
  }
  const last = runs[runs.length - 1];
  if (last === undefined) throw new Error('there is no run');
  const { sha256, ordered } = last.outcome;
  return {
    runs,
    content: { name, sha256, ordered, byDuckDb: (await orderedContent(output)).ordered, isCopied },
  };
}

/** What is not the same in all runs of a group, and what was to be tried and was not. */
export function groupProblems(
  { name, mergeCase, isCopied }: MergeGroup,
  runs: readonly MergeRun[],
): readonly string[] {
  const problems: string[] = [];
  const [first] = runs;
  for (const run of runs) {
    const { how, outcome } = run;
    const tell = (what: string) => problems.push(`${name}: ${run.name}: ${what}`);
    if (outcome.sha256 !== first?.outcome.sha256) tell(`${outcome.sha256}, not as by ${first?.name}`);
    if (outcome.rowCount !== mergeCase.rows) tell(`${outcome.rowCount} rows of ${mergeCase.rows}`);
    if (outcome.ordered !== first?.outcome.ordered) tell('other rows were taken');
    if (outcome.readBack !== outcome.ordered) tell('what is read is not what was merged');
    if (outcome.copiedRows > 0 !== isCopied) tell(`${outcome.copiedRows} rows were copied`);
    // Beside its neighbour a file overlaps none; otherwise so few open files are not enough.
    const isEnough = how.openMax >= mergeCase.files || mergeCase.overlap < 1;
    const isShared = how.hasHelper && mergeCase.isSorted && isEnough;
    if (outcome.helperRequests > 0 !== isShared)
      tell(`the second thread was asked ${outcome.helperRequests} times`);
    const hasSpills = mergeCase.isSorted ? !isEnough : how.sortRows < mergeCase.rows;
    if (outcome.spills > 0 !== hasSpills) tell(`rows were spilled ${outcome.spills} times`);
  }
  return problems;
}

/** Rows are the same in every form of the same files; bytes of a copy are others than without. */
function contentProblems(contents: readonly Content[], hasCopies: boolean): readonly string[] {
  const [first] = contents;
  const problems = contents
    .filter(({ ordered, byDuckDb }) => ordered !== first?.ordered || byDuckDb !== first.byDuckDb)
    .map(({ name }) => `${name}: other rows than ${first?.name}`);
  const isAnew = new Set(contents.filter((one) => !one.isCopied).map(({ sha256 }) => sha256));
  const copies = contents.filter((one) => one.isCopied);
  if (hasCopies) {
    problems.push(
      ...copies.filter(({ sha256 }) => isAnew.has(sha256)).map(({ name }) => `${name}: no page was copied`),
    );
  }
  return problems;
}
